package io.chiaro.benchmarks.effects;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * That a method learns something from real data: its encoder is better than the one that it began with. It says nothing of other methods.
 *
 * @param figure by which both are judged
 * @param arm the method
 * @param before the same encoder, on the same data, after one step too small to move it
 */
record Taught(String id, List<Integer> papers, String figure, Arm arm, Arm before) implements Tried {

    Taught {
        papers = List.copyOf(papers);
    }

    /** An arm's encoder as it was. */
    static Taught of(int paper, String figure, Arm arm, Arm anyOfBench) {
        return new Taught(
                "learns-" + arm.recipe() + "-" + paper,
                List.of(paper),
                figure,
                arm,
                anyOfBench.told("steps", 1).told("learning-rate", 1e-9));
    }

    @Override
    public String words() {
        return "teaches its encoder something";
    }

    @Override
    public Bench bench() {
        return arm.bench();
    }

    @Override
    public Map<Arm, String> arms() {
        Map<Arm, String> arms = new LinkedHashMap<>();
        arms.put(arm, figure);
        arms.put(before, figure);
        return arms;
    }

    @Override
    public Optional<Finding> finding(Rows rows) {
        return Claim.of(id, papers, words(), figure, arm, before).finding(rows);
    }
}
