package io.chiaro.cli.judging;

import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Ranker;
import java.util.Optional;

/** What finds documents, before anything puts them in order. */
public interface Finder {

    /** Opens it for a collection; the ranker closes all that was opened. */
    Ranker open(RetrievalData collection, JudgingSettings on);

    /** The split of the data whose judged queries choose what weight was not told, a reranker's among them. */
    Optional<String> weighedBy();
}
