package io.chiaro.objective;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What {@link Synthetic.InPlace} makes of a batch: other rows for those of a queue, and positives that stand elsewhere. */
final class KeysInPlace {

    private final Tensor rows;
    private final @Nullable Tensor stretches;

    private KeysInPlace(Tensor rows, @Nullable Tensor stretches) {
        this.rows = rows;
        this.stretches = stretches;
    }

    /** The batch as it is, unless the slot says otherwise. */
    static KeysInPlace of(Synthetic synthetic, BatchRows batch) {
        if (!(synthetic instanceof Synthetic.InPlace made)) {
            return new KeysInPlace(batch.all(), null);
        }
        Synthetic.Numbers numbers =
                (purpose, keys) -> RandomStream.of(batch.views().address(), purpose, keys);
        return new KeysInPlace(
                made.changesQueue() ? withQueue(made, batch, numbers) : batch.all(), stretches(made, batch, numbers));
    }

    private static Tensor withQueue(Synthetic.InPlace made, BatchRows batch, Synthetic.Numbers numbers) {
        int views = batch.ofViews();
        Tensor queue = batch.all().narrow(0, views, batch.count() - views);
        return Tensor.concatenate(List.of(batch.all().narrow(0, 0, views), made.queue(queue, numbers)), 0);
    }

    private static Tensor stretches(Synthetic.InPlace made, BatchRows batch, Synthetic.Numbers numbers) {
        double[] ofItems = IntStream.range(0, batch.views().list().get(0).rows())
                .mapToDouble(item -> made.stretch(item, numbers))
                .toArray();
        double[] ofRows =
                Arrays.stream(batch.items()).mapToDouble(item -> ofItems[item]).toArray();
        return Tensor.of(ofRows, ofRows.length, 1).to(batch.type());
    }

    /** All rows of the batch, as they are compared. */
    Tensor rows() {
        return rows;
    }

    /** The cosines [n, m] of a strip as they count: 1 - a (1 - k) for positives. */
    Tensor counted(StripBlock strip, Tensor cosines, Tensor positives) {
        if (stretches == null) {
            return cosines;
        }
        // 1 - a (1 - k) - k = (1 - a) (1 - k)
        Tensor moved =
                cosines.negate().add(1).multiply(of(strip, stretches).negate().add(1));
        return cosines.add(moved.maskedFill(positives.not(), 0));
    }

    /** The gradient to the cosines, from that to what they count as. */
    Tensor toCosines(StripBlock strip, Tensor gradient, Tensor positives) {
        if (stretches == null) {
            return gradient;
        }
        Tensor more = gradient.multiply(of(strip, stretches).add(-1));
        return gradient.add(more.maskedFill(positives.not(), 0));
    }

    private static Tensor of(StripBlock strip, Tensor stretches) {
        return stretches.narrow(0, strip.from(), strip.anchors());
    }
}
