package io.chiaro.objective;

import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Late interaction (Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over
 * BERT", SIGIR 2020, eq. 3): with the unit vectors x_t of an anchor and y_u of a candidate
 *
 * <pre>
 * s = sum over t of max over u of x_t y_u,   ds / dx_t = y_u*(t),   ds / dy_u = sum of the x_t whose u*(t) is u
 * </pre>
 *
 * where u*(t) is the largest; equal ones share the gradient evenly. Rows are [N, L, d]; a vector of zeros is none and has no gradient, and a
 * candidate without any vector has the score 0. All products of two tokens are made for a few rows at a time and made again for the
 * gradient, so that memory holds at most {@value #MOST_PRODUCTS} of them, or those of one pair.
 */
final class MaxSim implements Geometry {

    /** Products of two tokens in memory at once. */
    static final int MOST_PRODUCTS = 1 << 22;

    /** Below all products of unit vectors. */
    private static final double NOT_THERE = -4;

    private static final Geometry UNIT = new Cosine();

    @Override
    public boolean takesSeveral() {
        return true;
    }

    /** Unit vectors; where a row is one vector, it is the first of one. */
    @Override
    public Tensor rows(Tensor values) {
        Tensor unit = UNIT.rows(values);
        return unit.rank() == 2 ? unit.unsqueeze(1) : unit;
    }

    @Override
    public Tensor values(Tensor values, Tensor rows, Tensor gradient) {
        long[] shape = values.shape();
        return UNIT.values(values, rows.reshape(shape), gradient.reshape(shape));
    }

    /** Stretches of rows whose products are in memory together. */
    private record Stretch(int from, int to) {

        Tensor of(Tensor rows) {
            return rows.narrow(0, from, to - from);
        }

        static List<Stretch> of(long rows, long each) {
            int size = (int) Math.max(1, Math.min(rows, each));
            List<Stretch> stretches = new ArrayList<>();
            for (int from = 0; from < rows; from += size) {
                stretches.add(new Stretch(from, (int) Math.min(rows, from + size)));
            }
            return stretches;
        }
    }

    @Override
    public Tensor scores(Block block) {
        Tensor anchors = withoutEmptyEnd(block.anchors());
        Tensor candidates = withoutEmptyEnd(block.candidates());
        long pair = anchors.size(1) * candidates.size(1);
        if (block.aligned()) {
            List<Tensor> parts = new ArrayList<>();
            for (Stretch some : Stretch.of(anchors.size(0), MOST_PRODUCTS / pair)) {
                try (Scope scope = Scope.open("products of tokens")) {
                    Tensor products = ofPairs(some.of(anchors), some.of(candidates));
                    parts.add(scope.escape(products.max(2, false).sum(1, false)));
                }
            }
            return Tensor.concatenate(parts, 0);
        }
        List<Tensor> rows = new ArrayList<>();
        long columns = Math.min(candidates.size(0), Math.max(1, MOST_PRODUCTS / pair));
        for (Stretch some : Stretch.of(anchors.size(0), MOST_PRODUCTS / pair / columns)) {
            try (Scope scope = Scope.open("rows of scores")) {
                List<Tensor> row = new ArrayList<>();
                for (Stretch others : Stretch.of(candidates.size(0), columns)) {
                    try (Scope tile = Scope.open("products of tokens")) {
                        Tensor products = ofAll(some.of(anchors), others.of(candidates));
                        row.add(tile.escape(products.max(3, false).sum(1, false)));
                    }
                }
                rows.add(scope.escape(Tensor.concatenate(row, 1)));
            }
        }
        return Tensor.concatenate(rows, 0);
    }

    @Override
    public Pull pull(Block block, Tensor gradient) {
        Tensor anchors = withoutEmptyEnd(block.anchors());
        Tensor candidates = withoutEmptyEnd(block.candidates());
        Tensor toAnchors = zeros(block.anchors());
        Tensor toCandidates = zeros(block.candidates());
        long pair = anchors.size(1) * candidates.size(1);
        if (block.aligned()) {
            for (Stretch some : Stretch.of(anchors.size(0), MOST_PRODUCTS / pair)) {
                try (Scope scope = Scope.open("products of tokens")) {
                    Tensor chosen = chosen(
                            ofPairs(some.of(anchors), some.of(candidates)),
                            some.of(gradient).reshape(-1, 1, 1));
                    add(toAnchors, some, chosen.matmul(some.of(candidates)));
                    add(toCandidates, some, chosen.transpose(1, 2).matmul(some.of(anchors)));
                }
            }
            return Pull.of(toAnchors, toCandidates);
        }
        long columns = Math.min(candidates.size(0), Math.max(1, MOST_PRODUCTS / pair));
        for (Stretch some : Stretch.of(anchors.size(0), MOST_PRODUCTS / pair / columns)) {
            for (Stretch others : Stretch.of(candidates.size(0), columns)) {
                try (Scope scope = Scope.open("products of tokens")) {
                    Tensor x = some.of(anchors);
                    Tensor y = others.of(candidates);
                    Tensor share = some.of(gradient)
                            .narrow(1, others.from(), others.to() - others.from())
                            .unsqueeze(1)
                            .unsqueeze(3);
                    Tensor chosen = chosen(ofAll(x, y), share).reshape(x.size(0) * x.size(1), y.size(0) * y.size(1));
                    add(toAnchors, some, chosen.matmul(flat(y)).reshape(x.shape()));
                    add(
                            toCandidates,
                            others,
                            chosen.transpose(0, 1).matmul(flat(x)).reshape(y.shape()));
                }
            }
        }
        return Pull.of(toAnchors, toCandidates);
    }

    /** [n, L, d] with [n, M, d] to [n, L, M]. */
    private static Tensor ofPairs(Tensor anchors, Tensor candidates) {
        return there(anchors.matmul(candidates.transpose(1, 2)), candidates, 1);
    }

    /** [n, L, d] with [m, M, d] to [n, L, m, M]. */
    private static Tensor ofAll(Tensor anchors, Tensor candidates) {
        Tensor products = flat(anchors).matmul(flat(candidates).transpose(0, 1));
        return there(
                products.reshape(anchors.size(0), anchors.size(1), candidates.size(0), candidates.size(1)),
                candidates.unsqueeze(0),
                1);
    }

    /** The products, lower than any where the candidate has no such vector but has others. */
    private static Tensor there(Tensor products, Tensor candidates, int dimension) {
        Tensor length = candidates.norm(-1, false);
        Tensor missing = length.isGreater(0).not().and(length.max(-1, true).isGreater(0));
        return products.maskedFill(missing.unsqueeze(dimension), NOT_THERE);
    }

    /** Where the largest product of a line is, its share of a gradient; zero elsewhere. */
    private static Tensor chosen(Tensor products, Tensor gradient) {
        Tensor largest = products.isEqual(products.max(-1, true)).to(products.type());
        return largest.divide(largest.sum(-1, true)).multiply(gradient);
    }

    private static Tensor flat(Tensor rows) {
        return rows.reshape(rows.size(0) * rows.size(1), rows.size(2));
    }

    private static Tensor zeros(Tensor like) {
        return Tensor.zeros(like.shape()).to(like.type());
    }

    private static void add(Tensor sum, Stretch rows, Tensor part) {
        rows.of(sum).narrow(1, 0, part.size(1)).addInPlace(part);
    }

    /** The rows up to the last place at which any of them has a vector. */
    private static Tensor withoutEmptyEnd(Tensor rows) {
        double[] lengths = rows.norm(-1, false).max(0, false).toDoubles();
        int end = lengths.length;
        while (end > 1 && lengths[end - 1] == 0) {
            end--;
        }
        return rows.narrow(1, 0, end);
    }
}
