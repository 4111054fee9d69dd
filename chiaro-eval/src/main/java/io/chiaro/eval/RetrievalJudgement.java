package io.chiaro.eval;

import java.util.Comparator;
import java.util.List;

/**
 * How a system ranked the documents of each judged query. Immutable.
 *
 * @param report its figures
 * @param queries in the order of the data
 */
public record RetrievalJudgement(Report report, List<JudgedQuery> queries) {

    public RetrievalJudgement {
        queries = List.copyOf(queries);
    }

    /** The queries that lost most of nDCG@10, the worst first; a query that lost nothing is none of them. */
    public List<JudgedQuery> worst(int most) {
        return queries.stream()
                .filter(query -> query.ndcg() < 1 && query.costliest().isPresent())
                .sorted(Comparator.comparingDouble(JudgedQuery::ndcg))
                .limit(most)
                .toList();
    }
}
