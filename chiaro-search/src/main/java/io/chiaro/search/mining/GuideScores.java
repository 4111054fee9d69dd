package io.chiaro.search.mining;

import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What another model says of candidates, each text embedded once whoever asks for it. Memory is that of a vector for each question, of the
 * texts of one window, and of a number for each candidate.
 */
final class GuideScores {

    private GuideScores() {}

    /**
     * Cosines of questions with some texts each.
     *
     * @param asked places in {@code texts} for each question
     * @return in the form of {@code asked}
     */
    static float[][] of(Embedder guide, List<String> questions, int[][] asked, List<String> texts) {
        float[][] queries = TextVectors.of(guide, questions, TextRole.QUERY);
        float[][] scores =
                Arrays.stream(asked).map(places -> new float[places.length]).toArray(float[][]::new);
        Askers askers = Askers.of(asked, texts.size());
        List<Integer> window = new ArrayList<>();
        for (int place = 0; place < texts.size(); place++) {
            if (askers.starts()[place] < askers.starts()[place + 1]) {
                window.add(place);
            }
            if (window.size() == TextVectors.WINDOW || place == texts.size() - 1 && !window.isEmpty()) {
                float[][] vectors =
                        TextVectors.of(guide, window.stream().map(texts::get).toList(), TextRole.DOCUMENT);
                for (int i = 0; i < vectors.length; i++) {
                    for (int k = askers.starts()[window.get(i)]; k < askers.starts()[window.get(i) + 1]; k++) {
                        int question = askers.questions()[k];
                        scores[question][askers.slots()[k]] = (float) TextVectors.dot(queries[question], vectors[i]);
                    }
                }
                window.clear();
            }
        }
        return scores;
    }

    /**
     * Who asks for each text.
     *
     * @param starts where the askers of a text begin, with the end of the last behind them
     * @param questions which ask
     * @param slots where in their lists
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Askers(int[] starts, int[] questions, int[] slots) {
        static Askers of(int[][] asked, int texts) {
            int[] starts = new int[texts + 1];
            for (int[] places : asked) {
                for (int place : places) {
                    starts[place + 1]++;
                }
            }
            for (int place = 0; place < texts; place++) {
                starts[place + 1] += starts[place];
            }
            int[] next = starts.clone();
            int[] questions = new int[starts[texts]];
            int[] slots = new int[starts[texts]];
            for (int question = 0; question < asked.length; question++) {
                for (int slot = 0; slot < asked[question].length; slot++) {
                    int at = next[asked[question][slot]]++;
                    questions[at] = question;
                    slots[at] = slot;
                }
            }
            return new Askers(starts, questions, slots);
        }
    }
}
