package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some anchors with all their candidates, n by m. A cell that is neither positive nor negative is the anchor itself, or a
 * candidate that is left out; masks are chosen by item or label before any exponent.
 */
public final class Strip {

    private final Tensor scores;
    private final Masks masks;
    private final Known known;
    private final @Nullable Tensor shares;
    private final Synthetic.@Nullable Made made;

    /**
     * What is known of its anchors and candidates beside their scores.
     *
     * @param scales of anchors, [n, 1] or [1, 1]
     * @param equal the score of equal rows, of the same shape
     * @param anchorNumbers that supervise, [n]
     * @param candidateNumbers that supervise, [m]
     * @param sameClass which candidates have the class of their anchor, [n, m]
     * @param nearness of anchors to their positives
     * @param records what is remembered of the records of anchors
     * @param guide the cosines that a guide has of anchors with candidates, [n, m]
     */
    record Known(
            Tensor scales,
            Tensor equal,
            @Nullable Tensor anchorNumbers,
            @Nullable Tensor candidateNumbers,
            @Nullable Tensor sameClass,
            @Nullable Nearness nearness,
            Records records,
            @Nullable Tensor guide) {

        /** Of keys that no encoder has made nothing is known: they are of no class, and far for a guide. */
        Known wider(Tensor none) {
            return new Known(
                    scales,
                    equal,
                    anchorNumbers,
                    null,
                    sameClass == null ? null : widened(sameClass, none),
                    nearness,
                    records,
                    guide == null ? null : widened(guide, none.to(guide.type()).add(-1)));
        }
    }

    /**
     * How near anchors are to their positives on average, by a product without scale, held fixed.
     *
     * @param own of each anchor of the strip, [n]; 0 without a positive
     * @param all of every anchor of the block that has one, [N]
     */
    public record Nearness(Tensor own, Tensor all) {}

    /** What is remembered of the records of a strip's anchors. */
    interface Records {
        /** The rows of a memory, [n, width]; zeros where nothing is remembered yet. */
        Tensor rows(String memory, int width);

        /** A memory as a whole; null where nothing is remembered yet. */
        @Nullable
        Tensor whole(String memory);
    }

    /**
     * Which cells belong to their anchor and which do not. How many there are in each row is known from the keys, so that no
     * pass over the cells has to count them.
     */
    static final class Masks {

        private final Tensor positives;
        private final Tensor negatives;
        private final Tensor candidates;
        private final Map<Tensor, Counted> counted = new IdentityHashMap<>();

        private record Counted(Tensor counts, boolean everywhere) {}

        Masks(Tensor positives, Tensor negatives, double[] positiveCounts, double[] negativeCounts, DType type) {
            this.positives = positives;
            this.negatives = negatives;
            this.candidates = positives.or(negatives);
            double[] both = new double[positiveCounts.length];
            Arrays.setAll(both, i -> positiveCounts[i] + negativeCounts[i]);
            counted.put(positives, counted(positiveCounts, type));
            counted.put(negatives, counted(negativeCounts, type));
            counted.put(candidates, counted(both, type));
        }

        /** Masks whose counts nobody knows. */
        private Masks(Tensor positives, Tensor negatives) {
            this.positives = positives;
            this.negatives = negatives;
            this.candidates = positives.or(negatives);
        }

        /** With negatives behind the candidates, so many for each row. */
        Masks beside(Tensor none, Tensor there, double[] each) {
            Counted ofPositives = counted.get(positives);
            Counted ofNegatives = counted.get(negatives);
            if (ofPositives == null || ofNegatives == null) {
                throw new IllegalStateException("Strip: keys stand beside candidates that nobody has left out yet");
            }
            double[] more = ofNegatives.counts().toDoubles();
            for (int i = 0; i < more.length; i++) {
                more[i] += each[i];
            }
            return new Masks(
                    widened(positives, none),
                    widened(negatives, there),
                    ofPositives.counts().toDoubles(),
                    more,
                    ofPositives.counts().type());
        }

        private static Counted counted(double[] counts, DType type) {
            return new Counted(
                    Tensor.of(counts, counts.length).to(type),
                    Arrays.stream(counts).allMatch(count -> count > 0));
        }

        private @Nullable Counted of(Tensor mask) {
            return counted.get(mask);
        }
    }

    Strip(Tensor scores, Masks masks, Known known) {
        this(scores, masks, known, null, null);
    }

