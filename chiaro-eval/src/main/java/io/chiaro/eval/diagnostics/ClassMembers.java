package io.chiaro.eval.diagnostics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows of each class, classes in the order of their labels. */
final class ClassMembers {

    private ClassMembers() {}

    static List<int[]> of(String who, float[][] vectors, int[] labels) {
        if (vectors.length != labels.length || labels.length == 0) {
            throw new IllegalArgumentException(who + ": expected a label for each of at least one row, but found "
                    + vectors.length + " rows and " + labels.length + " labels");
        }
        return of(labels);
    }

    static List<int[]> of(int[] labels) {
        Map<Integer, List<Integer>> members = new TreeMap<>();
        for (int i = 0; i < labels.length; i++) {
            members.computeIfAbsent(labels[i], absent -> new ArrayList<>()).add(i);
        }
        return members.values().stream()
                .map(rows -> rows.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    /** The labels counted from 0 in their order. */
    static int[] numbered(int[] labels) {
        int[] different = Arrays.stream(labels).sorted().distinct().toArray();
        return Arrays.stream(labels)
                .map(label -> Arrays.binarySearch(different, label))
                .toArray();
    }
}
