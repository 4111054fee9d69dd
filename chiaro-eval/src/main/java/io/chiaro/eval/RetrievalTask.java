package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.metric.JudgedRanking;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.NearestDocuments;
import io.chiaro.model.Ranker;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Judges what is found in a collection. */
final class RetrievalTask {

    private static final int RELEVANT_KEPT = 20_000;

    private RetrievalTask() {}

    /** Exact dense retrieval; the collection is embedded in pieces and forgotten. */
    static RetrievalJudgement judge(RetrievalData data, EvaluationOptions options, Embedder embedder) {
        ReportDraft draft =
                new ReportDraft(Task.RETRIEVAL, data.name(), data.hash(), options.withSplit(data.split()), embedder);
        List<String> queryIds = List.copyOf(data.queries().keySet());
        // Said before hours of embedding, and not after them.
        boolean written = options.run().isPresent();
        if (written) {
            queryIds.forEach(TrecRun::field);
        }
        float[][] queries = TextVectors.of(embedder, List.copyOf(data.queries().values()), TextRole.QUERY);
        int depth = options.depth() + (options.removeIdenticalIds() ? 1 : 0);
        NearestDocuments nearest = new NearestDocuments(queries, depth, options.threads());
        Set<String> relevant = new HashSet<>();
        data.judgments()
                .values()
                .forEach(judged -> judged.forEach((id, grade) -> {
                    if (grade > 0) {
                        relevant.add(id);
                    }
                }));
        Map<String, float[]> relevantVectors = new HashMap<>();
        SpaceSample geometry = new SpaceSample(options.seed());
        Set<String> seen = new HashSet<>();
        try (Stream<Document> stream = data.documents()) {
            List<Document> window = new ArrayList<>();
            for (Iterator<Document> documents = stream.iterator(); documents.hasNext(); ) {
                Document document = documents.next();
                if (!seen.add(document.id())) {
                    throw duplicate(data, document);
                }
                if (written) {
                    TrecRun.field(document.id());
                }
                window.add(document);
                if (window.size() == TextVectors.WINDOW || !documents.hasNext()) {
                    List<String> ids = window.stream().map(Document::id).toList();
                    float[][] vectors = TextVectors.of(
                            embedder, window.stream().map(Document::content).toList(), TextRole.DOCUMENT);
                    nearest.add(ids, vectors);
                    for (int i = 0; i < vectors.length; i++) {
                        geometry.add(vectors[i]);
                        if (relevant.contains(ids.get(i)) && relevantVectors.size() < RELEVANT_KEPT) {
                            relevantVectors.put(ids.get(i), vectors[i]);
                        }
                    }
                    window.clear();
                }
            }
        }
        for (int q = 0; q < queryIds.size(); q++) {
            float[] query = queries[q];
            geometry.add(query);
            judged(data, queryIds.get(q)).forEach((id, grade) -> {
                float[] document = relevantVectors.get(id);
                if (grade > 0 && document != null) {
                    geometry.positive(query, document);
                }
            });
        }
        Map<String, List<Hit>> run = new LinkedHashMap<>();
        List<List<Hit>> hits = nearest.hits();
        for (int q = 0; q < queryIds.size(); q++) {
            run.put(queryIds.get(q), hits.get(q));
        }
        draft.size("documents", seen.size());
        List<JudgedQuery> judged = ranking(draft, data, options, run, relevant, seen);
        if (relevant.size() > RELEVANT_KEPT) {
            draft.note("Alignment is taken over the first " + RELEVANT_KEPT + " relevant documents of the collection.");
        }
        geometry.write(draft, "queries and their relevant documents");
        return new RetrievalJudgement(draft.report(), judged);
    }

    /** A ranker that already holds the collection. */
    static RetrievalJudgement judge(RetrievalData data, EvaluationOptions options, Ranker ranker) {
        ReportDraft draft =
                new ReportDraft(Task.RETRIEVAL, data.name(), data.hash(), options.withSplit(data.split()), ranker);
        int depth = options.depth() + (options.removeIdenticalIds() ? 1 : 0);
        Map<String, List<Hit>> run = new LinkedHashMap<>();
        data.queries().forEach((id, text) -> run.put(id, ranker.rank(text, depth)));
        Set<String> ids = new HashSet<>();
        try (Stream<Document> documents = data.documents()) {
            documents.forEach(document -> {
                if (!ids.add(document.id())) {
                    throw duplicate(data, document);
                }
            });
        }
        Set<String> relevant = new HashSet<>();
        data.judgments().values().forEach(judged -> relevant.addAll(judged.keySet()));
        draft.size("documents", ids.size());
        List<JudgedQuery> judged = ranking(draft, data, options, run, relevant, ids);
        return new RetrievalJudgement(draft.report(), judged);
    }

    private static ChiaroException duplicate(RetrievalData data, Document document) {
        return ChiaroException.data(data.name() + ": expected each document once, but found the id " + document.id()
                + " again. Remove one.");
    }

    private static Map<String, Integer> judged(RetrievalData data, String query) {
        return Objects.requireNonNull(data.judgments().get(query));
    }

    private static List<JudgedQuery> ranking(
            ReportDraft draft,
            RetrievalData data,
            EvaluationOptions options,
            Map<String, List<Hit>> run,
            Set<String> relevant,
            Set<String> documents) {
        List<JudgedQuery> queries = new ArrayList<>();
        Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
        int judgments = 0;
        int empty = 0;
        for (Map.Entry<String, List<Hit>> entry : run.entrySet()) {
            List<Hit> hits = entry.getValue().stream()
                    .filter(hit -> !options.removeIdenticalIds() || !hit.id().equals(entry.getKey()))
                    .limit(options.depth())
                    .toList();
            Map<String, Integer> grades = judged(data, entry.getKey());
            JudgedQuery query = new JudgedQuery(
                    entry.getKey(), Objects.requireNonNull(data.queries().get(entry.getKey())), hits, grades);
            queries.add(query);
            rankings.put(entry.getKey(), query.ranking());
            judgments += grades.size();
            empty += hits.isEmpty() ? 1 : 0;
        }
        options.run().ifPresent(file -> {
            Map<String, List<Hit>> counted = new LinkedHashMap<>();
            queries.forEach(query -> counted.put(query.id(), query.hits()));
            new TrecRun(counted, draft.name()).write(file);
            TrecJudgments.write(file.resolveSibling(file.getFileName() + ".qrels"), data.judgments());
        });
        draft.size("queries", rankings.size());
        draft.size("judgments", judgments);
        RankingFigures.write(draft, Task.RETRIEVAL, rankings);
        draft.setting("ties", "score as 32-bit float, then the greater document id in UTF-8 bytes first");
        draft.setting("queries", "all judged ones; one without a hit counts as 0");
        draft.setting("depth", String.valueOf(options.depth()));
        draft.setting("identical ids", options.removeIdenticalIds() ? "removed" : "kept");
        draft.setting("document text", "title, a space, text");
        if (empty > 0) {
            draft.note(empty + " queries had no hit.");
        }
        long unknown = relevant.stream().filter(id -> !documents.contains(id)).count();
        if (unknown > 0) {
            draft.note(unknown + " judged documents are not in the collection; they count as never found.");
        }
        return queries;
    }
}
