package io.chiaro.objective.feature;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * VICReg of whole pictures and of their patches (Bardes, Ponce and LeCun, "VICRegL: Self-Supervised Learning of Local Visual
 * Features", NeurIPS 2022, eq. 4 to 6): {@code share * G + (1 - share) * L}. A row is a patch and its label the picture; views 0 and
 * 1 hold the patches of a picture's two views, and the means of its rows of views 2 and 3 are the vectors of the whole views. G is
 * VICReg of those, with the covariance terms averaged. L is the mean over both views and both numbers of matches of
 *
 * <pre>
 * VICReg(patches, their nearest in the other view by features) + VICReg(patches, their nearest there by place)
 * </pre>
 *
 * <p>Of each picture the patches with the nearest matches count, {@code most} of them and then {@code few}, as the authors' code
 * has it. Statistics are those of the k-th match over pictures, and the mean over k; a picture with fewer patches takes no part in
 * later ones. Which patches match is held fixed. The memory {@code places} has a row for each row of a view: the patch's place in
 * the picture, two numbers for view 0 and two for view 1.
 *
 * @param share of the whole pictures, alpha
 */
public record LocalMatches(
        double invariance, double variance, double covariance, double share, int most, int few, double epsilon)
        implements LabelledLoss {

    public LocalMatches {
        if (most < 1 || few < 1) {
            throw new IllegalArgumentException(
                    "LocalMatches: expected at least 1 match, but found " + most + " and " + few);
        }
    }

    @Override
    public String givenViews() {
        return "patches of pictures";
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int[][] pictures = pictures(batch.labels());
        Tensor means = means(pictures, batch.items()).to(batch.view(0).type());
        Tensor whole =
                similar(List.of(means.matmul(batch.view(2))), List.of(means.matmul(batch.view(3))), pictures.length);
        Tensor first = batch.view(0);
        Tensor second = batch.view(1);
        // Given places that do not fit are an error, and places that were not given too.
        Tensor places =
                batch.remembers("places") ? batch.memoryOrZeros("places", batch.items(), 4) : batch.memory("places");
        double[][] firstPlaces = rows(places.narrow(1, 0, 2));
        double[][] secondPlaces = rows(places.narrow(1, 2, 2));
        Tensor local = whole.multiply(0);
        for (int matches : new int[] {most, few}) {
            local = local.add(matched(first, second, rows(first), rows(second), pictures, matches))
                    .add(matched(second, first, rows(second), rows(first), pictures, matches))
                    .add(matched(first, second, firstPlaces, secondPlaces, pictures, matches))
                    .add(matched(second, first, secondPlaces, firstPlaces, pictures, matches));
        }
        return whole.multiply(share).add(local.multiply((1 - share) / 4));
    }

    /** The rows of each picture. */
    private static int[][] pictures(int[] labels) {
        return Arrays.stream(labels)
                .distinct()
                .mapToObj(picture -> IntStream.range(0, labels.length)
                        .filter(i -> labels[i] == picture)
                        .toArray())
                .toArray(int[][]::new);
    }

    /** What rows are multiplied with to become the means of their pictures, [pictures, rows]. */
    private static Tensor means(int[][] pictures, int items) {
        double[] shares = new double[pictures.length * items];
        for (int p = 0; p < pictures.length; p++) {
            for (int row : pictures[p]) {
                shares[p * items + row] = 1.0 / pictures[p].length;
            }
        }
        return Tensor.of(shares, pictures.length, items);
    }

    private static double[][] rows(Tensor values) {
        double[] flat = values.detach().contiguous().toDoubles();
        int width = Math.toIntExact(values.size(1));
        double[][] rows = new double[flat.length / width][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width));
        return rows;
    }

    private record Match(int row, int other, double distance) {}

    /** VICReg of the patches of one view and their nearest in the other, by some coordinates of both. */
    private Tensor matched(
            Tensor values, Tensor others, double[][] from, double[][] to, int[][] pictures, int matches) {
        List<List<Match>> byPicture = new ArrayList<>();
        for (int[] rows : pictures) {
            byPicture.add(Arrays.stream(rows)
                    .mapToObj(row -> nearest(row, rows, from, to))
                    .sorted(Comparator.comparingDouble(Match::distance))
                    .limit(matches)
                    .toList());
        }
        int ranks = byPicture.stream().mapToInt(List::size).max().orElse(0);
        List<Tensor> own = new ArrayList<>();
        List<Tensor> found = new ArrayList<>();
        int pairs = 0;
        for (int k = 0; k < ranks; k++) {
            int rank = k;
            List<Match> ofRank = byPicture.stream()
                    .filter(list -> list.size() > rank)
                    .map(list -> list.get(rank))
                    .toList();
            own.add(values.indexSelect(
                    0, Tensor.indices(ofRank.stream().mapToInt(Match::row).toArray())));
            found.add(others.indexSelect(
                    0, Tensor.indices(ofRank.stream().mapToInt(Match::other).toArray())));
            pairs += ofRank.size();
        }
        return similar(own, found, pairs);
    }

    private static Match nearest(int row, int[] candidates, double[][] from, double[][] to) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int candidate : candidates) {
            double distance = 0;
            for (int k = 0; k < from[row].length; k++) {
                double gap = from[row][k] - to[candidate][k];
                distance += gap * gap;
            }
            if (best < 0 || distance < least) {
                best = candidate;
                least = distance;
            }
        }
        return new Match(row, best, least);
    }

    /** VICReg of pairs that are given in groups, with the statistics of a group averaged over groups and both sides. */
    private Tensor similar(List<Tensor> own, List<Tensor> found, int pairs) {
        Tensor apart = own.get(0).sum().multiply(0);
        Tensor spread = apart;
        Tensor mixed = apart;
        for (int k = 0; k < own.size(); k++) {
            apart = apart.add(own.get(k).subtract(found.get(k)).square().sum());
            for (Tensor side : List.of(own.get(k), found.get(k))) {
                spread = spread.add(Statistics.hingeOfDeviation(side, epsilon));
                mixed = mixed.add(Statistics.squaredCovariances(side));
            }
        }
        int sides = 2 * own.size();
        return apart.multiply(invariance / ((double) pairs * own.get(0).size(1)))
                .add(spread.multiply(variance / sides))
                .add(mixed.multiply(covariance / sides));
    }

    @Override
    public int views() {
        return 4;
    }

    @Override
    public String reduction() {
        return "mean over pictures, over matches and over features";
    }

    @Override
    public Set<String> memories() {
        return Set.of("places");
    }
}
