package io.chiaro.objective.regulariser;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Patches should keep their structure ("Exploring Structural Degradation in Dense Representations for Self-supervised Learning",
 * 2025, the regulariser form): a row is a patch, its label the picture, and the value of a view is
 *
 * <pre>
 * -weight ( F / m + E - (B / m + A) / 2 )
 * m  the mean distance of rows to their mean
 * F  how far rows are from the nearest centre of another cluster of their group of pictures
 * B  the spread of these clusters: the sum of singular values of centred rows / sqrt(max(rows - 1, d)), the mean over clusters
 * A  the same of clusters of each picture alone, the mean over clusters and then over pictures
 * E  exp(entropy of the shares of the singular values of all rows) / min(rows, d): the dimensions used
 * </pre>
 *
 * <p>A group is {@code global / local} pictures, in the order of their labels. Clusters are those of {@link NearestMeans} and held
 * fixed; of one row they have no spread. The mean over views.
 *
 * @param local clusters of a picture's patches
 * @param global clusters of a group's patches
 * @param normalised whether rows are brought to length one first
 */
public record DenseStructure(double weight, int local, int global, int iterations, double tolerance, boolean normalised)
        implements LabelledLoss {

    private static final double EPSILON = 1e-12;

    public DenseStructure {
        if (local < 1 || global < 1 || iterations < 1) {
            throw new IllegalArgumentException(
                    "DenseStructure: expected clusters and iterations of at least 1, but found " + local + ", " + global
                            + " and " + iterations);
        }
    }

    @Override
    public String givenViews() {
        return "patches of pictures";
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor sum = batch.view(0).sum().multiply(0);
        for (Tensor rows : normalised ? batch.units() : batch.views()) {
            sum = sum.subtract(structure(rows, batch.labels()));
        }
        return sum.multiply(weight / batch.views().size());
    }

    private Tensor structure(Tensor rows, int[] labels) {
        int[][] pictures = Arrays.stream(labels)
                .sorted()
                .distinct()
                .mapToObj(picture -> IntStream.range(0, labels.length)
                        .filter(i -> labels[i] == picture)
                        .toArray())
                .toArray(int[][]::new);
        List<Tensor> ofPictures = new ArrayList<>();
        for (int[] picture : pictures) {
            Tensor patches = chosen(rows, picture);
            List<Tensor> spreads = new ArrayList<>();
            NearestMeans.of(patches, local, iterations, tolerance)
                    .members()
                    .forEach(members -> spread(patches, members, spreads));
            mean(spreads, ofPictures);
        }
        List<Tensor> far = new ArrayList<>();
        List<Tensor> ofGroups = new ArrayList<>();
        int together = Math.max(1, global / local);
        for (int from = 0; from < pictures.length; from += together) {
            int to = Math.min(pictures.length, from + together);
            Tensor group = chosen(
                    rows,
                    Arrays.stream(pictures, from, to)
                            .flatMapToInt(Arrays::stream)
                            .toArray());
            NearestMeans means = NearestMeans.of(group, global, iterations, tolerance);
            if (means.count() > 1) {
                far.add(means.toOtherCentres(group).mean());
            }
            means.members().forEach(members -> spread(group, members, ofGroups));
        }
        Tensor apart = rows.subtract(rows.mean(0, true)).norm(1, false).mean().add(EPSILON);
        Tensor none = rows.sum().multiply(0);
        Tensor between = meanOf(far, none).divide(apart);
        Tensor within = meanOf(ofGroups, none).add(meanOf(ofPictures, none)).divide(apart);
        return between.add(dimensions(rows)).subtract(within.divide(2));
    }

    private static Tensor chosen(Tensor rows, int[] places) {
        return rows.indexSelect(0, Tensor.indices(places));
    }

    private static void spread(Tensor rows, int[] members, List<Tensor> spreads) {
        if (members.length > 1) {
            Tensor cluster = chosen(rows, members);
            spreads.add(cluster.subtract(cluster.mean(0, true))
                    .singularValues()
                    .sum()
                    .divide(Math.sqrt(Math.max(members.length - 1, cluster.size(1)))));
        }
    }

    private static void mean(List<Tensor> values, List<Tensor> into) {
        if (!values.isEmpty()) {
            into.add(Tensor.stack(values, 0).mean());
        }
    }

    private static Tensor meanOf(List<Tensor> values, Tensor none) {
        return values.isEmpty() ? none : Tensor.stack(values, 0).mean();
    }

    private static Tensor dimensions(Tensor rows) {
        Tensor values = rows.singularValues();
        Tensor shares = values.divide(values.sum().add(EPSILON));
        return shares.multiply(shares.add(EPSILON).log())
                .sum()
                .negate()
                .exp()
                .divide(Math.min(rows.size(0), rows.size(1)));
    }

    @Override
    public String reduction() {
        return "mean over views";
    }
}
