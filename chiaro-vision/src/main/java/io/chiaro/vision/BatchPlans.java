package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The planners that are built in. Safe for any thread. */
public final class BatchPlans {

    private BatchPlans() {}

    /** All pictures in a new random order each epoch, without replacement; the rest that does not fill a batch waits for the next. */
    public static BatchPlanner shuffled(int pictures, int batch, long seed) {
        if (batch < 1 || pictures < batch) {
            throw ChiaroException.data("epoch plan: " + pictures + " pictures, but a batch is to hold " + batch
                    + ". Use a smaller batch or more pictures.");
        }
        return new BatchPlanner() {
            @Override
            public int batches() {
                return pictures / batch;
            }

            @Override
            public List<int[]> epoch(long epoch) {
                int[] order = RandomStream.of(seed, "shuffle pictures", epoch).permutation(pictures);
                return IntStream.range(0, batches())
                        .mapToObj(k -> Arrays.copyOfRange(order, k * batch, (k + 1) * batch))
                        .toList();
            }
        };
    }

    /**
     * Batches of some classes with as many pictures of each (Hermans et al., 2017, section 2, "PK"). Classes come in random
     * order, each once before any comes again as far as batches allow; so do the pictures of a class.
     *
     * @param labels the class of each picture, from 0
     * @param classes of a batch
     * @param each pictures of each class
     */
    public static BatchPlanner classBalanced(int[] labels, int classes, int each, long seed) {
        int count = Arrays.stream(labels).max().orElse(-1) + 1;
        List<int[]> members = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            int label = k;
            members.add(IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == label)
                    .toArray());
        }
        int[] large = IntStream.range(0, count)
                .filter(k -> members.get(k).length >= each)
                .toArray();
        if (classes < 1 || each < 1 || large.length < classes) {
            throw ChiaroException.data("epoch plan: a batch is to hold " + classes + " classes of " + each
                    + " pictures, but " + large.length + " classes have as many. Ask for fewer.");
        }
        return new ClassBalanced(members, large, classes, each, Math.max(1, labels.length / (classes * each)), seed);
    }

    /**
     * Batches without two pictures of one group. An epoch has as many full batches as the groups allow, n with {@code sum over groups
     * of min(size, n) >= n * batch}, and takes at most n pictures of a group; which pictures wait, and which meet, is drawn anew for
     * each epoch.
     *
     * @param groups the group of each picture
     * @throws ChiaroException of kind data if there are fewer groups than a batch has pictures
     */
    public static BatchPlanner groupsApart(int[] groups, int batch, long seed) {
        Map<Integer, List<Integer>> members = new TreeMap<>();
        for (int i = 0; i < groups.length; i++) {
            members.computeIfAbsent(groups[i], none -> new ArrayList<>()).add(i);
        }
        if (batch < 1 || members.size() < batch) {
            throw ChiaroException.data(
                    "epoch plan: a batch is to hold " + batch + " pictures of different groups, but there are "
                            + members.size() + " groups. Use a smaller batch or more groups.");
        }
        List<int[]> lists = members.values().stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toList();
        int batches = 1;
        while (placed(lists, batches + 1) >= (batches + 1L) * batch) {
            batches++;
        }
        return new GroupsApart(lists, batches, batch, seed);
    }

    private static long placed(List<int[]> groups, int batches) {
        return groups.stream()
                .mapToLong(group -> Math.min(group.length, batches))
                .sum();
    }

    private record GroupsApart(List<int[]> groups, int batches, int batch, long seed) implements BatchPlanner {

        /**
         * The groups stand one behind the other, and place p belongs to batch p mod n: no group is longer than n, so its members go
         * to different batches.
         */
        @Override
        public List<int[]> epoch(long epoch) {
            RandomStream random = RandomStream.of(seed, "groups apart", epoch);
            int[] order = random.permutation(groups.size());
            List<List<Integer>> plan = new ArrayList<>();
            for (int b = 0; b < batches; b++) {
                plan.add(new ArrayList<>());
            }
            int place = 0;
            for (int number : order) {
                int[] members = groups.get(number).clone();
                random.shuffle(members);
                for (int k = 0; k < Math.min(members.length, batches); k++) {
                    plan.get(place++ % batches).add(members[k]);
                }
            }
            List<int[]> epochPlan = new ArrayList<>();
            for (List<Integer> pictures : plan) {
                int[] shuffled = pictures.stream().mapToInt(Integer::intValue).toArray();
                random.shuffle(shuffled);
                epochPlan.add(Arrays.copyOf(shuffled, batch));
            }
            return epochPlan;
        }
    }

    /**
     * Batches that all hold the same picture of each class, drawn once, and others beside them in a new random order each epoch (Kini et
     * al., "Symmetric Neural-Collapse Representations with Supervised Contrastive Loss", ICLR 2024: batch binding).
     *
     * @param labels the class of each picture, from 0
     */
    public static BatchPlanner bound(int[] labels, int batch, long seed) {
        int[] of = new int[Arrays.stream(labels).max().orElse(-1) + 1];
        Arrays.fill(of, -1);
        for (int picture : RandomStream.of(seed, "bind pictures").permutation(labels.length)) {
            if (of[labels[picture]] < 0) {
                of[labels[picture]] = picture;
            }
        }
        int[] bound = Arrays.stream(of).filter(picture -> picture >= 0).toArray();
        int[] others = IntStream.range(0, labels.length)
                .filter(picture -> of[labels[picture]] != picture)
                .toArray();
        int free = batch - bound.length;
        if (free < 1 || others.length < free) {
            throw ChiaroException.data("epoch plan: a batch of " + batch + " pictures is to hold one of each of "
                    + bound.length + " classes and others beside them, but there are " + labels.length
                    + " pictures. Use another batch or more pictures.");
        }
        return new Bound(bound, others, free, seed);
    }

    private record Bound(int[] bound, int[] others, int free, long seed) implements BatchPlanner {

        @Override
        public int batches() {
            return others.length / free;
        }

        @Override
        public List<int[]> epoch(long epoch) {
            int[] order = RandomStream.of(seed, "shuffle pictures", epoch).permutation(others.length);
            return IntStream.range(0, batches())
                    .mapToObj(k -> IntStream.concat(
                                    Arrays.stream(bound),
                                    Arrays.stream(order, k * free, (k + 1) * free)
                                            .map(at -> others[at]))
                            .toArray())
                    .toList();
        }
    }

    /** The given batches, each epoch the same. */
    public static BatchPlanner fixed(List<int[]> batches) {
        List<int[]> kept = batches.stream().map(int[]::clone).toList();
        if (kept.isEmpty()) {
            throw new IllegalArgumentException("BatchPlans.fixed: expected batches, but found none");
        }
        return new BatchPlanner() {
            @Override
            public int batches() {
                return kept.size();
            }

            @Override
            public List<int[]> epoch(long epoch) {
                return kept;
            }
        };
    }

    private record ClassBalanced(List<int[]> members, int[] large, int classes, int each, int batches, long seed)
            implements BatchPlanner {

        @Override
        public List<int[]> epoch(long epoch) {
            RandomStream random = RandomStream.of(seed, "balance classes", epoch);
            List<int[]> queues = new ArrayList<>();
            members.forEach(queue -> queues.add(queue.clone()));
            int[] used = new int[members.size()];
            Arrays.fill(used, Integer.MAX_VALUE);
            int[] order = large.clone();
            int next = order.length;
            List<int[]> plan = new ArrayList<>();
            for (int b = 0; b < batches; b++) {
                // Begun anew when too few are left, so that no class stands twice in a batch.
                if (next + classes > order.length) {
                    random.shuffle(order);
                    next = 0;
                }
                int[] batch = new int[classes * each];
                for (int c = 0; c < classes; c++) {
                    int label = order[next++];
                    int[] queue = queues.get(label);
                    if (used[label] > queue.length - each) {
                        random.shuffle(queue);
                        used[label] = 0;
                    }
                    System.arraycopy(queue, used[label], batch, c * each, each);
                    used[label] += each;
                }
                plan.add(batch);
            }
            return plan;
        }
    }
}
