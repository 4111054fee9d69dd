package io.chiaro.cli.inspection;

import io.chiaro.objective.list.ListWeights;
import io.chiaro.text.RerankerUpdates;
import io.chiaro.train.Plot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What losses would do with a reranker. */
public final class RerankerFigures {

    private RerankerFigures() {}

    /** Weights and directions, as figures and a picture. */
    public static Findings of(RerankerUpdates updates) {
        Findings findings = new Findings();
        Map<String, Object> weights = new LinkedHashMap<>();
        Plot plot = Plot.of("Weight by hardness", "place of the irrelevant candidate by its score", "mean weight")
                .fromZero()
                .wholeX();
        updates.weights().forEach((loss, of) -> {
            weights.put(loss, figures(of));
            findings.line(loss + ", relevant", of.relevant(), "weight of the relevant candidates of a list together");
            findings.line(loss + ", others", of.others(), "weight of all others together");
            for (int rank = 0; rank < Math.min(3, of.byHardness().length); rank++) {
                findings.line(
                        loss + ", other " + (rank + 1),
                        of.byHardness()[rank],
                        rank == 0 ? "of the hardest" : "of the next");
            }
            findings.line(loss + ", common", of.common(), "share that moves all scores of a list alike");
            double[] places = IntStream.rangeClosed(1, of.byHardness().length)
                    .mapToDouble(place -> place)
                    .toArray();
            plot.marked(loss, places, of.byHardness());
        });
        List<Map<String, Object>> agreements = new ArrayList<>();
        for (RerankerUpdates.Agreement agreement : updates.agreements()) {
            String both = agreement.one() + " and " + agreement.other();
            findings.line(both + ", scores", agreement.scores(), "cosine of what a list's scores are told");
            findings.line(both + ", parameters", agreement.parameters(), "cosine of what the parameters are told");
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("losses", List.of(agreement.one(), agreement.other()));
            figures.put("scores", agreement.scores());
            figures.put("parameters", agreement.parameters());
            agreements.add(figures);
        }
        findings.put("weights", weights);
        findings.put("agreement", agreements);
        findings.section(
                "Weights",
                "How strongly each loss moves the irrelevant candidates of a list, the one with the highest score first. A"
                        + " contrast divides what it takes from the relevant one; pointwise looks at each candidate alone.",
                plot);
        return findings;
    }

    private static Map<String, Object> figures(ListWeights weights) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("relevant", weights.relevant());
        figures.put("others", weights.others());
        figures.put("by-hardness", weights.byHardness());
        figures.put("common", weights.common());
        return figures;
    }
}
