package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A head of token prediction in closed form, from which the sparse vector of a text begins as a lexical one. SPLADE begins from a masked
 * language model (Formal et al., SIGIR 2021, section 3), whose head gives high scores to the tokens that stand in a text; an encoder without
 * such a head gets here what of it matters: the score z of the token x that stands at a place is about g_x, and all others are at or below zero.
 *
 * <pre>
 * idf_j = ln(1 + (N - n_j + 1/2) / (n_j + 1/2))        n_j of N texts hold token j
 * g_j   = exp(sqrt(idf_j)) - 1                         so that w = log(1 + g) = sqrt(idf)
 * </pre>
 *
 * <p>(Robertson and Sparck Jones, 1976, with the 1 that keeps it above zero, as Lucene has it.) The product of two texts' weights at a token of
 * both is then its idf, as in BM25 with every token once and without lengths. The output
 * layer is the table E [V, d] of token embeddings, and the normalisation before it takes the mean from a row (c) and gives it one length (u):
 *
 * <pre>
 * q_j = u(c((E'E / V + m I)^-1 E_j))                   of all q with one product with E_j, that of the least squares with all rows
 * B   = argmin  sum over t of |B [h_t, 1] - q_x(t)|^2 / (places of x(t))  +  l |B|^2       h_t the state at place t, x(t) the token there
 * p_t = u(c(B [h_t, 1]))
 * z_tj = r p_t E_j + b_j
 * </pre>
 *
 * <p>With a_j = k q_j E_j the product to be expected at a place of j, where k is the mean of p_t E_x(t) over that of q_x(t) E_x(t), and with f_j =
 * mean_t(p_t E_j) + sqrt(2 ln V) deviation_t(p_t E_j) over the places t of other tokens, what the largest of V normal numbers is at one:
 *
 * <pre>
 * r = max_j g_j / median_j (a_j - f_j)        b_j = min(g_j - r a_j, -r f_j)
 * </pre>
 *
 * <p>[CLS], [SEP] and the token for unknown characters get -r |E_j|, which no place exceeds. Nothing is drawn: same texts, same numbers.
 */
final class LexicalStart {

    /** Places whose states are kept at once. */
    static final int MOST_TOKENS = 1 << 16;

    private static final double OF_STATES = 1e-3;
    private static final double OF_TABLE = 1e-2;
    private static final int CHUNK_TOKENS = 4096;
    private static final int SEEN = 256;

    /** What the gap is at least, of the mean product that is expected. */
    private static final double LEAST_GAP = 0.05;

    private LexicalStart() {}

    /**
     * How the head then scores some places of the texts.
     *
     * @param texts that were counted
     * @param tokens whose states were seen
     * @param own mean share of its goal, the square root of its idf, that the token at a place has as a weight
     * @param others tokens above zero at a place that do not stand there, on average
     */
    record Fit(int texts, int tokens, double own, double others) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "head start: fitted to %,d tokens of %,d texts; the token at a place has %.2f of the root of its"
                            + " inverse document frequency, and %.1f others are above zero",
                    tokens,
                    texts,
                    own,
                    others);
        }
    }

    /** States [n, hidden] and the tokens at their places. */
    private record Places(Tensor states, int[] ids) {}

    /**
     * Fills a head.
     *
     * @param texts framed as the encoder takes them, whole
     * @param passedOver tokens that no text is about
     * @throws ChiaroException of kind data if no text has another
     */
    static Fit fit(BertEncoder encoder, TokenPredictionHead head, List<int[]> texts, IntPredicate passedOver) {
        int vocabulary = encoder.config().vocabularySize();
        double[] goals = goals(texts, vocabulary, passedOver);
        List<int[]> about = texts.stream()
                .filter(text -> Arrays.stream(text).anyMatch(id -> goals[id] > 0))
                .toList();
        if (about.isEmpty()) {
            throw ChiaroException.data(
                    "head-start: expected texts with a token that they can be about, but found none in " + texts.size()
                            + " texts. Check the data, or take head-start=none.");
        }
        try (Scope scope = Scope.open("lexical start");
                Grad off = Grad.disabled()) {
            Tensor table = encoder.tokenTable().value().detach();
            Places places = places(encoder, spread(about));
            Tensor directions = directions(table);
            float[] shares = shares(places.ids(), goals);
            Tensor inputs = Tensor.concatenate(List.of(places.states(), Tensor.ones(places.ids().length, 1)), 1);
            Tensor map = ridge(inputs, directions.indexSelect(0, Tensor.indices(places.ids())), shares);
            Tensor mapped = inputs.matmul(map);
            Tensor centred = mapped.subtract(mapped.mean(1, true));
            double spread = centred.norm().item() / Math.sqrt(centred.count());
            Tensor units = centred.normalize(1);

            double[] ideal = products(directions, table);
            double[] own = products(units, table.indexSelect(0, Tensor.indices(places.ids())));
            double[] floors = floors(units, table, places.ids(), own);
            double reached = reached(shares, places.ids(), own, ideal);
            double[] expected =
                    Arrays.stream(ideal).map(product -> reached * product).toArray();
            double scale = scale(goals, expected, floors);
            float[] bias = bias(goals, expected, floors, table.norm(1, false).toDoubles(), scale);
            int hidden = encoder.config().hiddenSize();
            Tensor even = map.divide(spread);
            head.fillLinear(
                    even.narrow(0, 0, hidden).transpose(0, 1).contiguous().toFloats(),
                    even.select(0, hidden).toFloats(),
                    scale,
                    bias);
            return seen(head, places, goals, texts.size());
        }
    }

    /**
     * The scores g of the tokens of a vocabulary at their own places; zero for those that are passed over.
     *
     * @param texts of which each counts a token once
     */
    static double[] goals(List<int[]> texts, int vocabulary, IntPredicate passedOver) {
        int[] holding = new int[vocabulary];
        for (int[] text : texts) {
            Arrays.stream(text).distinct().forEach(id -> holding[id]++);
        }
        double[] goals = new double[vocabulary];
        for (int j = 0; j < vocabulary; j++) {
            double frequency = Math.log1p((texts.size() - holding[j] + 0.5) / (holding[j] + 0.5));
            goals[j] = passedOver.test(j) ? 0 : Math.expm1(Math.sqrt(frequency));
        }
        return goals;
    }

    /** So many of the texts as have no more than {@link #MOST_TOKENS} tokens or are one, spread evenly. */
    private static List<int[]> spread(List<int[]> texts) {
        long tokens = texts.stream().mapToLong(text -> text.length).sum();
        int each = Math.toIntExact((tokens + MOST_TOKENS - 1) / MOST_TOKENS);
        return IntStream.range(0, texts.size())
                .filter(i -> i % each == 0)
                .mapToObj(texts::get)
                .toList();
    }

    private static Places places(BertEncoder encoder, List<int[]> texts) {
        List<Tensor> states = new ArrayList<>();
        List<int[]> ids = new ArrayList<>();
        for (int[] chunk : TokenChunks.cut(texts, CHUNK_TOKENS)) {
            PackedSequences packed =
                    PackedSequences.of(Arrays.stream(chunk).mapToObj(texts::get).toList());
            try (Scope scope = Scope.open("states")) {
                states.add(scope.escape(encoder.forward(packed, Dropout.off()).tensor()));
            }
            ids.add(packed.ids());
        }
        return new Places(
                Tensor.concatenate(states, 0),
                ids.stream().flatMapToInt(Arrays::stream).toArray());
    }

    /** q for every token, [V, d]. */
    private static Tensor directions(Tensor table) {
        Tensor squares = table.transpose(0, 1).matmul(table).to(DType.DOUBLE).divide(table.size(0));
        Tensor inverse = squares.add(ridge(squares, OF_TABLE)).solve(identity(Math.toIntExact(table.size(1))));
        Tensor turned = table.matmul(inverse.to(DType.FLOAT));
        return turned.subtract(turned.mean(1, true)).normalize(1);
    }

    /** What each place counts: all places of a token together as much as those of another. */
    private static float[] shares(int[] ids, double[] goals) {
        int[] count = new int[goals.length];
        for (int id : ids) {
            count[id]++;
        }
        float[] shares = new float[ids.length];
        for (int t = 0; t < ids.length; t++) {
            shares[t] = goals[ids[t]] > 0 ? 1f / count[ids[t]] : 0;
        }
        return shares;
    }

    /** B, [d + 1, d], by the normal equations. */
    private static Tensor ridge(Tensor inputs, Tensor wanted, float[] shares) {
        Tensor weighted = inputs.multiply(Tensor.of(shares, shares.length, 1)).transpose(0, 1);
        Tensor squares = weighted.matmul(inputs).to(DType.DOUBLE);
        return squares.add(ridge(squares, OF_STATES))
                .solve(weighted.matmul(wanted).to(DType.DOUBLE))
                .to(DType.FLOAT);
    }

    /** A share of the mean of a matrix's diagonal, on a diagonal. */
    private static Tensor ridge(Tensor squares, double share) {
        Tensor identity = identity(Math.toIntExact(squares.size(0)));
        double mean = squares.multiply(identity).sum().item() / squares.size(0);
        return identity.multiply(share * mean);
    }

    private static Tensor identity(int size) {
        double[] values = new double[size * size];
        for (int i = 0; i < size; i++) {
            values[i * size + i] = 1;
        }
        return Tensor.of(values, size, size);
    }

    /** The product of each row with the same row of another. */
    private static double[] products(Tensor rows, Tensor others) {
        return rows.multiply(others).sum(1, false).toDoubles();
    }

    /** f: what the largest of the vocabulary's products may be by chance at a place of something else. */
    private static double[] floors(Tensor units, Tensor table, int[] ids, double[] own) {
        Tensor mean = units.mean(0, false);
        Tensor centred = units.subtract(mean);
        Tensor covariance = centred.transpose(0, 1).matmul(centred).divide(units.size(0));
        double[] floors = table.matmul(mean.unsqueeze(1)).toDoubles();
        double[] variances = products(table.matmul(covariance), table);
        int[] count = new int[floors.length];
        double[] sums = new double[floors.length];
        double[] squares = new double[floors.length];
        for (int t = 0; t < ids.length; t++) {
            count[ids[t]]++;
            sums[ids[t]] += own[t];
            squares[ids[t]] += own[t] * own[t];
        }
        double largest = Math.sqrt(2 * Math.log(floors.length));
        for (int j = 0; j < floors.length; j++) {
            int others = ids.length - count[j];
            if (others > 0) {
                double all = floors[j];
                floors[j] = (ids.length * all - sums[j]) / others;
                variances[j] = (ids.length * (variances[j] + all * all) - squares[j]) / others - floors[j] * floors[j];
            }
            floors[j] += largest * Math.sqrt(Math.max(0, variances[j]));
        }
        return floors;
    }

    /** k: which share of the product that there could be there is. */
    private static double reached(float[] shares, int[] ids, double[] own, double[] ideal) {
        double found = 0;
        double could = 0;
        for (int t = 0; t < ids.length; t++) {
            found += shares[t] * own[t];
            could += shares[t] * ideal[ids[t]];
        }
        return found / could;
    }

    /** r: half of the tokens that a text can be about reach the greatest goal from their floor. */
    private static double scale(double[] goals, double[] expected, double[] floors) {
        double[] gaps = IntStream.range(0, goals.length)
                .filter(j -> goals[j] > 0)
                .mapToDouble(j -> expected[j] - floors[j])
                .sorted()
                .toArray();
        // Where places say nothing of their tokens there is no gap; weights then are small instead of boundless.
        double least = Arrays.stream(expected).average().orElseThrow() * LEAST_GAP;
        return Arrays.stream(goals).max().orElseThrow() / Math.max(gaps[gaps.length / 2], least);
    }

    private static float[] bias(double[] goals, double[] expected, double[] floors, double[] lengths, double scale) {
        float[] bias = new float[goals.length];
        for (int j = 0; j < bias.length; j++) {
            double fitting = Math.min(goals[j] - scale * expected[j], -scale * floors[j]);
            bias[j] = (float) (goals[j] > 0 ? fitting : -scale * lengths[j]);
        }
        return bias;
    }

    private static Fit seen(TokenPredictionHead head, Places places, double[] goals, int texts) {
        int[] all = IntStream.range(0, places.ids().length)
                .filter(t -> goals[places.ids()[t]] > 0)
                .toArray();
        int count = Math.min(SEEN, all.length);
        int[] some = IntStream.range(0, count)
                .map(i -> all[(int) ((long) i * all.length / count)])
                .toArray();
        int[] ids = Arrays.stream(some).map(t -> places.ids()[t]).toArray();
        Tensor scores = head.scores(places.states().indexSelect(0, Tensor.indices(some)));
        double[] own = scores.gather(1, Tensor.indices(ids).reshape(count, 1)).toDoubles();

        double others = scores.isGreater(0).to(DType.FLOAT).sum().item();
        double share = 0;
        for (int i = 0; i < count; i++) {
            share += Math.log1p(Math.max(0, own[i])) / Math.log1p(goals[ids[i]]);
            others -= own[i] > 0 ? 1 : 0;
        }
        return new Fit(texts, places.ids().length, share / count, others / count);
    }
}
