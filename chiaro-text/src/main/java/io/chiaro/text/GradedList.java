package io.chiaro.text;

import io.chiaro.core.RandomStream;
import io.chiaro.data.TokenStore;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A query with its candidates, by where they stand in a store.
 *
 * @param store holds their tokens
 * @param queryRow the row whose first column is the query
 * @param rows of each candidate
 * @param columns of each candidate
 * @param grades of each candidate, higher for better ones
 * @param leads whether the first candidate is the positive of all others and stays in every part of the list
 */
@SuppressWarnings("ArrayRecordComponent")
record GradedList(TokenStore store, int queryRow, int[] rows, int[] columns, double[] grades, boolean leads) {

    int size() {
        return rows.length;
    }

    int[] query() {
        return store.tokens(queryRow, 0);
    }

    int[] text(int candidate) {
        return store.tokens(rows[candidate], columns[candidate]);
    }

    long contents(int candidate) {
        return store.contentHash(rows[candidate], columns[candidate]);
    }

    /** Tokens of a candidate's pair, before it is cut: what {@link io.chiaro.model.Tokenizer#framePair} makes one token shorter. */
    int length(int candidate) {
        return store.length(queryRow, 0) + store.length(rows[candidate], columns[candidate]);
    }

    /**
     * Which candidates a step looks at: all, or so many of them. Then one of the highest grade and one of the lowest are among
     * them, or the first of a list that leads, and the others are any.
     *
     * @param random belongs to the list and the epoch
     * @return places, ascending
     */
    int[] part(int most, RandomStream random) {
        if (size() <= most) {
            return IntStream.range(0, size()).toArray();
        }
        int[] order = random.permutation(size());
        double highest = Arrays.stream(grades).max().orElse(0);
        double lowest = Arrays.stream(grades).min().orElse(0);
        IntStream kept = leads ? IntStream.of(0) : IntStream.of(first(order, highest), first(order, lowest));
        return IntStream.concat(kept, Arrays.stream(order))
                .distinct()
                .limit(most)
                .sorted()
                .toArray();
    }

    private int first(int[] order, double grade) {
        return Arrays.stream(order)
                .filter(place -> grades[place] == grade)
                .findFirst()
                .orElseThrow();
    }

    /** The longest candidates, as many as a step looks at: what needs most memory. */
    int[] longest(int most) {
        return IntStream.range(0, size())
                .boxed()
                .sorted((a, b) -> Integer.compare(length(b), length(a)))
                .limit(most)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }
}
