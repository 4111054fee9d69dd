package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.PairClassifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Pairs of texts with the class that each belongs to, from a table with named columns; those of SNLI and SICK are known too.
 *
 * @param file where they stand
 * @param pairs in the order of the file
 * @param classes of each pair, its number
 */
record PairClassData(Path file, List<PairClassifier.Pair> pairs, List<Integer> classes) {

    /**
     * Reads the pairs of a split.
     *
     * @param names of the classes; a label is one of them, or the only one that differs in case alone
     * @throws ChiaroException of kind data if a label is none of them, or there is no pair
     */
    static PairClassData open(Path path, String split, Map<String, String> columns, List<String> names) {
        Path file = DataFiles.find(path, split);
        List<PairClassifier.Pair> pairs = new ArrayList<>();
        List<Integer> classes = new ArrayList<>();
        Rows.named(file, row -> {
            String first = Rows.column(
                    row,
                    "text1",
                    columns,
                    "text1",
                    "sentence1",
                    "sentence_A",
                    "premise",
                    "anchor",
                    "question1",
                    "#1 String");
            String second = Rows.column(
                    row,
                    "text2",
                    columns,
                    "text2",
                    "sentence2",
                    "sentence_B",
                    "hypothesis",
                    "positive",
                    "question2",
                    "#2 String");
            String label = Rows.column(
                    row,
                    "label",
                    columns,
                    "label",
                    "labels",
                    "gold_label",
                    "entailment_judgment",
                    "class",
                    "is_duplicate",
                    "Quality");
            int of = number(names, row.cell(label));
            if (of < 0) {
                throw ChiaroException.data(row.where() + ": expected one of the classes " + names + " as \"" + label
                        + "\", but found \"" + row.cell(label) + "\". Map the labels to these, or leave the row out.");
            }
            pairs.add(new PairClassifier.Pair(row.cell(first), row.cell(second)));
            classes.add(of);
        });
        if (pairs.isEmpty()) {
            throw ChiaroException.data(file.toAbsolutePath() + ": expected pairs, but found none. Check the file.");
        }
        return new PairClassData(file, pairs, classes);
    }

    private static int number(List<String> names, String label) {
        int exact = names.indexOf(label);
        if (exact >= 0) {
            return exact;
        }
        List<String> alike =
                names.stream().filter(name -> name.equalsIgnoreCase(label)).toList();
        return alike.size() == 1 ? names.indexOf(alike.get(0)) : -1;
    }
}
