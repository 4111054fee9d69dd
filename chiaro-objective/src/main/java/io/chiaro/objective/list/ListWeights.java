package io.chiaro.objective.list;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How strongly a loss moves the candidates of lists (after Dai et al., "Supervised Fine-Tuning or Contrastive Learning? Towards Better
 * Multimodal LLM Reranking", 2025, who take the update of a reranker apart into the weight of each candidate and the direction in which its
 * score is moved). With the loss of a list L, the sum of its terms,
 *
 * <pre>
 * dL / d parameters = sum over candidates j of c_j ds_j / d parameters        c_j = dL / ds_j
 *
 * pointwise:    c_j = 1 / (1 + exp(-s_j)) - g_j
 * contrastive:  c_j = q_j - 1 for the relevant one, q_j for another,  q the softmax of s over both kinds
 * </pre>
 *
 * so that {@code |c_j|} is the weight of j. The direction of a candidate of one score, {@code ds_j / d parameters}, is the same for every
 * loss; only what weights make of their sum differs. Weights are means over lists.
 *
 * @param relevant of all relevant candidates (of a grade above 0) together
 * @param others of all others together
 * @param byHardness of the other with the highest score, of the next and so on; each over the lists that have so many
 * @param common {@code |sum c_j| / sum |c_j|}: how much of the update moves all scores of a list alike, which changes no order; 0 where
 *     a loss looks at differences only
 */
@SuppressWarnings("ArrayRecordComponent")
public record ListWeights(double relevant, double others, double[] byHardness, double common) {

    /**
     * The weights of a loss on lists which have relevant candidates and others.
     *
     * @param scores of each list's candidates
     * @param grades of the same
     * @param ranks at most so many others of a list are told apart
     */
    public static ListWeights of(ListLoss loss, List<double[]> scores, List<double[]> grades, int ranks) {
        int longest = grades.stream().mapToInt(ListWeights::countOthers).max().orElse(0);
        double[] byHardness = new double[Math.min(ranks, longest)];
        int[] counted = new int[byHardness.length];
        double relevant = 0;
        double others = 0;
        double common = 0;
        int lists = scores.size();
        for (int list = 0; list < lists; list++) {
            double[] s = scores.get(list);
            double[] g = grades.get(list);
            double[] pull = pull(loss, s, g);
            double sum = 0;
            double all = 0;
            for (int j = 0; j < pull.length; j++) {
                double weight = Math.abs(pull[j]);
                sum += pull[j];
                all += weight;
                relevant += g[j] > 0 ? weight / lists : 0;
                others += g[j] > 0 ? 0 : weight / lists;
            }
            common += all == 0 ? 0 : Math.abs(sum) / all / lists;
            int[] hardest = hardestOthers(s, g);
            for (int rank = 0; rank < Math.min(hardest.length, byHardness.length); rank++) {
                byHardness[rank] += Math.abs(pull[hardest[rank]]);
                counted[rank]++;
            }
        }
        for (int rank = 0; rank < byHardness.length; rank++) {
            byHardness[rank] /= counted[rank];
        }
        return new ListWeights(relevant, others, byHardness, common);
    }

    /** c_j of each candidate of a list. */
    public static double[] pull(ListLoss loss, double[] scores, double[] grades) {
        ListLoss.Judged judged = loss.judge(List.of(scores), List.of(grades));
        double[] pull = judged.gradient()[0].clone();
        for (int j = 0; j < pull.length; j++) {
            pull[j] *= judged.terms();
        }
        return pull;
    }

    private static int countOthers(double[] grades) {
        return (int) Arrays.stream(grades).filter(grade -> grade <= 0).count();
    }

    /** The places of those that are not relevant, the highest score first. */
    private static int[] hardestOthers(double[] scores, double[] grades) {
        return IntStream.range(0, scores.length)
                .filter(place -> grades[place] <= 0)
                .boxed()
                .sorted((a, b) -> Double.compare(scores[b], scores[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
