package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch as an objective sees it: the encoded columns, in a fixed order, and what supervises them. Row k of {@code
 * scores}, {@code teacherScores} and {@code labels} belongs to row k of the first {@link ViewRole#ANCHOR} view.
 *
 * @param list the columns; gradients come back in this order
 * @param scores one number for each anchor: a gold similarity, or a teacher's margin of positive over negative
 * @param teacherScores for each anchor the teacher's score of every candidate column (positive, then the negatives), [N][k]
 * @param labels a class for each anchor
 * @param guides the embeddings of a guide model for each view, [N, dg], in the order of {@code list}
 * @param memories rows [K, d] that no view holds, by name: a queue, the vectors of classes, prototypes
 * @param records the number of each anchor's record in the data, below the number of all records, each at most once
 * @param address where the random numbers of the step stand; equal addresses give equal numbers
 */
@SuppressWarnings("ArrayRecordComponent")
public record Views(
        List<View> list,
        double @Nullable [] scores,
        double @Nullable [][] teacherScores,
        int @Nullable [] labels,
        @Nullable List<Tensor> guides,
        Map<String, Tensor> memories,
        long @Nullable [] records,
        long address) {

    public Views {
        list = List.copyOf(list);
        memories = Map.copyOf(memories);
        if (list.isEmpty()) {
            throw new IllegalArgumentException("Views: expected at least one view, but found none");
        }
        for (View view : list) {
            if (view.width() != list.get(0).width()) {
                throw new IllegalArgumentException("Views: expected one width, but found " + view.width() + " beside "
                        + list.get(0).width());
            }
        }
        if (records != null) {
            int rows = list.get(0).rows();
            if (records.length != rows || Arrays.stream(records).distinct().count() != rows) {
                throw new IllegalArgumentException("Views: expected another record for each of " + rows
                        + " anchors, but found " + Arrays.toString(records));
            }
        }
        if (guides != null) {
            guides = List.copyOf(guides);
            if (guides.size() != list.size()) {
                throw new IllegalArgumentException("Views: expected guide values for each of " + list.size()
                        + " views, but found " + guides.size());
            }
            for (int i = 0; i < guides.size(); i++) {
                if (guides.get(i).rank() != 2
                        || guides.get(i).size(0) != list.get(i).rows()) {
                    throw new IllegalArgumentException("Views: expected guide values ["
                            + list.get(i).rows() + ", dg] for view " + i + ", but found " + guides.get(i));
                }
            }
        }
    }

    /** Memories that have gradients: vectors that a run learns beside its model. */
    public static final Set<String> LEARNED = Set.of(
            "classes",
            "centres",
            "prototypes",
            "pair-weights",
            "pair-head",
            "pair-bias",
            Similarity.LOG_SCALE,
            Similarity.BIAS,
            "encoder",
            "decoder",
            "latent-bias",
            "reading-bias",
            "smoothing-in",
            "smoothing-bias",
            "smoothing-out",
            "temperature-map",
            "gates");

    /**
     * Memories that have a row for each record of the data. Of most, a batch holds the rows of its own records, in their
     * order.
     */
    public static final Set<String> PER_RECORD =
            Set.of("denominators", "temperatures", "bank", "pair-losses", "visits", "places", "masked");

    /** Memories that no run keeps: whoever gives the rows of a batch gives them too. */
    public static final Set<String> ONLY_GIVEN = Set.of("places", "masked", "prior");

    /** Those of {@link #PER_RECORD} of which a batch holds the rows of all records. */
    public static final Set<String> OF_ALL_RECORDS = Set.of("bank", "pair-losses");

    /** Whether a batch holds of a memory the rows of its own records alone. */
    public static boolean ofOwnRecords(String memory) {
        return PER_RECORD.contains(memory) && !OF_ALL_RECORDS.contains(memory);
    }

    /** Views without scores, labels or guide. */
    public static Views of(View... views) {
        return new Views(List.of(views), null, null, null, null, Map.of(), null, 0);
    }

    /** Views without scores, labels or guide. */
    public static Views of(List<View> views) {
        return new Views(views, null, null, null, null, Map.of(), null, 0);
    }

    /** With one number for each anchor. */
    public Views withScores(double[] values) {
        return new Views(list, values, teacherScores, labels, guides, memories, records, address);
    }

    /** With a teacher's score for each anchor and candidate column. */
    public Views withTeacherScores(double[][] values) {
        return new Views(list, scores, values, labels, guides, memories, records, address);
    }

    /** With a class for each anchor. */
    public Views withLabels(int[] values) {
        return new Views(list, scores, teacherScores, values, guides, memories, records, address);
    }

    /** With the embeddings of a guide model for each view. */
    public Views withGuides(List<Tensor> values) {
        return new Views(list, scores, teacherScores, labels, values, memories, records, address);
    }

    /** With rows that no view holds, by name. */
    public Views withMemories(Map<String, Tensor> values) {
        return new Views(list, scores, teacherScores, labels, guides, values, records, address);
    }

    /** With the number of each anchor's record in the data. */
    public Views withRecords(long[] values) {
        return new Views(list, scores, teacherScores, labels, guides, memories, values, address);
    }

    /** With the address of the step's random numbers. */
    public Views withAddress(long value) {
        return new Views(list, scores, teacherScores, labels, guides, memories, records, value);
    }

    /** The same batch with other embeddings, one tensor for each view. */
    public Views withValues(List<Tensor> values) {
        View[] changed = new View[list.size()];
        for (int i = 0; i < changed.length; i++) {
            View view = list.get(i);
            changed[i] = new View(view.role(), values.get(i), view.items(), view.contents());
        }
        return new Views(List.of(changed), scores, teacherScores, labels, guides, memories, records, address);
    }

    /** An error if a label is none of so many things that have one each. */
    public static void requireLabels(LongStream labels, long count, String things) {
        labels.filter(label -> label < 0 || label >= count).findFirst().ifPresent(label -> {
            throw ChiaroException.usage("objective: expected labels from 0 to " + (count - 1) + ", as there are "
                    + count + " " + things + ", but found " + label + ".");
        });
    }

    /** The first view of a role. */
    public Optional<View> first(ViewRole role) {
        return list.stream().filter(view -> view.role() == role).findFirst();
    }
}
