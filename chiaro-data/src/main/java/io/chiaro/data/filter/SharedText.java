package io.chiaro.data.filter;

import io.chiaro.data.TextIdentity;
import java.util.Locale;

/**
 * Drops the pairs of a text that stands in too many of them: it says of none what is its own. ALIGN leaves out captions that more
 * than 10 pictures share (Jia et al., ICML 2021, section 3). Spellings are told apart as {@link TextIdentity} does, by 64-bit hashes.
 */
public final class SharedText implements PairRule<TextPair> {

    private final TextPair.Side side;
    private final int most;
    private final HashCounts counts = new HashCounts();

    /**
     * The rule for one side.
     *
     * @param most pairs that a text may stand in
     */
    public SharedText(TextPair.Side side, int most) {
        this.side = side;
        this.most = most;
    }

    @Override
    public Reason reason() {
        String name = side.name().toLowerCase(Locale.ROOT);
        return new Reason("shared-" + name, "have the " + name + " of more than " + most + " pairs");
    }

    @Override
    public void see(TextPair pair) {
        counts.add(hash(pair));
    }

    @Override
    public boolean drops(TextPair pair) {
        return counts.of(hash(pair)) > most;
    }

    private long hash(TextPair pair) {
        return TextIdentity.hash(side.of(pair).normalised());
    }
}
