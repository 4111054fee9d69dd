package io.chiaro.eval;

import java.util.stream.IntStream;

/** Figures of predicted classes. */
final class ClassFigures {

    private ClassFigures() {}

    static double accuracy(int[] predicted, int[] labels) {
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += predicted[i] == labels[i] ? 1 : 0;
        }
        return (double) right / labels.length;
    }

    static double macroF1(int[] predicted, int[] labels, int classes) {
        int[] right = new int[classes];
        int[] either = new int[classes];
        boolean[] present = new boolean[classes];
        for (int i = 0; i < labels.length; i++) {
            right[labels[i]] += predicted[i] == labels[i] ? 1 : 0;
            either[labels[i]]++;
            either[predicted[i]]++;
            present[labels[i]] = true;
        }
        return IntStream.range(0, classes)
                .filter(c -> present[c])
                .mapToDouble(c -> 2.0 * right[c] / either[c])
                .average()
                .orElse(0);
    }
}
