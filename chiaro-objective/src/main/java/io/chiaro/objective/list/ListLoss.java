package io.chiaro.objective.list;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.objective.CrossEntropy;
import io.chiaro.objective.Divergence;
import io.chiaro.objective.Judgement;
import io.chiaro.objective.KullbackLeibler;
import io.chiaro.objective.Relation;
import io.chiaro.objective.ScoreTable;
import io.chiaro.objective.SquaredMargin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What the scores of a query's candidates should become by their grades: a divergence, and how grades become what it reads.
 * The value is a mean over what the divergence counts: candidates, pairs, positives or lists.
 *
 * @param name of the field
 * @param divergence of scores and targets
 * @param tables which rows a list is judged in
 */
public record ListLoss(String name, Divergence divergence, Tables tables) {

    private static final Map<String, Supplier<ListLoss>> KNOWN = known();

    /** The rows in which a list is judged. */
    @FunctionalInterface
    public interface Tables {
        /** The rows of a list of some grades; none if it teaches nothing. */
        List<Row> rows(double[] grades);
    }

    /**
     * Candidates that are judged together.
     *
     * @param places of the candidates in their list
     * @param relations of each of them
     * @param targets as the divergence reads them
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Row(int[] places, Relation[] relations, double[] targets) {}

    /**
     * What a loss says of lists.
     *
     * @param loss the mean over the terms
     * @param chance the value for equal scores
     * @param terms over how many the value is a mean; told by the grades alone
     * @param gradient d loss / d score of each candidate of each list
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Judged(double loss, double chance, long terms, double[][] gradient) {}

    private static Map<String, Supplier<ListLoss>> known() {
        Map<String, Supplier<ListLoss>> known = new LinkedHashMap<>();
        known.put("pointwise", ListLoss::pointwise);
        known.put("mse", ListLoss::squared);
        known.put("ranknet", () -> pairwise(1));
        known.put("listnet", ListLoss::listwise);
        known.put("list-mle", () -> likelihood(false));
        known.put("p-list-mle", () -> likelihood(true));
        known.put("adr-mse", ListLoss::ranks);
        known.put("lambda-loss", () -> lambda(10, 1));
        known.put("contrastive", ListLoss::contrastive);
        known.put("margin-mse", ListLoss::margins);
        return known;
    }

    /** The names that {@link #named} knows. */
    public static List<String> names() {
        return List.copyOf(KNOWN.keySet());
    }

    /**
     * A loss with its usual numbers.
     *
     * @throws ChiaroException of kind usage if there is none of this name
     */
    public static ListLoss named(String name) {
        Supplier<ListLoss> found = KNOWN.get(name);
        if (found == null) {
            throw ChiaroException.usage("set loss: unknown name \"" + name + "\". " + Names.hint(name, names()));
        }
        return found.get();
    }

    /** {@link BinaryCrossEntropy} of each candidate alone. */
    public static ListLoss pointwise() {
        return new ListLoss("pointwise", new BinaryCrossEntropy(), ListLoss::whole);
    }

    /** {@link SquaredScore} of each candidate alone. */
    public static ListLoss squared() {
        return new ListLoss("mse", new SquaredScore(), ListLoss::whole);
    }

    /** {@link PairwiseLogistic}, RankNet. */
    public static ListLoss pairwise(double sigma) {
        return new ListLoss("ranknet", new PairwiseLogistic(sigma), ListLoss::whole);
    }

    /** {@link LambdaLoss}, NDCG-Loss2++. */
    public static ListLoss lambda(double mu, double sigma) {
        return new ListLoss("lambda-loss", new LambdaLoss(mu, sigma), ListLoss::whole);
    }

    /** {@link OrderLikelihood}: ListMLE, or p-ListMLE where the first places count most. */
    public static ListLoss likelihood(boolean positionAware) {
        return new ListLoss(
                positionAware ? "p-list-mle" : "list-mle", new OrderLikelihood(positionAware), ListLoss::whole);
    }

    /** {@link ApproximateRanks}. */
    public static ListLoss ranks() {
        return new ListLoss("adr-mse", new ApproximateRanks(), ListLoss::whole);
    }

