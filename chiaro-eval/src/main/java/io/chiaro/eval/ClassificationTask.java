package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.RandomStream;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Judges what a probe reads from frozen embeddings. */
final class ClassificationTask {

    private static final double PROBE_STRENGTH = 1.0;
    private static final int PROBE_ITERATIONS = 200;

    private ClassificationTask() {}

    static Report judge(Path path, EvaluationOptions options, Embedder embedder) {
        LabelledData test = LabelledData.open(path, options.split(), options.columns());
        Optional<LabelledData> trainPart = test.train(options.split(), options.columns());
        TreeSet<String> names = new TreeSet<>(test.labels());
        ReportDraft draft;
        int[] trainLabels;
        int[] testLabels;
        float[][] trainVectors;
        float[][] testVectors;
        if (trainPart.isPresent()) {
            LabelledData train = trainPart.get();
            names.addAll(train.labels());
            draft = new ReportDraft(
                    Task.CLASSIFY,
                    path.toString(),
                    train.file().equals(test.file())
                            ? Hashes.sha256(test.file())
                            : Hashes.sha256(List.of(train.file(), test.file())),
                    options,
                    embedder);
            trainVectors = TextVectors.of(embedder, train.texts(), TextRole.TEXT);
            testVectors = TextVectors.of(embedder, test.texts(), TextRole.TEXT);
            trainLabels = train.numbers(names);
            testLabels = test.numbers(names);
            draft.setting("training part", String.valueOf(train.file().getFileName()));
        } else {
            draft = new ReportDraft(Task.CLASSIFY, path.toString(), Hashes.sha256(test.file()), options, embedder);
            float[][] vectors = TextVectors.of(embedder, test.texts(), TextRole.TEXT);
            int[] labels = test.numbers(names);
            int[] order = RandomStream.of(options.seed(), "held-out-part").permutation(labels.length);
            int[] seen = new int[names.size()];
            int[] total = new int[names.size()];
            Arrays.stream(labels).forEach(label -> total[label]++);
            List<Integer> fitted = new ArrayList<>();
            List<Integer> held = new ArrayList<>();
            for (int i : order) {
                (seen[labels[i]]++ < Math.ceil(0.8 * total[labels[i]]) ? fitted : held).add(i);
            }
            trainVectors = fitted.stream().map(i -> vectors[i]).toArray(float[][]::new);
            testVectors = held.stream().map(i -> vectors[i]).toArray(float[][]::new);
            trainLabels = fitted.stream().mapToInt(i -> labels[i]).toArray();
            testLabels = held.stream().mapToInt(i -> labels[i]).toArray();
            draft.setting("training part", "80 % of each label, drawn at random; judged on the rest");
        }
        if (names.size() < 2 || trainLabels.length == 0 || testLabels.length == 0) {
            throw ChiaroException.data(test.file().toAbsolutePath()
                    + ": expected texts of at least 2 labels to train and test "
                    + "on, but found " + names.size() + " labels, " + trainLabels.length + " texts to train on and "
                    + testLabels.length + " to test on. Check the file.");
        }
        LogisticProbe probe =
                LogisticProbe.fit(trainVectors, trainLabels, names.size(), PROBE_STRENGTH, PROBE_ITERATIONS);
        int[] predicted = probe.predict(testVectors);
        int[] byNeighbours =
                NeighbourProbe.predict(trainVectors, trainLabels, names.size(), testVectors, options.vote());
        draft.metric(
                "accuracy", ClassFigures.accuracy(predicted, testLabels), "logistic regression on frozen embeddings");
        draft.metric(
                "f1",
                ClassFigures.macroF1(predicted, testLabels, names.size()),
                "the same, mean of F1 over the labels of the test part");
        draft.metric(
                "knn-accuracy",
                ClassFigures.accuracy(byNeighbours, testLabels),
                options.vote().words());
        draft.setting(
                "logistic regression",
                "L2, C " + PROBE_STRENGTH + ", L-BFGS, " + probe.iterations() + " iterations of at most "
                        + PROBE_ITERATIONS);
        draft.size("training texts", trainLabels.length);
        draft.size("test texts", testLabels.length);
        draft.size("labels", names.size());
        draft.seed(options.seed());
        SpaceSample geometry = new SpaceSample(options.seed());
        Arrays.stream(testVectors).forEach(geometry::add);
        geometry.write(draft, "");
        return draft.report();
    }
}
