package io.chiaro.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Token sequences of a batch, one behind the other, sorted by length so that those of equal length are neighbours.
 *
 * <p>Immutable; safe for any thread.
 */
public final class PackedSequences {

    private static final int[] ONE_TYPE = new int[0];

    /** In place of an expert's number: the texts of an encoder that has no experts. */
    public static final int NO_EXPERT = -1;

    private final int[] ids;
    private final int[] types;
    private final int[] order;
    private final int[] lengths;
    private final List<Group> groups;
    private final int expert;

    /**
     * Neighbouring sequences of one length.
     *
     * @param sequences how many
     * @param length tokens of each
     */
    public record Group(int sequences, int length) {

        /** Tokens of all of them. */
        public int tokens() {
            return sequences * length;
        }
    }

    private PackedSequences(int[] ids, int[] types, int[] order, int[] lengths, List<Group> groups, int expert) {
        this.ids = ids;
        this.types = types;
        this.order = order;
        this.lengths = lengths;
        this.groups = groups;
        this.expert = expert;
    }

    /** Packs sequences of at least one token each, all of type 0. */
    public static PackedSequences of(List<int[]> sequences) {
        return of(sequences, null);
    }

    /**
     * Packs sequences of two parts each.
     *
     * @param secondFrom for each sequence, from which place on its tokens have type 1
     */
    public static PackedSequences ofPairs(List<int[]> sequences, int[] secondFrom) {
        if (secondFrom.length != sequences.size()) {
            throw new IllegalArgumentException("PackedSequences: " + sequences.size() + " sequences, but "
                    + secondFrom.length + " places where their second parts begin");
        }
        return of(sequences, secondFrom);
    }

    private static PackedSequences of(List<int[]> sequences, int @Nullable [] secondFrom) {
        int[] order = IntStream.range(0, sequences.size())
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> sequences.get(i).length)
                        .thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] lengths = new int[order.length];
        int tokens = 0;
        for (int i = 0; i < order.length; i++) {
            lengths[i] = sequences.get(order[i]).length;
            if (lengths[i] == 0) {
                throw new IllegalArgumentException("PackedSequences: sequence " + order[i] + " has no tokens");
            }
            tokens += lengths[i];
        }
        int[] ids = new int[tokens];
        int[] types = secondFrom == null ? ONE_TYPE : new int[tokens];
        List<Group> groups = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < order.length; ) {
            int same = i;
            while (same < order.length && lengths[same] == lengths[i]) {
                System.arraycopy(sequences.get(order[same]), 0, ids, at, lengths[same]);
                if (secondFrom != null) {
                    Arrays.fill(types, at + Math.min(secondFrom[order[same]], lengths[same]), at + lengths[same], 1);
                }
                at += lengths[same];
                same++;
            }
            groups.add(new Group(same - i, lengths[i]));
            i = same;
        }
        return new PackedSequences(ids, types, order, lengths, List.copyOf(groups), NO_EXPERT);
    }

    /** The same as texts of one domain, whose expert they take in every layer that has experts. */
    public PackedSequences withExpert(int number) {
        return new PackedSequences(ids, types, order, lengths, groups, number);
    }

    /** The expert that all of them take, or {@link #NO_EXPERT}. */
    public int expert() {
        return expert;
    }

    /** How many sequences. */
    public int sequences() {
        return order.length;
    }

    /** How many tokens in all. */
    public int tokens() {
        return ids.length;
    }

    /** The token ids, sequence by sequence in packed order; not to be changed. */
    public int[] ids() {
        return ids;
    }

    /** The type of each token, 0 or 1, in the order of {@link #ids}; empty if all have type 0. Not to be changed. */
    public int[] types() {
        return types;
    }

    /** The tokens of each sequence, as they were given and in the order in which they were given. */
    public List<int[]> unpacked() {
        int[][] sequences = new int[order.length][];
        int at = 0;
        for (int i = 0; i < order.length; i++) {
            sequences[order[i]] = Arrays.copyOfRange(ids, at, at + lengths[i]);
            at += lengths[i];
        }
        return List.of(sequences);
    }

    /** The position of each token within its sequence, from 0. */
    public int[] positions() {
        int[] positions = new int[ids.length];
        int at = 0;
        for (int length : lengths) {
            for (int t = 0; t < length; t++) {
                positions[at++] = t;
            }
        }
        return positions;
    }

    /** For each token, which sequence in packed order it belongs to. */
    public int[] sequenceOfToken() {
        int[] sequence = new int[ids.length];
        int at = 0;
        for (int i = 0; i < lengths.length; i++) {
            for (int t = 0; t < lengths[i]; t++) {
                sequence[at++] = i;
            }
        }
        return sequence;
    }

    /** For each place in packed order, which of the given sequences stands there. */
    public int[] order() {
        return order.clone();
    }

    /** The number of tokens of each sequence, in packed order. */
    public int[] lengths() {
        return lengths.clone();
    }

    /** For each given sequence, its place in packed order: the inverse of {@link #order}. */
    public int[] places() {
        int[] places = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            places[order[i]] = i;
        }
        return places;
    }

    /** The runs of equal length, shortest first. */
    public List<Group> groups() {
        return groups;
    }

    /** The number of tokens of each group, as sizes for a split. */
    public long[] groupTokens() {
        return groups.stream().mapToLong(Group::tokens).toArray();
    }

    /** The sum over sequences of the squared length: what attention has to do. */
    public long squaredLengths() {
        return groups.stream()
                .mapToLong(group -> (long) group.sequences() * group.length() * group.length())
                .sum();
    }
}