    /**
     * ListNet: {@link KullbackLeibler} of the softmax of scores from the softmax of grades (Cao et al., "Learning to Rank: From
     * Pairwise Approach to Listwise Approach", ICML 2007, section 4.2, top one), which is its cross-entropy less the entropy of the
     * grades. The mean over lists.
     */
    public static ListLoss listwise() {
        return new ListLoss("listnet", new KullbackLeibler(1), grades -> {
            if (isEven(grades)) {
                return List.of();
            }
            double largest = Arrays.stream(grades).max().orElse(0);
            double[] shares = Arrays.stream(grades)
                    .map(grade -> Math.exp(grade - largest))
                    .toArray();
            double sum = Arrays.stream(shares).sum();
            Arrays.setAll(shares, j -> shares[j] / sum);
            return List.of(row(places(grades), shares));
        });
    }

    /**
     * {@link CrossEntropy} of each relevant candidate (of a grade above 0) against those that are not, the mean over relevant
     * candidates: InfoNCE within a list, as rerankers learn by it (Gao, Dai and Callan, "Rethink Training of BERT Rerankers in
     * Multi-Stage Retrieval Pipeline", ECIR 2021, eq. 2).
     */
    public static ListLoss contrastive() {
        return new ListLoss("contrastive", new CrossEntropy(), grades -> {
            int[] negatives = IntStream.range(0, grades.length)
                    .filter(place -> grades[place] <= 0)
                    .toArray();
            List<Row> rows = new ArrayList<>();
            for (int place = 0; place < grades.length && negatives.length > 0; place++) {
                if (grades[place] > 0) {
                    int[] places = IntStream.concat(IntStream.of(place), Arrays.stream(negatives))
                            .toArray();
                    rows.add(row(places, new double[0]));
                }
            }
            return rows;
        });
    }

    /** {@link SquaredMargin}: by how much a teacher prefers the first candidate to each other; its scores are the grades. */
    public static ListLoss margins() {
        return new ListLoss("margin-mse", new SquaredMargin(), grades -> {
            if (grades.length < 2) {
                return List.of();
            }
            double[] margins = new double[grades.length - 1];
            Arrays.setAll(margins, n -> grades[0] - grades[n + 1]);
            return List.of(row(places(grades), margins));
        });
    }

    private static List<Row> whole(double[] grades) {
        return List.of(row(places(grades), grades));
    }

    private static Row row(int[] places, double[] targets) {
        Relation[] relations = new Relation[places.length];
        Arrays.fill(relations, Relation.NEGATIVE);
        relations[0] = Relation.POSITIVE;
        return new Row(places, relations, targets);
    }

    private static int[] places(double[] grades) {
        return IntStream.range(0, grades.length).toArray();
    }

    /** Whether all grades are one; zero is one, with either sign. */
    static boolean isEven(double[] grades) {
        return Arrays.stream(grades).allMatch(grade -> grade == grades[0]);
    }

    /** Over how many terms the value is a mean on lists of some grades. */
    public long terms(List<double[]> grades) {
        return judge(grades.stream().map(list -> new double[list.length]).toList(), grades)
                .terms();
    }

    /**
     * Judges lists.
     *
     * @param scores of each list's candidates
     * @param grades of the same
     */
    public Judged judge(List<double[]> scores, List<double[]> grades) {
        List<Row> rows = new ArrayList<>();
        List<Integer> listOfRow = new ArrayList<>();
        for (int list = 0; list < grades.size(); list++) {
            for (Row row : tables.rows(grades.get(list))) {
                rows.add(row);
                listOfRow.add(list);
            }
        }
        double[][] table = new double[rows.size()][];
        for (int r = 0; r < table.length; r++) {
            double[] all = scores.get(listOfRow.get(r));
            table[r] = Arrays.stream(rows.get(r).places())
                    .mapToDouble(place -> all[place])
                    .toArray();
        }
        Judgement judgement = divergence.judge(new ScoreTable(
                table,
                rows.stream().map(Row::relations).toArray(Relation[][]::new),
                rows.stream().map(Row::targets).toArray(double[][]::new)));
        double[][] gradient =
                scores.stream().map(list -> new double[list.length]).toArray(double[][]::new);
        for (int r = 0; r < table.length; r++) {
            int list = listOfRow.get(r);
            int[] places = rows.get(r).places();
            for (int j = 0; j < places.length; j++) {
                gradient[list][places[j]] += judgement.gradient()[r][j];
            }
        }
        return new Judged(judgement.loss(), judgement.chance(), judgement.anchors(), gradient);
    }
}
