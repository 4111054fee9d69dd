package io.chiaro.eval;

import io.chiaro.core.Hashes;
import io.chiaro.core.metric.JudgedRanking;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Ranker;
import io.chiaro.model.Reranker;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Judges the order of the candidates of each query. */
final class RerankingTask {

    private RerankingTask() {}

    static Report judge(RerankingData data, String name, EvaluationOptions options, Embedder embedder) {
        ReportDraft draft = new ReportDraft(Task.RERANK, name, Hashes.sha256(data.file()), options, embedder);
        List<String> queries =
                data.questions().stream().map(RerankingData.Question::query).toList();
        List<Document> documents = data.documents();
        float[][] queryVectors = TextVectors.of(embedder, queries, TextRole.QUERY);
        float[][] vectors =
                TextVectors.of(embedder, documents.stream().map(Document::text).toList(), TextRole.DOCUMENT);
        Map<String, float[]> byText = new HashMap<>();
        for (int i = 0; i < vectors.length; i++) {
            byText.put(documents.get(i).text(), vectors[i]);
        }
        Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
        for (int q = 0; q < queries.size(); q++) {
            RerankingData.Question question = data.questions().get(q);
            float[] scores = new float[question.candidates().size()];
            for (int i = 0; i < scores.length; i++) {
                float[] vector =
                        Objects.requireNonNull(byText.get(question.candidates().get(i)));
                scores[i] = (float) TextVectors.dot(queryVectors[q], vector);
            }
            rankings.put(String.valueOf(q), judged(question, scores));
        }
        rerankingSizes(draft, data);
        RankingFigures.write(draft, Task.RERANK, rankings);
        return draft.report();
    }

    /**
     * Judges a ranker that holds {@link RerankingData#documents}: its ranking of the whole collection is cut down to the
     * candidates of each query, and candidates that it did not find come last.
     */
    static Report judge(RerankingData data, String name, EvaluationOptions options, Ranker ranker) {
        ReportDraft draft = new ReportDraft(Task.RERANK, name, Hashes.sha256(data.file()), options, ranker);
        Map<String, String> ids = new HashMap<>();
        List<Document> documents = data.documents();
        documents.forEach(document -> ids.put(document.text(), document.id()));
        Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
        for (RerankingData.Question question : data.questions()) {
            Map<String, Float> found = new HashMap<>();
            ranker.rank(question.query(), documents.size()).forEach(hit -> found.put(hit.id(), hit.score()));
            float[] scores = new float[question.candidates().size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = found.getOrDefault(ids.get(question.candidates().get(i)), -Float.MAX_VALUE);
            }
            rankings.put(String.valueOf(rankings.size()), judged(question, scores));
        }
        rerankingSizes(draft, data);
        RankingFigures.write(draft, Task.RERANK, rankings);
        return draft.report();
    }

    /** Judges a reranker on the candidates of each query. */
    static Report judge(RerankingData data, String name, EvaluationOptions options, Reranker reranker) {
        RerankerDescription description = reranker.description();
        ReportDraft draft = new ReportDraft(
                Task.RERANK,
                name,
                Hashes.sha256(data.file()),
                options,
                description.name(),
                description.name() + ", " + description.scoring() + ", " + description.maxTokens() + " tokens, SHA-256 "
                        + description.hash(),
                Optional.empty());
        Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
        for (RerankingData.Question question : data.questions()) {
            float[] scores = reranker.score(question.query(), question.candidates());
            rankings.put(String.valueOf(rankings.size()), judged(question, scores));
        }
        rerankingSizes(draft, data);
        RankingFigures.write(draft, Task.RERANK, rankings);
        return draft.report();
    }

    private static JudgedRanking judged(RerankingData.Question question, float[] scores) {
        List<String> ids = new ArrayList<>();
        Map<String, Integer> grades = new HashMap<>();
        for (int i = 0; i < scores.length; i++) {
            String id = String.format(Locale.ROOT, "%09d", i);
            ids.add(id);
            grades.put(id, question.relevant().get(i) ? 1 : 0);
        }
        return JudgedRanking.of(ids, scores, grades);
    }

    private static void rerankingSizes(ReportDraft draft, RerankingData data) {
        draft.size("queries", data.questions().size());
        draft.size(
                "candidates",
                data.questions().stream()
                        .mapToInt(question -> question.candidates().size())
                        .sum());
        draft.setting("queries", "those with relevant and irrelevant candidates");
        draft.setting("ties", "the later candidate of the file first");
        if (data.skipped() > 0) {
            draft.note(data.skipped() + " queries have candidates of one kind only and are not judged.");
        }
    }
}
