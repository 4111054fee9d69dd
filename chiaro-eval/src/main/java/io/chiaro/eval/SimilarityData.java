package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Pairs of sentences with the similarity that people gave them. Read natively, by the names of the files:
 *
 * <ul>
 *   <li>a folder with {@code stsb-en-{train,dev,test}.csv}: no header; sentence, sentence, score;
 *   <li>the STS benchmark's own {@code sts-{train,dev,test}.csv}: tabs, no header, no quotes; score in the fifth cell,
 *       then the sentences;
 *   <li>SICK: {@code SICK_train.txt, SICK_trial.txt, SICK_test_annotated.txt};
 *   <li>SemEval 2012 to 2016: {@code <year>/*.{train,test}.tsv} without header, score first; rows without a score were
 *       never judged and are skipped; each year is a part of its own, and each file can be read alone;
 *   <li>any other table of three cells whose first line has a number at its end (or, for tabs, at its beginning): no header;
 *       sentence, sentence, score (or score first);
 *   <li>any other table with named columns sentence1, sentence2, score (or text1, text2; anchor, positive).
 * </ul>
 */
final class SimilarityData {

    /** A pair and its score. */
    record ScoredPair(String first, String second, double score) {}

    /** A named part of a data set, whose figures are also given alone. */
    record Part(String name, List<ScoredPair> pairs) {}

    private static final Pattern NUMBER = Pattern.compile("\\d+([.]\\d+)?");

    final List<Part> parts = new ArrayList<>();
    final List<Path> files = new ArrayList<>();
    private int unjudged;

    private SimilarityData() {}

    static SimilarityData open(Path path, String split, Map<String, String> columns) {
        SimilarityData data = new SimilarityData();
        if (!Files.isRegularFile(path)) {
            List<Path> inside = DataFiles.list(path);
            List<Path> years = inside.stream()
                    .filter(Files::isDirectory)
                    .filter(folder -> !semEval(folder, split).isEmpty())
                    .toList();
            if (!years.isEmpty()) {
                years.forEach(year -> data.readSemEval(year, split));
                return data;
            }
            if (!semEval(path, split).isEmpty()) {
                data.readSemEval(path, split);
                return data;
            }
        }
        Path file = sick(path, split);
        data.files.add(file);
        data.parts.add(new Part(DataFiles.stem(file), data.read(file, columns)));
        return data;
    }

    int unjudged() {
        return unjudged;
    }

    private static Path sick(Path path, String split) {
        if (Files.isDirectory(path)) {
            String name = switch (split) {
                case "test" -> "SICK_test_annotated.txt";
                case "train" -> "SICK_train.txt";
                default -> "SICK_trial.txt";
            };
            if (Files.isRegularFile(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        return DataFiles.find(path, split);
    }

    private static List<Path> semEval(Path folder, String split) {
        return DataFiles.list(folder).stream()
                .filter(file -> String.valueOf(file.getFileName()).endsWith("." + split + ".tsv"))
                .toList();
    }

    private void readSemEval(Path folder, String split) {
        List<ScoredPair> pairs = new ArrayList<>();
        for (Path file : semEval(folder, split)) {
            files.add(file);
            Rows.positional(file, Rows.Form.TSV, 3, row -> add(row, "1", "2", "0", pairs));
        }
        parts.add(new Part(String.valueOf(folder.toAbsolutePath().normalize().getFileName()), pairs));
    }

    private List<ScoredPair> read(Path file, Map<String, String> columns) {
        List<ScoredPair> pairs = new ArrayList<>();
        String name = DataFiles.name(file);
        if (name.matches("stsb-[a-z]{2}-(train|dev|test)\\.csv")) {
            Rows.positional(file, Rows.Form.CSV, 3, row -> add(row, "0", "1", "2", pairs));
        } else if (name.matches("sts-(train|dev|test)\\.csv")) {
            Rows.positional(file, Rows.Form.TSV, 7, row -> add(row, "5", "6", "4", pairs));
        } else if (columns.isEmpty() && withoutHeader(file, 2)) {
            Rows.positional(file, Rows.form(file), 3, row -> add(row, "0", "1", "2", pairs));
        } else if (columns.isEmpty() && withoutHeader(file, 0)) {
            Rows.positional(file, Rows.form(file), 3, row -> add(row, "1", "2", "0", pairs));
        } else {
            Rows.named(file, row -> {
                String first =
                        Rows.column(row, "sentence1", columns, "sentence1", "sentence_A", "text1", "anchor", "text_a");
                String second = Rows.column(
                        row, "sentence2", columns, "sentence2", "sentence_B", "text2", "positive", "text_b");
                String score = Rows.column(
                        row, "score", columns, "score", "relatedness_score", "similarity", "similarity_score");
                add(row, first, second, score, pairs);
            });
        }
        if (pairs.size() < 2) {
            throw ChiaroException.data(file.toAbsolutePath() + ": expected at least 2 scored pairs, but found "
                    + pairs.size() + ". Check the file.");
        }
        return pairs;
    }

    /** Whether the first line is a row of three cells with its score there, as no header has. */
    private static boolean withoutHeader(Path file, int score) {
        if (Rows.form(file) == Rows.Form.JSONL) {
            return false;
        }
        List<String> first = Rows.first(file);
        return first.size() == 3
                && (NUMBER.matcher(first.get(score).strip()).matches()
                        || (score == 0 && first.get(0).isEmpty() && Rows.form(file) == Rows.Form.TSV));
    }

    private void add(Rows.Row row, String first, String second, String score, List<ScoredPair> pairs) {
        if (row.cell(score).isBlank()) {
            unjudged++;
            return;
        }
        pairs.add(new ScoredPair(row.cell(first), row.cell(second), row.number(score)));
    }
}
