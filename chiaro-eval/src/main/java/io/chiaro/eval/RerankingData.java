package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Queries with candidates to be put in order. Read from objects a line, {@code {"query", "positive": [..],
 * "negative": [..]}}, or from a table with a row a candidate: query (qtext), document (atext), label 1 or 0, where rows of
 * one query text belong together. Only queries with both kinds of candidates are judged; the others are counted.
 */
public final class RerankingData {

    /** A query and its candidates, relevant ones marked. */
    record Question(String query, List<String> candidates, List<Boolean> relevant) {}

    private final Path file;
    private final List<Question> questions;
    private final int skipped;

    private RerankingData(Path file, List<Question> questions, int skipped) {
        this.file = file;
        this.questions = questions;
        this.skipped = skipped;
    }

    /**
     * Reads the candidates of a split.
     *
     * @param path the file, or a folder with one file of that split
     * @throws ChiaroException if a row is not as described, or no query has both kinds of candidates
     */
    public static RerankingData open(Path path, EvaluationOptions options) {
        Path file = DataFiles.find(path, options.split());
        Map<String, Question> questions = new LinkedHashMap<>();
        if (Rows.form(file) == Rows.Form.JSONL) {
            Rows.objects(file, object -> {
                Question question = questions.computeIfAbsent(
                        object.json().string("query"),
                        query -> new Question(query, new ArrayList<>(), new ArrayList<>()));
                object.json().strings("positive").forEach(text -> add(question, text, true));
                object.json().strings("negative").forEach(text -> add(question, text, false));
            });
        } else {
            Rows.named(file, row -> {
                String query = Rows.column(row, "query", options.columns(), "query", "qtext", "question");
                String document =
                        Rows.column(row, "document", options.columns(), "document", "atext", "passage", "answer");
                String label = Rows.column(row, "label", options.columns(), "label", "relevance");
                Question question = questions.computeIfAbsent(
                        row.cell(query), text -> new Question(text, new ArrayList<>(), new ArrayList<>()));
                add(question, row.cell(document), PairData.positive(row, label));
            });
        }
        List<Question> judged = questions.values().stream()
                .filter(question -> question.relevant.contains(true) && question.relevant.contains(false))
                .toList();
        if (judged.isEmpty()) {
            throw ChiaroException.data(file.toAbsolutePath()
                    + ": expected queries with relevant and irrelevant candidates, but found none among "
                    + questions.size()
                    + " queries. Check the labels.");
        }
        return new RerankingData(file, judged, questions.size() - judged.size());
    }

    private static void add(Question question, String text, boolean relevant) {
        question.candidates.add(text);
        question.relevant.add(relevant);
    }

    /** All candidates of all queries, each text once, as a collection that a ranker can index. */
    public List<Document> documents() {
        Map<String, Document> documents = new LinkedHashMap<>();
        for (Question question : questions) {
            for (String text : question.candidates) {
                documents.computeIfAbsent(text, key -> new Document(String.valueOf(documents.size()), "", key));
            }
        }
        return List.copyOf(documents.values());
    }

    Path file() {
        return file;
    }

    List<Question> questions() {
        return questions;
    }

    /** Queries that were left out for want of one kind of candidate. */
    int skipped() {
        return skipped;
    }
}
