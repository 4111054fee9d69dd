package io.chiaro.cli.judging;

import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import java.util.List;

/** A ranker of which more is said. */
record DescribedRanker(Ranker ranker, String description) implements Ranker {

    /** One with a weight that the judged queries of a split chose. */
    static DescribedRanker chosenBy(String split, Ranker ranker) {
        return new DescribedRanker(ranker, ranker.description() + ", chosen by the split \"" + split + "\"");
    }

    @Override
    public String name() {
        return ranker.name();
    }

    @Override
    public List<Hit> rank(String query, int depth) {
        return ranker.rank(query, depth);
    }

    @Override
    public void close() {
        ranker.close();
    }
}
