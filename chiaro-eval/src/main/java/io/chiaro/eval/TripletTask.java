package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.metric.Triplets;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.nio.file.Path;

/** Judges which of two texts is nearer to a third. */
final class TripletTask {

    private TripletTask() {}

    static Report judge(Path path, EvaluationOptions options, Embedder embedder) {
        TripletData data = TripletData.open(path, options.split(), options.columns());
        if (data.triplets().isEmpty()) {
            throw ChiaroException.data(
                    data.file().toAbsolutePath() + ": expected triplets, but found none. Check the file.");
        }
        ReportDraft draft =
                new ReportDraft(Task.TRIPLETS, path.toString(), Hashes.sha256(data.file()), options, embedder);
        SpaceSample geometry = new SpaceSample(options.seed());
        int n = data.triplets().size();
        float[][] anchors = TextVectors.of(
                embedder,
                data.triplets().stream().map(TripletData.Triplet::anchor).toList(),
                TextRole.TEXT);
        float[][] positives = TextVectors.of(
                embedder,
                data.triplets().stream().map(TripletData.Triplet::positive).toList(),
                TextRole.TEXT);
        float[][] negatives = TextVectors.of(
                embedder,
                data.triplets().stream().map(TripletData.Triplet::negative).toList(),
                TextRole.TEXT);
        double[] toPositive = new double[n];
        double[] toNegative = new double[n];
        for (int i = 0; i < n; i++) {
            toPositive[i] = TextVectors.dot(anchors[i], positives[i]);
            toNegative[i] = TextVectors.dot(anchors[i], negatives[i]);
            geometry.positive(anchors[i], positives[i]);
            geometry.add(anchors[i]);
            geometry.add(positives[i]);
            geometry.add(negatives[i]);
        }
        draft.metric(
                "accuracy",
                Triplets.accuracy(toPositive, toNegative),
                "share with the positive nearer, equal counts as wrong");
        draft.size("triplets", n);
        geometry.write(draft, "anchors and their positives");
        return draft.report();
    }
}
