package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.RandomStream;
import io.chiaro.core.metric.ClusterAgreement;
import io.chiaro.data.KMeans;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Judges clusters of embeddings by labels that they have not seen. */
final class ClusteringTask {

    private static final int CLUSTER_STARTS = 3;
    private static final int CLUSTERED = 16_384;

    private ClusteringTask() {}

    static Report judge(Path path, EvaluationOptions options, Embedder embedder) {
        LabelledData data = LabelledData.open(path, options.split(), options.columns());
        ReportDraft draft =
                new ReportDraft(Task.CLUSTER, path.toString(), Hashes.sha256(data.file()), options, embedder);
        TreeSet<String> names = new TreeSet<>(data.labels());
        int[] all = data.numbers(names);
        int[] order = RandomStream.of(options.seed(), "clustered-sample").permutation(all.length);
        int[] chosen = Arrays.copyOf(order, Math.min(order.length, CLUSTERED));
        List<String> texts = Arrays.stream(chosen).mapToObj(data.texts()::get).toList();
        int[] labels = Arrays.stream(chosen).map(i -> all[i]).toArray();
        if (names.size() < 2) {
            throw ChiaroException.data(data.file().toAbsolutePath()
                    + ": expected texts of at least 2 labels, but found " + names.size() + ". Check the file.");
        }
        float[][] vectors = TextVectors.of(embedder, texts, TextRole.TEXT);
        double[] agreement = new double[4];
        double squares = 0;
        for (int run = 0; run < options.clusterRuns(); run++) {
            long seed = options.seed() + run;
            draft.seed(seed);
            int[] clusters = KMeans.cluster(vectors, names.size(), CLUSTER_STARTS, seed);
            ClusterAgreement found = ClusterAgreement.of(labels, clusters);
            double vMeasure = found.vMeasure();
            agreement[0] += vMeasure / options.clusterRuns();
            squares += vMeasure * vMeasure;
            agreement[1] += found.adjustedRandIndex() / options.clusterRuns();
            agreement[2] += found.normalizedMutualInformation() / options.clusterRuns();
            agreement[3] += found.accuracy() / options.clusterRuns();
        }
        draft.metric("v-measure", agreement[0], "harmonic mean of homogeneity and completeness, mean over seeds");
        draft.metric("ari", agreement[1], "adjusted Rand index, mean over seeds");
        draft.metric("nmi", agreement[2], "mutual information / arithmetic mean of entropies, mean over seeds");
        draft.metric(
                "accuracy", agreement[3], "texts in the cluster of their label, clusters named best, mean over seeds");
        double variance = squares / options.clusterRuns() - agreement[0] * agreement[0];
        draft.setting("deviation of v-measure", String.format(Locale.ROOT, "%.4f", Math.sqrt(Math.max(0, variance))));
        draft.setting(
                "clustering",
                "k-means, k = number of labels, k-means++ starts, best of " + CLUSTER_STARTS
                        + " a seed, vectors of length one");
        draft.size("texts", texts.size());
        draft.size("labels", names.size());
        if (texts.size() < all.length) {
            draft.note("A random sample of " + texts.size() + " of " + all.length + " texts was clustered.");
        }
        SpaceSample geometry = new SpaceSample(options.seed());
        Arrays.stream(vectors).forEach(geometry::add);
        geometry.write(draft, "");
        return draft.report();
    }
}
