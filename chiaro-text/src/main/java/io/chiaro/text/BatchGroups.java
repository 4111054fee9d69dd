package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.data.Communities;
import io.chiaro.data.EpochPlan;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.Grouping;
import io.chiaro.data.KMeans;
import io.chiaro.data.TokenStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which records stand in a batch together, as {@code --set batches=} says.
 *
 * <ul>
 *   <li>{@code communities}: texts that a teacher holds to be near, but not the nearest, see {@link Communities};
 *   <li>{@code clusters-apart}: no two texts of one cluster of a teacher's vectors (Chakraborty, Gosthipaty and Paul, "G-SimCLR:
 *       Self-Supervised Contrastive Learning with Guided Projection via Pseudo Labelling", 2020);
 *   <li>{@code labels-balanced}: the same number of texts of each label;
 *   <li>{@code bound}: the same text of each label in every batch, and others beside them.
 * </ul>
 *
 * @param kind {@code random} or one of these
 * @param teacher the model whose vectors tell; empty where none is asked
 * @param number rows of a community, clusters, or rows of a label
 * @param skippedRanks nearest texts that have no place in a community; empty for as many as suit the data
 */
record BatchGroups(String kind, Optional<String> teacher, int number, OptionalInt skippedRanks) {

    static final String KIND = "batches";
    static final String TEACHER = "teacher";
    static final String NUMBER = "group";
    static final String SKIPPED = "skipped-ranks";

    private static final String RANDOM = "random";
    private static final String COMMUNITIES = "communities";
    private static final String CLUSTERS = "clusters-apart";
    private static final String LABELS = "labels-balanced";
    private static final String BOUND = "bound";
    private static final List<String> KINDS = List.of(RANDOM, COMMUNITIES, CLUSTERS, LABELS, BOUND);
    private static final int CLUSTER_STARTS = 1;
    private static final int TEXTS_AT_ONCE = 1024;

    /** Reads the settings, and refuses those that do not go together. */
    static BatchGroups of(Map<String, String> text, int batch, ExampleShape shape) {
        String kind = text.getOrDefault(KIND, RANDOM);
        if (!KINDS.contains(kind)) {
            throw ChiaroException.usage(
                    "set " + KIND + ": unknown batches \"" + kind + "\". " + Names.hint(kind, KINDS));
        }
        boolean taught = kind.equals(COMMUNITIES) || kind.equals(CLUSTERS);
        without(text, TEACHER, taught, kind);
        without(text, NUMBER, !kind.equals(RANDOM) && !kind.equals(BOUND), kind);
        without(text, SKIPPED, kind.equals(COMMUNITIES), kind);
        Optional<String> teacher = Optional.ofNullable(text.get(TEACHER));
        if (taught && teacher.isEmpty()) {
            throw ChiaroException.usage(
                    "set " + KIND + "=" + kind + ": expected the model that tells which texts are near. "
                            + "Give --set teacher=NAME or --set teacher=DIR.");
        }
        if ((kind.equals(LABELS) || kind.equals(BOUND)) && !shape.labelled()) {
            throw ChiaroException.usage(
                    "set " + KIND + "=" + kind + ": expected a column with the role label, but the data " + "are "
                            + shape + ". Name it with --roles, or leave the setting out.");
        }
        if (!kind.equals(RANDOM) && batch < 2) {
            throw ChiaroException.usage(
                    "set " + KIND + "=" + kind + ": expected batches of at least 2, in which something can be "
                            + "near or apart, but found " + batch + ". Give --batch a larger number.");
        }
        int number = switch (kind) {
            case COMMUNITIES -> whole(text, NUMBER, Math.max(2, Math.min(32, batch / 2)), 2, batch);
            case CLUSTERS -> whole(text, NUMBER, 2 * batch, batch, Integer.MAX_VALUE);
            case LABELS -> whole(text, NUMBER, Math.min(4, Math.max(1, batch / 2)), 1, Math.max(1, batch / 2));
            default -> 0;
        };
        OptionalInt skipped = text.containsKey(SKIPPED)
                ? OptionalInt.of(whole(text, SKIPPED, 0, 0, Integer.MAX_VALUE))
                : OptionalInt.empty();
        return new BatchGroups(kind, teacher, number, skipped);
    }

    private static void without(Map<String, String> text, String key, boolean serves, String kind) {
        if (text.containsKey(key) && !serves) {
            throw ChiaroException.usage("set " + key + ": has no effect on " + KIND + "=" + kind + ". Leave it out.");
        }
    }

    private static int whole(Map<String, String> text, String key, int standard, int least, int most) {
        String written = text.get(key);
        if (written == null) {
            return standard;
        }
        try {
            int value = Integer.parseInt(written);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.usage("set " + key + ": expected a whole number from " + least
                + (most == Integer.MAX_VALUE ? " on" : " to " + most) + ", but found \"" + written + "\".");
    }

    Grouping grouping() {
        return switch (kind) {
            case COMMUNITIES -> Grouping.together();
            case CLUSTERS -> Grouping.apart();
            case LABELS -> Grouping.balanced(number);
            case BOUND -> Grouping.bound();
            default -> Grouping.none();
        };
    }

    /**
     * The sources with the groups of their rows.
     *
     * @param model the teacher; null where none is asked
     * @param said takes lines for people about what was found
     */
    List<EpochPlan.Source> grouped(
            List<EpochPlan.Source> sources, @Nullable TextModel model, long seed, Consumer<String> said) {
        if (model == null) {
            return sources;
        }
        List<EpochPlan.Source> grouped = new ArrayList<>();
        for (EpochPlan.Source source : sources) {
            TokenStore store = source.store();
            float[][] first = vectors(store, 0, model);
            grouped.add(source.withGroups(
                    kind.equals(COMMUNITIES)
                            ? communities(first, store.columns() > 1 ? vectors(store, 1, model) : first, seed, said)
                            : KMeans.cluster(first, Math.min(number, first.length), CLUSTER_STARTS, seed)));
        }
        return grouped;
    }

    private int[] communities(float[][] first, float[][] second, long seed, Consumer<String> said) {
        Communities.Settings usual = Communities.Settings.of(number).within(first.length);
        Communities.Settings settings =
                new Communities.Settings(number, skippedRanks.orElse(usual.skip()), usual.keep());
        int[] communities = Communities.of(first, second, settings, seed);
        Communities.Nearness nearness = Communities.nearness(first, second, communities);
        String found = String.format(
                Locale.ROOT,
                "communities of %d, of ranks %d to %d: mean cosine %.4f within one, %.4f among all",
                number,
                settings.skip() + 1,
                settings.skip() + settings.keep(),
                nearness.together(),
                nearness.random());
        said.accept(
                nearness.together() > nearness.random()
                        ? found
                        : found
                                + ". They are no harder than random batches: lower skipped-ranks, or leave batches out");
        return communities;
    }

    private static float[][] vectors(TokenStore store, int column, TextModel model) {
        float[][] vectors = new float[Math.toIntExact(store.rows())][];
        for (int from = 0; from < vectors.length; from += TEXTS_AT_ONCE) {
            int count = Math.min(TEXTS_AT_ONCE, vectors.length - from);
            List<int[]> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                texts.add(store.tokens(from + i, column));
            }
            System.arraycopy(model.embedTokens(texts), 0, vectors, from, count);
        }
        return vectors;
    }
}
