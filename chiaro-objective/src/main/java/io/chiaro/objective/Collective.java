package io.chiaro.objective;

import java.util.List;

/**
 * What the workers of one step tell each other. Only Java numbers go from worker to worker; a tensor stays with the thread
 * that made it. All workers make the same calls in the same order.
 *
 * <p>An instance belongs to one worker and is used by that worker's thread.
 */
public interface Collective {

    /** The number of workers. */
    int workers();

    /** Which of them this one is, from 0. */
    int worker();

    /** What every worker gives at this call, in the order of workers; lengths may differ. Not to be changed. */
    List<double[]> gather(double[] values);

    /**
     * The sum of what the workers give, added in their order, so that all of them find the same bits. A worker that has
     * nothing to say gives an empty array.
     */
    default double[] sum(double[] values) {
        List<double[]> given = gather(values);
        double[] sum =
                new double[given.stream().mapToInt(each -> each.length).max().orElse(0)];
        for (double[] each : given) {
            if (each.length != 0 && each.length != sum.length) {
                throw new IllegalArgumentException(
                        "Collective: expected " + sum.length + " numbers from every worker, but found " + each.length);
            }
            for (int i = 0; i < each.length; i++) {
                sum[i] += each[i];
            }
        }
        return sum;
    }

    /** One worker, who has all there is. */
    static Collective alone() {
        return Alone.ALONE;
    }

    /** The identity. */
    enum Alone implements Collective {
        /** The only one. */
        ALONE;

        @Override
        public int workers() {
            return 1;
        }

        @Override
        public int worker() {
            return 0;
        }

        @Override
        public List<double[]> gather(double[] values) {
            return List.of(values);
        }

        @Override
        public double[] sum(double[] values) {
            return values;
        }
    }
}