    private Strip(Tensor scores, Masks masks, Known known, @Nullable Tensor shares, Synthetic.@Nullable Made made) {
        this.scores = scores;
        this.masks = masks;
        this.known = known;
        this.shares = shares;
        this.made = made;
    }

    /** The same cells with other scores. */
    Strip withScores(Tensor other) {
        return new Strip(other, masks, known, shares, made);
    }

    /** The same cells with degrees of what belongs to each anchor. */
    Strip withShares(Tensor other) {
        return new Strip(scores, masks, known, other, made);
    }

    /** The same scores with other cells as positives and negatives; all others are left out. */
    public Strip withMasks(Tensor positives, Tensor negatives) {
        return new Strip(scores, new Masks(positives, negatives), known, null, made);
    }

    /**
     * With keys that no encoder has made, as negatives behind the candidates.
     *
     * @param more their scores, [n, k]
     */
    Strip beside(Synthetic.Made keys, Tensor more) {
        int count = keys.count();
        boolean[] given = keys.given();
        double[] each = new double[given.length];
        Arrays.setAll(each, i -> given[i] ? count : 0);
        Tensor there = Tensor.of(each, each.length, 1).isGreater(0).expand(each.length, count);
        Tensor none = there.and(there.not());
        return new Strip(widened(scores, more), masks.beside(none, there, each), known.wider(none), null, keys);
    }

    private static Tensor widened(Tensor table, Tensor more) {
        return Tensor.concatenate(List.of(table, more), 1);
    }

    /** The keys beside the candidates; null where there are none. */
    Synthetic.@Nullable Made made() {
        return made;
    }

    /** What the similarity says of every cell, [n, m], scaled. */
    public Tensor scores() {
        return scores;
    }

    /** Which cells belong to their anchor, true or false, [n, m]. */
    public Tensor positives() {
        return masks.positives;
    }

    /** Which cells do not belong to their anchor, [n, m]. */
    public Tensor negatives() {
        return masks.negatives;
    }

    /** The cells of an anchor with itself, where it stands among its candidates, and those left out, [n, m]. */
    public Tensor rest() {
        return candidates().not();
    }

    /** Positives and negatives together, [n, m]. */
    public Tensor candidates() {
        return masks.candidates;
    }

    /**
     * By what the similarity was multiplied, for each anchor or one for all, [n, 1] or [1, 1]: a cosine's scores lie between minus this and
     * this. One over the temperature.
     */
    public Tensor scales() {
        return known.scales();
    }

    /** The same, [n] or [1]. */
    public Tensor scaleOfRows() {
        return known.scales().reshape(-1);
    }

    /**
     * By how much candidates score less than the anchor itself would, [n, m]: their distances, and of cosines one less the cosine, scaled. {@link
     * RowDivergence#comparesDistances} says that this is looked at.
     */
    public Tensor distances() {
        return known.equal().subtract(scores);
    }

    /** How near anchors are to their positives. */
    public Nearness nearness() {
        Nearness nearness = known.nearness();
        if (nearness == null) {
            throw new IllegalStateException("Strip: nobody asked how near positives are");
        }
        return nearness;
    }

    /** What is remembered of the record of each anchor, [n, width]; zeros where nothing is yet. */
    public Tensor remembered(String memory, int width) {
        return known.records().rows(memory, width);
    }

    /** What is remembered of all records, [records, width]; null where nothing is yet. */
    public @Nullable Tensor rememberedOfAll(String memory) {
        return known.records().whole(memory);
    }

    /** |y_i - y_j| of the numbers that supervise anchors and candidates, [n, m]. */
    public Tensor targetDistances() {
        return anchorNumbers()
                .unsqueeze(1)
                .subtract(candidateNumbers().unsqueeze(0))
                .abs();
    }

    /** Which candidates have the class of their anchor, [n, m], itself too. */
    public Tensor sameClass() {
        Tensor sameClass = known.sameClass();
        if (sameClass == null) {
            throw new IllegalStateException("Strip: nobody asked for the classes of rows");
        }
        return sameClass;
    }

    /** The cosines that a guide has of anchors with candidates, [n, m]. */
    public Tensor guide() {
        Tensor guide = known.guide();
        if (guide == null) {
            throw ChiaroException.usage(
                    "objective: a guide masks false negatives, but the batch has no guide values. Name a guide model.");
        }
        return guide;
    }

