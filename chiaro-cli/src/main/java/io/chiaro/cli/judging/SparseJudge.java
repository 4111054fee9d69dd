package io.chiaro.cli.judging;

import io.chiaro.cli.opening.Models;
import io.chiaro.eval.Report;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Document;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseRanker;
import io.chiaro.model.SparseVector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Judges the exact search of a sparse encoder, and says how sparse it is.
 *
 * @param model its folder
 */
public record SparseJudge(String model) implements Judge {

    @Override
    public Judgement judge(JudgingSettings on) {
        RetrievalData collection = on.collection();
        try (SparseEmbedder opened = Models.openSparse("--model", model, on.threads());
                Stream<Document> documents = collection.documents();
                SparseRanker ranker = SparseRanker.create(opened, documents)) {
            Report report = RetrievalReports.of(ranker, collection, on);
            List<String> queries = List.copyOf(collection.queries().values());
            double active = opened.embed(queries).stream()
                    .mapToInt(SparseVector::size)
                    .average()
                    .orElse(0);
            double products = ranker.products(queries);
            String remark = String.format(
                    Locale.ROOT,
                    "sparse: %.1f weights a query, %.1f a document, %.2f products for a query with a document (FLOPS)",
                    active,
                    ranker.activeOfDocument(),
                    products);
            Map<String, Object> more = new LinkedHashMap<>();
            more.put("active-of-query", active);
            more.put("active-of-document", ranker.activeOfDocument());
            more.put("flops", products);
            return new Judgement(report, List.of(remark), more);
        }
    }
}
