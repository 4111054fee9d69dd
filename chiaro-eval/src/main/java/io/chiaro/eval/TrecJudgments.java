package io.chiaro.eval;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Judgments as TREC writes them (qrels), a line each: {@code query iteration document grade}, parted by spaces or tabs. The iteration
 * says nothing today; 0 is written.
 */
public final class TrecJudgments {

    private static final int FIELDS = 4;

    private TrecJudgments() {}

    /**
     * Reads a file.
     *
     * @return grades by document, by query
     * @throws ChiaroException of kind data if a line is not as described, or a pair is judged twice and differently
     */
    public static Map<String, Map<String, Integer>> read(Path file) {
        Map<String, Map<String, Integer>> judgments = new LinkedHashMap<>();
        try (BufferedReader lines = DataFiles.reader(file)) {
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    put(
                            judgments,
                            file.toAbsolutePath() + ":" + number,
                            line.strip().split("\\s+", -1));
                }
            }
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    file.toAbsolutePath() + ": expected judgments in TREC's form, but found: " + AtomicFiles.reason(e)
                            + ". Check the path.",
                    e);
        }
        return judgments;
    }

    private static void put(Map<String, Map<String, Integer>> judgments, String where, String[] fields) {
        if (fields.length != FIELDS || !fields[3].matches("-?[0-9]{1,9}")) {
            throw ChiaroException.data(
                    where + ": expected four fields, query iteration document grade, the last a whole"
                            + " number, but found \"" + String.join(" ", fields) + "\". Correct the line.");
        }
        int grade = Integer.parseInt(fields[3]);
        Integer before = judgments
                .computeIfAbsent(fields[0], query -> new LinkedHashMap<>())
                .put(fields[2], grade);
        if (before != null && before != grade) {
            throw ChiaroException.data(where + ": expected one grade for a query and a document, but found " + before
                    + " and " + grade + ". Remove one.");
        }
    }

    /**
     * Writes a file, all of it or nothing.
     *
     * @throws ChiaroException of kind data if an id has spaces, which TREC's form cannot hold
     */
    public static void write(Path file, Map<String, Map<String, Integer>> judgments) {
        AtomicFiles.write(file, stream -> {
            for (Map.Entry<String, Map<String, Integer>> query : judgments.entrySet()) {
                for (Map.Entry<String, Integer> grade : query.getValue().entrySet()) {
                    String line = String.join(
                            " ",
                            TrecRun.field(query.getKey()),
                            "0",
                            TrecRun.field(grade.getKey()),
                            String.valueOf(grade.getValue()));
                    stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        });
    }
}
