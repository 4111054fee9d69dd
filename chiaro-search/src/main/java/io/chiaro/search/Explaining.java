package io.chiaro.search;

import io.chiaro.model.Hit;
import io.chiaro.model.SparseVector;
import io.chiaro.search.vector.SparseField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;

/** Takes apart what hybrid search made of a document. */
final class Explaining {

    private Explaining() {}

    /** The words of a query that a document holds, and what each adds to its score. */
    static List<HitExplanation.WordShare> shares(IndexSearcher searcher, Analyzer analyzer, String query, int document)
            throws IOException {
        List<HitExplanation.WordShare> shares = new ArrayList<>();
        for (Words.QueryWord word : Words.words(analyzer, query)) {
            Query alone = word.query();
            Explanation explained = searcher.explain(alone, document);
            if (explained.isMatch()) {
                shares.add(new HitExplanation.WordShare(
                        word.written(), word.times(), explained.getValue().floatValue()));
            }
        }
        return shares;
    }

    /** The tokens that a query's sparse vector and a document's both weigh, those that add most to their product first. */
    static HitExplanation.Tokens tokens(IndexSearcher searcher, SparseVector query, int document, OptionalInt rank)
            throws IOException {
        List<HitExplanation.TokenShare> shares = new ArrayList<>();
        double score = 0;
        for (int i = 0; i < query.size(); i++) {
            float kept = SparseField.weight(searcher, query.ids()[i], document);
            if (kept > 0 && query.weights()[i] > 0) {
                HitExplanation.TokenShare share =
                        new HitExplanation.TokenShare(query.ids()[i], query.weights()[i], kept);
                shares.add(share);
                score += share.share();
            }
        }
        shares.sort(Comparator.comparingDouble((HitExplanation.TokenShare share) -> -share.share())
                .thenComparingInt(HitExplanation.TokenShare::token));
        return new HitExplanation.Tokens(shares, (float) score, rank);
    }

    /** The place of a document in a ranking, from 1. */
    static OptionalInt rank(List<Hit> ranking, String id) {
        for (int i = 0; i < ranking.size(); i++) {
            if (ranking.get(i).id().equals(id)) {
                return OptionalInt.of(i + 1);
            }
        }
        return OptionalInt.empty();
    }
}