    /** The number that supervises each anchor, [n]. */
    public Tensor anchorNumbers() {
        return told(known.anchorNumbers());
    }

    /** The number that supervises each candidate, [m]. */
    public Tensor candidateNumbers() {
        return told(known.candidateNumbers());
    }

    private static Tensor told(@Nullable Tensor numbers) {
        if (numbers == null) {
            throw ChiaroException.usage("objective: expected a score for every row, but found none. Name its column.");
        }
        return numbers;
    }

    /**
     * p, how much of each anchor belongs to each candidate, [n, m]: each row sums to one, or to zero where nothing belongs to the
     * anchor. If the supervision is no matter of degree, every positive has the same share.
     */
    public Tensor shares() {
        return shares != null
                ? shares
                : positives()
                        .to(scores.type())
                        .divide(count(positives()).atLeast(1).unsqueeze(1));
    }

    /** How many cells of each row a mask marks, [n]. */
    public Tensor count(Tensor mask) {
        Masks.Counted known = masks.of(mask);
        return known == null ? mask.to(scores.type()).sum(1, false) : known.counts();
    }

    /** 1 for rows with a marked cell, else 0, [n]. */
    public Tensor has(Tensor mask) {
        return count(mask).atMost(1);
    }

    /** The sum of each row's marked values, [n]. */
    public Tensor sum(Tensor values, Tensor mask) {
        return values.maskedFill(mask.not(), 0).sum(1, false);
    }

    /** The mean of each row's marked values, [n]; 0 for a row without any. */
    public Tensor mean(Tensor values, Tensor mask) {
        return sum(values, mask).divide(count(mask).atLeast(1));
    }

    /** log sum exp of each row's marked values, [n]; 0, and without gradient, for a row without any. */
    public Tensor logSumExp(Tensor values, Tensor mask) {
        if (isEverywhere(mask)) {
            return values.maskedFill(mask.not(), Double.NEGATIVE_INFINITY).logSumExp(1, false);
        }
        Tensor none = has(mask).isGreater(0).not();
        Tensor shown = mask.or(none.unsqueeze(1));
        return values.maskedFill(shown.not(), Double.NEGATIVE_INFINITY)
                .logSumExp(1, false)
                .maskedFill(none, 0);
    }

    /** The largest of each row's marked values, [n]; 0 for a row without any. */
    public Tensor max(Tensor values, Tensor mask) {
        if (isEverywhere(mask)) {
            return values.maskedFill(mask.not(), Double.NEGATIVE_INFINITY).max(1, false);
        }
        Tensor none = has(mask).isGreater(0).not();
        return values.maskedFill(mask.not(), Double.NEGATIVE_INFINITY)
                .max(1, false)
                .maskedFill(none, 0);
    }

    /** Whether it is known that every row has a marked cell. */
    private boolean isEverywhere(Tensor mask) {
        Masks.Counted known = masks.of(mask);
        return known != null && known.everywhere();
    }

    /** The smallest of each row's marked values, [n]; 0 for a row without any. */
    public Tensor min(Tensor values, Tensor mask) {
        return max(values.negate(), mask).negate();
    }

    /**
     * Calls a function for the k-th marked cell of every row, k = 0, 1, ... up to the most that a row has, and adds up what it
     * returns: the way to triplets without a cube of memory.
     *
     * @param function of a column of values [n, 1] and of which rows have a k-th cell, [n, 1] of zeros and ones
     * @return [n, m] or [n, 1], as the function returns it
     */
    public Tensor sumOverEach(Tensor values, Tensor mask, EachCell function) {
        Tensor order = mask.to(scores.type()).sortedIndices(1, true);
        Tensor sorted = values.gather(1, order);
        Tensor counts = count(mask).unsqueeze(1);
        int most = (int) counts.max().item();
        Tensor total = counts.multiply(0);
        for (int k = 0; k < most; k++) {
            total = total.add(
                    function.of(sorted.narrow(1, k, 1), counts.isGreater(k).to(scores.type())));
        }
        return total;
    }

    /** What is made of one marked cell of every row. */
    public interface EachCell {

        /** A tensor [n, m] or [n, 1], from values [n, 1] and zeros or ones [n, 1]. */
        Tensor of(Tensor value, Tensor present);
    }
}
