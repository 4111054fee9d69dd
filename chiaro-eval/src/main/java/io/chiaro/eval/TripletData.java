package io.chiaro.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Triplets from a table with the columns anchor, positive, negative. */
record TripletData(Path file, List<Triplet> triplets) {

    /** An anchor, a text that belongs to it and one that does not. */
    record Triplet(String anchor, String positive, String negative) {}

    static TripletData open(Path path, String split, Map<String, String> columns) {
        Path file = DataFiles.find(path, split);
        List<Triplet> triplets = new ArrayList<>();
        Rows.named(file, row -> {
            String anchor = Rows.column(row, "anchor", columns, "anchor", "query");
            String positive = Rows.column(row, "positive", columns, "positive", "pos");
            String negative = Rows.column(row, "negative", columns, "negative", "neg");
            triplets.add(new Triplet(row.cell(anchor), row.cell(positive), row.cell(negative)));
        });
        return new TripletData(file, triplets);
    }
}
