package io.chiaro.model;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A late-interaction model as a reranker: the vectors of a text's tokens are computed when it is scored, and the score is {@link
 * TokenVectors#maxSim}. Since both sides are read apart, it can also search a whole collection ({@link LateInteractionSearch}).
 *
 * <p>May be used by as many threads as its source.
 *
 * @param tokens makes ids
 * @param source makes vectors of them; closed with this
 */
public record LateInteractionReranker(LateInteractionTokens tokens, TokenVectorSource source) implements TokenReranker {

    @Override
    public float[] score(String query, List<String> texts) {
        TokenVectors asked = vectors(List.of(query), TextRole.QUERY).get(0);
        List<TokenVectors> documents = vectors(texts, TextRole.DOCUMENT);
        float[] scores = new float[documents.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = asked.maxSim(documents.get(i));
        }
        return scores;
    }

    /** The vectors of texts that count, in their order. */
    public List<TokenVectors> vectors(List<String> texts, TextRole role) {
        return ofTokens(texts.stream().map(text -> tokens.encode(text, role)).toList());
    }

    private List<TokenVectors> ofTokens(List<int[]> ids) {
        List<TokenVectors> all = source.vectors(ids);
        List<TokenVectors> kept = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            kept.add(all.get(i).kept(tokens.counts(ids.get(i))));
        }
        return kept;
    }

    /** A query and a text are two inputs; in a pair the second follows the first as it is. */
    @Override
    public Prepared prepare(String query, List<String> texts) {
        int[] asked = tokens.encode(query, TextRole.QUERY);
        boolean queryCut = tokens.isCut(query, TextRole.QUERY);
        List<PairTokens> pairs = new ArrayList<>(texts.size());
        BitSet cut = new BitSet();
        for (String text : texts) {
            int[] told = tokens.encode(text, TextRole.DOCUMENT);
            cut.set(pairs.size(), queryCut || tokens.isCut(text, TextRole.DOCUMENT));
            int[] joined = Arrays.copyOf(asked, asked.length + told.length);
            System.arraycopy(told, 0, joined, asked.length, told.length);
            pairs.add(new PairTokens(joined, asked.length));
        }
        return new Prepared(pairs, cut);
    }

    /** Equal queries are computed once. */
    @Override
    public float[] scoreTokens(List<PairTokens> pairs) {
        Map<IntBuffer, Integer> places = new LinkedHashMap<>();
        List<int[]> texts = new ArrayList<>();
        for (PairTokens pair : pairs) {
            texts.add(Arrays.copyOfRange(pair.ids(), pair.secondFrom(), pair.length()));
        }
        for (PairTokens pair : pairs) {
            IntBuffer query = IntBuffer.wrap(Arrays.copyOf(pair.ids(), pair.secondFrom()));
            if (places.putIfAbsent(query, texts.size()) == null) {
                texts.add(query.array());
            }
        }
        List<TokenVectors> vectors = ofTokens(texts);
        float[] scores = new float[pairs.size()];
        for (int i = 0; i < scores.length; i++) {
            PairTokens pair = pairs.get(i);
            int query =
                    Objects.requireNonNull(places.get(IntBuffer.wrap(Arrays.copyOf(pair.ids(), pair.secondFrom()))));
            scores[i] = vectors.get(query).maxSim(vectors.get(i));
        }
        return scores;
    }

    @Override
    public RerankerDescription description() {
        return source.description();
    }

    @Override
    public void close() {
        source.close();
    }
}
