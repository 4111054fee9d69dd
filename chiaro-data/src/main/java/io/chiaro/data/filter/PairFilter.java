package io.chiaro.data.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Asks every rule about every pair and keeps count. A pair is dropped by the first rule that drops it; how many pairs each rule would
 * drop alone is counted beside, so that nobody need run a filter twice to see what one rule does.
 *
 * @param <P> what the rules look at
 */
public final class PairFilter<P> {

    private final List<PairRule<P>> rules;
    private final long[] dropped;
    private final long[] breaking;
    private final long[] firstLine;

    /**
     * What a rule did.
     *
     * @param reason of the rule
     * @param dropped pairs of which it is the first to drop them
     * @param breaking pairs that it drops, whatever the rules before it say
     * @param firstLine where the first of these stands; 0 if there is none
     */
    public record Tally(PairRule.Reason reason, long dropped, long breaking, long firstLine) {}

    private PairFilter(List<PairRule<P>> rules) {
        this.rules = List.copyOf(rules);
        this.dropped = new long[rules.size()];
        this.breaking = new long[rules.size()];
        this.firstLine = new long[rules.size()];
    }

    /** A filter of rules, in the order in which they are asked. */
    public static <P> PairFilter<P> of(List<PairRule<P>> rules) {
        return new PairFilter<>(rules);
    }

    /** Shows a pair to all rules; all pairs are shown before the first is judged. */
    public void see(P pair) {
        rules.forEach(rule -> rule.see(pair));
    }

    /**
     * The number of the first rule that drops a pair; empty if it stays. Counts, so each pair is asked about once.
     *
     * @param line where the pair stands
     */
    public OptionalInt drops(P pair, long line) {
        int first = -1;
        for (int rule = 0; rule < rules.size(); rule++) {
            if (rules.get(rule).drops(pair)) {
                first = first < 0 ? rule : first;
                breaking[rule]++;
                firstLine[rule] = firstLine[rule] == 0 ? line : firstLine[rule];
            }
        }
        if (first < 0) {
            return OptionalInt.empty();
        }
        dropped[first]++;
        return OptionalInt.of(first);
    }

    /** What each rule did so far, in their order. */
    public List<Tally> tallies() {
        List<Tally> tallies = new ArrayList<>();
        for (int rule = 0; rule < rules.size(); rule++) {
            tallies.add(new Tally(rules.get(rule).reason(), dropped[rule], breaking[rule], firstLine[rule]));
        }
        return tallies;
    }
}
