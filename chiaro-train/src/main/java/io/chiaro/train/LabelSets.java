package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Classes whose names are sets of labels, joined by bars: {@code red|round}. A name without a bar is a set of one.
 *
 * @param labels all labels, in the order in which classes name them first
 * @param rows for each class 1 at the labels that it has, else 0, [classes][labels]
 */
@SuppressWarnings("ArrayRecordComponent")
public record LabelSets(List<String> labels, float[][] rows) {

    private static final String BAR = "|";

    public LabelSets {
        labels = List.copyOf(labels);
    }

    /**
     * Those of some classes, in their order.
     *
     * @throws ChiaroException of kind data for a set with an empty label
     */
    public static LabelSets of(List<String> classes) {
        List<Set<String>> sets = new ArrayList<>();
        Set<String> all = new LinkedHashSet<>();
        for (String name : classes) {
            List<String> parts =
                    Arrays.stream(name.split("\\" + BAR, -1)).map(String::strip).toList();
            if (parts.contains("")) {
                throw ChiaroException.data("labels: expected names joined by bars, such as red|round, but found \""
                        + name + "\". Mend it.");
            }
            sets.add(Set.copyOf(new LinkedHashSet<>(parts)));
            all.addAll(parts);
        }
        List<String> labels = List.copyOf(all);
        float[][] rows = new float[classes.size()][labels.size()];
        for (int k = 0; k < rows.length; k++) {
            for (int l = 0; l < labels.size(); l++) {
                rows[k][l] = sets.get(k).contains(labels.get(l)) ? 1 : 0;
            }
        }
        return new LabelSets(labels, rows);
    }

    /** The rows behind one another. */
    float[] flat() {
        float[] flat = new float[rows.length * labels.size()];
        for (int k = 0; k < rows.length; k++) {
            System.arraycopy(rows[k], 0, flat, k * labels.size(), labels.size());
        }
        return flat;
    }
}
