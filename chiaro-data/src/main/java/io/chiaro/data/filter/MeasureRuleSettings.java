package io.chiaro.data.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * By what a model finds of pairs they are dropped.
 *
 * @param minSimilarity the least cosine
 * @param keepShare the share of pairs with the greatest cosines that stays
 * @param consistency the last rank in a random pool that a positive may have
 */
public record MeasureRuleSettings(OptionalDouble minSimilarity, OptionalDouble keepShare, OptionalInt consistency) {

    /** The rules, in the order in which they are asked. */
    public List<PairRule<MeasuredPair>> rules() {
        List<PairRule<MeasuredPair>> rules = new ArrayList<>();
        minSimilarity.ifPresent(least -> rules.add(new LowSimilarity(least)));
        keepShare.ifPresent(share -> rules.add(new OutsideBestShare(share)));
        consistency.ifPresent(most -> rules.add(new Inconsistent(most)));
        return rules;
    }
}
