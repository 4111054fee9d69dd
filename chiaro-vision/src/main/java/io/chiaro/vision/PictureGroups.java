package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.data.KMeans;
import java.util.List;
import java.util.Map;

/**
 * Which pictures stand in a batch together, as {@code --set batches=} says: {@code random}, or {@code clusters-apart}, no two of one
 * cluster of a teacher's vectors (Chakraborty, Gosthipaty and Paul, "G-SimCLR: Self-Supervised Contrastive Learning with Guided
 * Projection via Pseudo Labelling", 2020). Or {@code bound}, the same picture of each class in every batch ({@link BatchPlans#bound}).
 *
 * @param kind how they are chosen
 * @param teacher whose vectors tell
 * @param clusters how many
 */
record PictureGroups(Kind kind, PictureTeacher teacher, int clusters) {

    /** How they are chosen. */
    enum Kind {
        RANDOM,
        CLUSTERS_APART,
        BOUND
    }

    static final List<String> NAMES = List.of("batches", "teacher", "group");

    private static final String RANDOM = "random";
    private static final String CLUSTERS = "clusters-apart";
    private static final String BOUND = "bound";
    private static final List<String> KINDS = List.of(RANDOM, CLUSTERS, BOUND);
    private static final PictureTeacher USUAL = PictureTeacher.of("teacher", "autoencoder", false);
    private static final int STARTS = 1;
    private static final int MOST = 1 << 20;

    /** Reads the settings, and refuses those that do not go together. */
    static PictureGroups of(Map<String, String> own, int batch) {
        String kind = own.getOrDefault("batches", RANDOM);
        if (!KINDS.contains(kind)) {
            throw ChiaroException.usage("set batches: unknown batches \"" + kind + "\". " + Names.hint(kind, KINDS));
        }
        if (!kind.equals(CLUSTERS)) {
            for (String key : List.of("teacher", "group")) {
                if (own.containsKey(key)) {
                    throw ChiaroException.usage(
                            "set " + key + ": has no effect on batches=" + kind + ". Leave it out.");
                }
            }
            return new PictureGroups(kind.equals(BOUND) ? Kind.BOUND : Kind.RANDOM, USUAL, 0);
        }
        PictureTeacher teacher =
                own.containsKey("teacher") ? PictureTeacher.of("teacher", own.get("teacher"), false) : USUAL;
        String written = own.getOrDefault("group", String.valueOf(2 * batch));
        if (!written.matches("[1-9][0-9]{0,6}")
                || Integer.parseInt(written) < batch
                || Integer.parseInt(written) > MOST) {
            throw ChiaroException.usage("set group: expected a number of clusters from " + batch + ", the batch, to "
                    + MOST + ", but found \"" + written + "\".");
        }
        return new PictureGroups(Kind.CLUSTERS_APART, teacher, Integer.parseInt(written));
    }

    /** The batches of a set; what a teacher must learn is learned here. */
    BatchPlanner planner(Pictures pictures, int batch, long seed) {
        return switch (kind) {
            case RANDOM -> BatchPlans.shuffled(pictures.count(), batch, seed);
            case BOUND -> BatchPlans.bound(pictures.labels(), batch, seed);
            case CLUSTERS_APART -> {
                float[][] vectors = teacher.vectors(pictures, seed);
                yield BatchPlans.groupsApart(
                        KMeans.cluster(vectors, Math.min(clusters, vectors.length), STARTS, seed), batch, seed);
            }
        };
    }

    /** Refuses pictures without classes where classes tell. */
    void require(Pictures pictures) {
        if (kind == Kind.BOUND && !pictures.labelled()) {
            throw ChiaroException.usage(
                    "set batches=bound: needs a class for each picture, but the pictures have none. "
                            + "Sort them into a folder for each class.");
        }
    }

    /** For people to read before the first step. */
    String describe() {
        return switch (kind) {
            case RANDOM -> "";
            case BOUND -> ", the same one of each class in all";
            case CLUSTERS_APART -> ", no two of one of " + clusters + " clusters of " + teacher;
        };
    }
}
