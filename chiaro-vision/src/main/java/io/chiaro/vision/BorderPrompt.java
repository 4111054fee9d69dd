package io.chiaro.vision;

import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A border of numbers that is learned and added to every picture after its normalisation (Bahng et al., "Exploring Visual Prompts
 * for Adapting Large-Scale Models", 2022, section 3.2, the template that they call padding):
 *
 * <pre>
 * x'[c, i, j] = x[c, i, j] + p[c, i, j]        p zero but for b pixels along each edge
 * </pre>
 *
 * That is 2 c b (h + w - 2 b) numbers. They are zero before the first step, so that a model begins as what it was, and belong to
 * pictures of one size.
 */
final class BorderPrompt {

    /** Before the names of the arrays. */
    static final String PREFIX = "prompt.";

    /** The edges above and below, [channels, 2 b, width]. */
    private static final String ROWS = PREFIX + "rows";

    /** What is left of the edges on both sides, [channels, height - 2 b, 2 b]. */
    private static final String COLUMNS = PREFIX + "columns";

    private final Tensor rows;
    private final Tensor columns;
    private final BorderShape shape;

    private BorderPrompt(Tensor rows, Tensor columns) {
        this.rows = rows;
        this.columns = columns;
        int border = (int) columns.size(2) / 2;
        this.shape = new BorderShape(border, (int) columns.size(1) + 2 * border, (int) rows.size(2));
    }

    /** Declares the numbers. They are not decayed. */
    static void declare(ParameterStore.Builder builder, BorderShape shape, int channels) {
        int both = 2 * shape.border();
        builder.add(ROWS, Kind.UNDECAYED, channels, both, shape.width())
                .add(COLUMNS, Kind.UNDECAYED, channels, shape.height() - both, both);
    }

    /** The prompt of a store, if it was declared. */
    static Optional<BorderPrompt> of(ParameterStore parameters) {
        return parameters.has(ROWS)
                ? Optional.of(new BorderPrompt(
                        parameters.parameter(ROWS).value(),
                        parameters.parameter(COLUMNS).value()))
                : Optional.empty();
    }

    BorderShape shape() {
        return shape;
    }

    /** The whole of p, [1, channels, height, width]. */
    Tensor frame() {
        long channels = rows.size(0);
        int border = shape.border();
        Tensor within = Tensor.zeros(channels, columns.size(1), shape.width() - 2L * border);
        Tensor middle =
                Tensor.concatenate(List.of(columns.narrow(2, 0, border), within, columns.narrow(2, border, border)), 2);
        return Tensor.concatenate(List.of(rows.narrow(1, 0, border), middle, rows.narrow(1, border, border)), 1)
                .unsqueeze(0);
    }
}
