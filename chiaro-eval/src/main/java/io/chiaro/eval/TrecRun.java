package io.chiaro.eval;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.metric.DocumentOrder;
import io.chiaro.core.metric.RankingMetric;
import io.chiaro.model.Hit;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Rankings as TREC writes them, a line a document: {@code query Q0 document rank score tag}, parted by spaces or tabs. Other tools
 * read and write these files, so that systems of any make can be laid side by side. As in trec_eval the order is that of the scores,
 * then of the ids ({@link DocumentOrder}); the rank in the file is for people.
 *
 * @param rankings by query, best first
 * @param tag the name of the system, without spaces
 */
public record TrecRun(Map<String, List<Hit>> rankings, String tag) {

    private static final int FIELDS = 6;

    public TrecRun {
        Map<String, List<Hit>> copy = new LinkedHashMap<>();
        rankings.forEach((query, hits) -> copy.put(query, List.copyOf(hits)));
        rankings = Collections.unmodifiableMap(copy);
        tag = tag.strip().replaceAll("\\s*([+>])\\s*", "$1").replaceAll("\\s+", "-");
    }

    /** The same of a system of another name. */
    public TrecRun named(String other) {
        return new TrecRun(rankings, other);
    }

    /**
     * Reads a file.
     *
     * @throws ChiaroException if a line is not as described, or a document comes twice for a query
     */
    public static TrecRun read(Path file) {
        Map<String, List<Hit>> rankings = new LinkedHashMap<>();
        Map<String, Set<String>> seen = new LinkedHashMap<>();
        String tag = "";
        try (BufferedReader lines = DataFiles.reader(file)) {
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                String where = file.toAbsolutePath() + ":" + number;
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length != FIELDS) {
                    throw ChiaroException.data(
                            where + ": expected six fields, query Q0 document rank score tag, but found "
                                    + fields.length + ". Correct the line.");
                }
                if (!seen.computeIfAbsent(fields[0], query -> new HashSet<>()).add(fields[2])) {
                    throw ChiaroException.data(where + ": expected each document once for a query, but found "
                            + fields[2] + " again for " + fields[0] + ". Remove one.");
                }
                rankings.computeIfAbsent(fields[0], query -> new ArrayList<>())
                        .add(new Hit(fields[2], score(where, fields[4])));
                tag = fields[5];
            }
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    file.toAbsolutePath() + ": expected a run in TREC's form, but found: " + AtomicFiles.reason(e)
                            + ". Check the path.",
                    e);
        }
        if (rankings.isEmpty()) {
            throw ChiaroException.data(
                    file.toAbsolutePath() + ": expected at least one line, but found none. Check the file.");
        }
        rankings.values()
                .forEach(hits -> hits.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id())));
        return new TrecRun(rankings, tag);
    }

    /**
     * The metric's value for a query of the data: 0 where nothing was found.
     *
     * @param query the id of a judged query
     */
    public double value(RankingMetric metric, RetrievalData data, String query) {
        List<Hit> hits = rankings.getOrDefault(query, List.of());
        return metric.value(
                Hit.judged(hits, Objects.requireNonNull(data.judgments().get(query))));
    }

    private static float score(String where, String text) {
        try {
            float score = Float.parseFloat(text);
            if (!Float.isNaN(score)) {
                return score;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.data(where + ": expected a number as the score, but found \"" + text + "\". Correct it.");
    }

    /** Writes the file, all of it or nothing. */
    public void write(Path file) {
        AtomicFiles.write(file, stream -> {
            for (Map.Entry<String, List<Hit>> ranking : rankings.entrySet()) {
                int rank = 0;
                for (Hit hit : ranking.getValue()) {
                    rank++;
                    String line = String.join(
                            " ",
                            field(ranking.getKey()),
                            "Q0",
                            field(hit.id()),
                            String.valueOf(rank),
                            String.valueOf(hit.score()),
                            tag.isEmpty() ? "run" : tag);
                    stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        });
    }

    /**
     * The id as a field of the file.
     *
     * @throws ChiaroException of kind data if the file cannot hold it
     */
    static String field(String id) {
        if (id.isEmpty() || id.chars().anyMatch(Character::isWhitespace)) {
            throw ChiaroException.data(
                    "run: expected ids without spaces, as TREC's form parts fields by them, but found \"" + id
                            + "\". Write no run for these data.");
        }
        return id;
    }
}
