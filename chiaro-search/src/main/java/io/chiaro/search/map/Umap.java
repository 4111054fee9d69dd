package io.chiaro.search.map;

import io.chiaro.core.RandomStream;
import java.util.Arrays;

/**
 * Lays vectors out in a plane so that the fuzzy graph of their neighbours fits that of the plane: section 3.2 of the paper, by
 * stochastic gradient descent over edges, each as often as its weight says, with a few random points pushed away at every pull. In
 * the plane, with y the places of two points,
 *
 * <pre>q = 1 / (1 + a |y_i - y_j|^(2b))</pre>
 *
 * <p>where a and b are the least-squares fit of q to 1 below the smallest distance 0.1 and exp(-(x - 0.1)) beyond.
 *
 * <p>Same vectors and seed, same places, bit for bit on the same machine, whatever the number of threads.
 */
public final class Umap {

    static final double A = 1.576943460405378;
    static final double B = 0.8950608781227859;
    static final double LEAST_DISTANCE = 0.1;

    private static final int NEIGHBOURS = 15;
    private static final int PUSHES = 5;
    private static final double STEEPEST = 4;
    private static final double FIRST_EXTENT = 10;
    private static final int FEW = 10_000;
    private static final int EPOCHS_OF_FEW = 500;
    private static final int EPOCHS_OF_MANY = 200;

    private final FuzzyGraph graph;
    private final double[][] places;
    private final int epochs;

    private Umap(FuzzyGraph graph, double[][] places, int epochs) {
        this.graph = graph;
        this.places = places;
        this.epochs = epochs;
    }

    /**
     * Lays vectors out.
     *
     * @param vectors [n, d] of length one
     * @return [n, 2]
     */
    public static double[][] layout(float[][] vectors, long seed) {
        if (vectors.length < 3) {
            double[][] line = new double[vectors.length][2];
            for (int i = 0; i < line.length; i++) {
                line[i][0] = i;
            }
            return line;
        }
        FuzzyGraph graph = FuzzyGraph.of(NeighbourTable.of(vectors, NEIGHBOURS));
        double[][] places = PrincipalPlane.of(vectors, seed);
        spread(places, seed);
        Umap umap = new Umap(graph, places, vectors.length <= FEW ? EPOCHS_OF_FEW : EPOCHS_OF_MANY);
        umap.descend(seed);
        return umap.places;
    }

    /** Scales to the extent that the steps are made for; a little noise parts points that fall together. */
    private static void spread(double[][] places, long seed) {
        double furthest = 0;
        for (double[] place : places) {
            furthest = Math.max(furthest, Math.max(Math.abs(place[0]), Math.abs(place[1])));
        }
        double scale = furthest > 0 ? FIRST_EXTENT / furthest : 0;
        RandomStream random = RandomStream.of(seed, "map start");
        for (double[] place : places) {
            place[0] = place[0] * scale + 1e-4 * random.nextGaussian();
            place[1] = place[1] * scale + 1e-4 * random.nextGaussian();
        }
    }

    private void descend(long seed) {
        int edges = graph.weights().length;
        float heaviest = 0;
        for (float weight : graph.weights()) {
            heaviest = Math.max(heaviest, weight);
        }
        double[] every = new double[edges];
        for (int e = 0; e < edges; e++) {
            every[e] = heaviest / graph.weights()[e];
        }
        double[] next = Arrays.copyOf(every, edges);
        for (int epoch = 0; epoch < epochs; epoch++) {
            double rate = 1 - (double) epoch / epochs;
            RandomStream random = RandomStream.of(seed, "map pushes", epoch);
            for (int e = 0; e < edges; e++) {
                if (next[e] <= epoch + 1) {
                    next[e] += every[e];
                    pull(places[graph.heads()[e]], places[graph.tails()[e]], rate);
                    for (int push = 0; push < PUSHES; push++) {
                        int other = random.nextInt(places.length);
                        if (other != graph.heads()[e]) {
                            push(places[graph.heads()[e]], places[other], rate);
                        }
                    }
                }
            }
        }
    }

    /** The gradient of log q, on both ends. */
    private static void pull(double[] head, double[] tail, double rate) {
        double dx = head[0] - tail[0];
        double dy = head[1] - tail[1];
        double squared = dx * dx + dy * dy;
        if (squared <= 0) {
            return;
        }
        double power = Math.pow(squared, B);
        double slope = -2 * A * B * (power / squared) / (1 + A * power);
        double x = rate * bounded(slope * dx);
        double y = rate * bounded(slope * dy);
        head[0] += x;
        head[1] += y;
        tail[0] -= x;
        tail[1] -= y;
    }

    /** The gradient of log (1 - q), on the head alone; 0.001 keeps it finite, as in the authors' program. */
    private static void push(double[] head, double[] other, double rate) {
        double dx = head[0] - other[0];
        double dy = head[1] - other[1];
        double squared = dx * dx + dy * dy;
        double slope = 2 * B / ((0.001 + squared) * (1 + A * Math.pow(squared, B)));
        head[0] += rate * bounded(slope * dx);
        head[1] += rate * bounded(slope * dy);
    }

    private static double bounded(double slope) {
        return Math.max(-STEEPEST, Math.min(STEEPEST, slope));
    }
}
