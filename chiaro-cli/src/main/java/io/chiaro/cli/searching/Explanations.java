package io.chiaro.cli.searching;

import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.search.HitExplanation;
import io.chiaro.search.TextHit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Why a hit stands where it stands, in lines for people: a side each, with its place, its score and what makes it. */
final class Explanations {

    private static final int MOST_TOKENS = 8;

    private Explanations() {}

    /**
     * The lines of a hit.
     *
     * @param weighing names tokens, where the explanation has them
     */
    static List<String> lines(HitExplanation why, Optional<TokenSparseEmbedder> weighing) {
        List<String> lines = new ArrayList<>();
        lines.add(side("words", why.wordRank(), "BM25", why.wordScore())
                + listed(why.words().stream()
                        .map(share -> String.format(Locale.ROOT, "%s %.2f", share.word(), share.share()))
                        .toList()));
        lines.add(side("vectors", why.vectorRank(), "cosine", why.cosine()));
        why.tokens()
                .ifPresent(tokens -> lines.add(side("tokens", tokens.rank(), "product", tokens.score())
                        + listed(tokens.shares().stream()
                                .limit(MOST_TOKENS)
                                .map(share -> String.format(
                                        Locale.ROOT,
                                        "%s %.2f",
                                        weighing.orElseThrow().token(share.token()),
                                        share.share()))
                                .toList())));
        lines.add(side("together", why.fusedRank(), "score", why.fused()));
        if (!why.neighbours().isEmpty()) {
            lines.add("near it: " + why.neighbours().stream().map(TextHit::id).collect(Collectors.joining(", ")));
        }
        return lines;
    }

    private static String side(String name, OptionalInt rank, String measure, float score) {
        return name + ": "
                + (rank.isPresent() ? "place " + rank.getAsInt() : "not among the first hundred")
                + String.format(Locale.ROOT, ", %s %.4f", measure, score);
    }

    private static String listed(List<String> parts) {
        return parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")";
    }
}
