package io.chiaro.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Triplets from a table with the columns anchor, positive, negative. SNLI and its like are read natively (gold_label,
 * sentence1, sentence2): a premise that has both makes one triplet with the first sentence that it entails and the first that
 * contradicts it.
 */
record TripletData(Path file, List<Triplet> triplets) {

    /** An anchor, a text that belongs to it and one that does not. */
    record Triplet(String anchor, String positive, String negative) {}

    static TripletData open(Path path, String split, Map<String, String> columns) {
        Path file = DataFiles.find(path, split);
        List<Triplet> triplets = new ArrayList<>();
        Map<String, Inferences> premises = new LinkedHashMap<>();
        Rows.named(file, row -> {
            if (columns.isEmpty() && Inferences.are(row)) {
                premises.computeIfAbsent(row.cell("sentence1"), premise -> new Inferences())
                        .add(row);
                return;
            }
            String anchor = Rows.column(row, "anchor", columns, "anchor", "query");
            String positive = Rows.column(row, "positive", columns, "positive", "pos");
            String negative = Rows.column(row, "negative", columns, "negative", "neg");
            triplets.add(new Triplet(row.cell(anchor), row.cell(positive), row.cell(negative)));
        });
        premises.forEach((premise, inferences) -> {
            if (inferences.entailed != null && inferences.contradicting != null) {
                triplets.add(new Triplet(premise, inferences.entailed, inferences.contradicting));
            }
        });
        return new TripletData(file, triplets);
    }

    /** What was inferred from one premise. */
    static final class Inferences {

        private @Nullable String entailed;
        private @Nullable String contradicting;

        /** Whether a row is one of natural language inference. */
        static boolean are(Rows.Row row) {
            return row.cells().keySet().containsAll(List.of("gold_label", "sentence1", "sentence2"))
                    && !row.cells().containsKey("anchor");
        }

        private void add(Rows.Row row) {
            String sentence = row.cell("sentence2");
            if (row.cell("gold_label").equals("entailment") && entailed == null) {
                entailed = sentence;
            } else if (row.cell("gold_label").equals("contradiction") && contradicting == null) {
                contradicting = sentence;
            }
        }
    }
}
