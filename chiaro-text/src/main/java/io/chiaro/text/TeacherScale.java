package io.chiaro.text;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Whether a teacher's scores ask for cosines that a model has anything like. Logits around 0 ask for cosines around 0; a model whose cosines
 * are all high then learns to move all texts apart, and loses what it knew, without any sign but its figures.
 */
final class TeacherScale {

    /** How far the mean cosines may lie apart before it is said: a quarter of the way from unlike to equal. */
    private static final double APART = 0.25;

    private TeacherScale() {}

    /**
     * A line for people.
     *
     * @param asked the cosines that the scores ask for
     * @param records tokens of the texts of some records, the anchor first
     */
    static String line(DoubleSummaryStatistics asked, TextModel model, List<List<int[]>> records) {
        List<int[]> texts = new ArrayList<>();
        records.forEach(texts::addAll);
        float[][] vectors = model.embedTokens(texts);
        double sum = 0;
        int pairs = 0;
        int at = 0;
        for (List<int[]> record : records) {
            for (int k = 1; k < record.size(); k++) {
                sum += cosine(vectors[at], vectors[at + k]);
                pairs++;
            }
            at += record.size();
        }
        double own = sum / pairs;
        String line = String.format(
                Locale.ROOT,
                "teacher's scores ask for cosines from %.2f to %.2f, on average %.2f; the base has %.2f",
                asked.getMin(),
                asked.getMax(),
                asked.getAverage(),
                own);
        return doubt(asked.getAverage(), own).map(words -> line + ". " + words).orElse(line);
    }

    /** What is to be said of two mean cosines; empty if nothing. */
    static Optional<String> doubt(double asked, double own) {
        return Math.abs(asked - own) <= APART
                ? Optional.empty()
                : Optional.of(
                        "These are far apart, and learning them would undo what the base knows: move the scores by"
                                + " --set score-range=LOWEST:HIGHEST, which takes LOWEST to 0 and HIGHEST to 1");
    }

    private static double cosine(float[] one, float[] other) {
        double product = dot(one, other);
        return product == 0 ? 0 : product / Math.sqrt(dot(one, one) * dot(other, other));
    }

    private static double dot(float[] one, float[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(k -> (double) one[k] * other[k])
                .sum();
    }
}
