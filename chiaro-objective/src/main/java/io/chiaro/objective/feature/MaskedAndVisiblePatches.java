package io.chiaro.objective.feature;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * What {@link CentredPatches} asks of masked patches, asked of the visible ones too: the mean over pictures of the mean over their
 * masked patches plus {@code visible} times the mean over their visible ones (iBOT++ of "TIPSv2", 2026, on Zhou et al., "iBOT: Image
 * BERT Pre-Training with Online Tokenizer", ICLR 2022, eq. 2). A row's label says of which picture it is, and the memory {@code masked}
 * [rows, 1] whether the student did not see it: 1 for masked, 0 for visible. With {@code visible} 0 and masked patches alone it is iBOT's.
 */
public record MaskedAndVisiblePatches(
        double studentTemperature, double teacherTemperature, double centreMomentum, double visible)
        implements LabelledLoss {

    private record Part(int picture, boolean masked) {}

    @Override
    public String givenViews() {
        return "patches of pictures";
    }

    @Override
    public Tensor value(ViewBatch batch) {
        double[] masked = given(batch);
        int[] pictures = batch.labels();
        Part[] parts = new Part[pictures.length];
        Arrays.setAll(parts, i -> new Part(pictures[i], masked[i] == 1));
        long count = Arrays.stream(pictures).distinct().count();
        double[] weights = new double[pictures.length];
        Arrays.setAll(weights, i -> {
            long patches = Arrays.stream(parts).filter(parts[i]::equals).count();
            return (parts[i].masked() ? 1 : visible) / patches / count;
        });
        Tensor entropies = CentredPatches.crossEntropies(batch, studentTemperature, teacherTemperature);
        return entropies
                .multiply(Tensor.of(weights, weights.length).to(entropies.type()))
                .sum();
    }

    private static double[] given(ViewBatch batch) {
        // Numbers that do not fit are an error, and numbers that were not given too.
        Tensor rows =
                batch.remembers("masked") ? batch.memoryOrZeros("masked", batch.items(), 1) : batch.memory("masked");
        double[] masked = rows.toDoubles();
        if (!Arrays.stream(masked).allMatch(number -> number == 0 || number == 1)) {
            throw ChiaroException.usage(
                    "objective: expected 1 for each masked patch and 0 for each visible one in the memory "
                            + "\"masked\", but found " + Arrays.toString(masked) + ". Give such numbers.");
        }
        return masked;
    }

    /** The centre moves on by the mean of the teacher's outputs, of masked and visible patches. */
    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        return CentredPatches.movedCentre(batch, centreMomentum);
    }

    @Override
    public int views() {
        return 2;
    }

    @Override
    public String reduction() {
        return "mean over pictures of the means over their masked and their visible patches";
    }

    @Override
    public Set<String> memories() {
        return Set.of("centre", "masked");
    }
}
