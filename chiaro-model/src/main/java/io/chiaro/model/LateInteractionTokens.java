package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalInt;

/**
 * Turns queries and documents into the ids that a late-interaction model reads, {@code [CLS] marker text [SEP]}, queries perhaps filled up
 * with {@code [MASK]}, and says which of their vectors count.
 *
 * <p>Safe for several threads. Closing it closes the tokenizer.
 */
public final class LateInteractionTokens implements AutoCloseable {

    private static final int NO_MARKER = -1;

    private final Tokenizer tokenizer;
    private final LateInteractionSpecification specification;
    private final int queryMarker;
    private final int documentMarker;
    private final BitSet skipped = new BitSet();

    /**
     * The tokens of a model; the tokenizer is closed with them.
     *
     * @throws ChiaroException of kind model if the vocabulary lacks a marker or a skipped token
     */
    public LateInteractionTokens(Tokenizer tokenizer, LateInteractionSpecification specification) {
        this.tokenizer = tokenizer;
        this.specification = specification;
        this.queryMarker = marker(specification.query());
        this.documentMarker = marker(specification.document());
        specification.skipped().forEach(token -> skipped.set(id(token)));
    }

    private int marker(LateInteractionSpecification.Side side) {
        return side.marker().isEmpty() ? NO_MARKER : id(side.marker());
    }

    private int id(String token) {
        OptionalInt found = tokenizer.id(token);
        if (found.isEmpty()) {
            throw ChiaroException.model(specification.name() + ": expected the token \"" + token
                    + "\" in the vocabulary, since the model marks or skips it, but found none. Take tokenizer.json and"
                    + " config_sentence_transformers.json from one model.");
        }
        return found.getAsInt();
    }

    /** All that the model's files say. */
    public LateInteractionSpecification specification() {
        return specification;
    }

    /** What turns texts into ids here. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** The ids of a text, cut at the limit of its side. */
    public int[] encode(String text, TextRole role) {
        return framed(text, role, specification.side(role).maxTokens());
    }

    /** Whether a text is cut. */
    public boolean isCut(String text, TextRole role) {
        int most = specification.side(role).maxTokens();
        int marks = marker(role) == NO_MARKER ? 0 : 1;
        return tokenizer.encode(text, most - marks + 1).length > most - marks;
    }

    private int marker(TextRole role) {
        return role == TextRole.QUERY ? queryMarker : documentMarker;
    }

    private int[] framed(String text, TextRole role, int most) {
        int marker = marker(role);
        int[] ids = tokenizer.encode(text, marker == NO_MARKER ? most : most - 1);
        int marks = marker == NO_MARKER ? 0 : 1;
        boolean fills = role == TextRole.QUERY && specification.expandsQueries();
        int[] framed = new int[fills ? most : ids.length + marks];
        framed[0] = ids[0];
        if (marks > 0) {
            framed[1] = marker;
        }
        System.arraycopy(ids, 1, framed, 1 + marks, ids.length - 1);
        if (fills) {
            Arrays.fill(framed, ids.length + marks, most, tokenizer.maskId());
        }
        return framed;
    }

    /** Whether the vector of each token counts: of a document, which its marker tells, those of skipped tokens do not. */
    public boolean[] counts(int[] ids) {
        boolean[] counts = new boolean[ids.length];
        boolean document = ids.length > 1 && ids[1] == documentMarker;
        for (int t = 0; t < ids.length; t++) {
            counts[t] = !document || !skipped.get(ids[t]);
        }
        return counts;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
