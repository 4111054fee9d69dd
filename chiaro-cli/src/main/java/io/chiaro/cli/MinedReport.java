package io.chiaro.cli;

import io.chiaro.cli.opening.CutTexts;
import io.chiaro.search.mining.Mined;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What mining found, for people and for programs. */
final class MinedReport {

    private MinedReport() {}

    /** What the figures give reason to look at; empty if nothing. */
    static Optional<String> doubts(Mined.Counts counts, @Nullable Path corpus) {
        return corpus == null || 2 * counts.inCorpus() >= counts.positives()
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "only %,d of %,d positives are in %s, by content, text or title: a document that says the same"
                                + " in other words may be taken for a negative. Check that --corpus is that of the pairs.",
                        counts.inCorpus(),
                        counts.positives(),
                        corpus));
    }

    /** What was mined, in words. */
    static String table(Mined mined, MineCommand told) {
        int negatives = told.negatives;
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%,d of %,d pairs have %s%d negative%s each, from %,d texts%n",
                mined.records().size(),
                mined.counts().pairs(),
                told.form.equals("triplets") && negatives > 1 ? "up to " : "",
                negatives,
                negatives == 1 ? "" : "s",
                mined.counts().texts()));
        if (mined.counts().merged() > 0) {
            table.append(String.format(
                    Locale.ROOT,
                    "%,d further row%s left out: the same pair stands in an earlier one%n",
                    mined.counts().merged(),
                    mined.counts().merged() == 1 ? " was" : "s were"));
        }
        if (mined.counts().tooFew() > 0) {
            table.append(String.format(
                    Locale.ROOT,
                    "%,d pairs were left out: too few candidates remain%n",
                    mined.counts().tooFew()));
        }
        if (!mined.records().isEmpty()) {
            table.append(String.format(
                    Locale.ROOT,
                    "mean %s of positives %.4f, of negatives %.4f%n",
                    told.rescore == null ? "cosine" : "score",
                    mined.meanPositive(),
                    mined.meanNegative()));
        }
        mined.refused()
                .forEach((reason, count) ->
                        table.append(String.format(Locale.ROOT, "%,12d candidates %s%n", count, reason.words())));
        return table.toString();
    }

    /** The same as a document. */
    static Map<String, Object> document(Mined mined, CutTexts cuts) {
        Map<String, Object> refused = new LinkedHashMap<>();
        mined.refused()
                .forEach((reason, count) ->
                        refused.put(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("pairs", mined.counts().pairs());
        document.put("mined", mined.records().size());
        document.put("merged", mined.counts().merged());
        document.put("positives", mined.counts().positives());
        document.put("positives-in-corpus", mined.counts().inCorpus());
        document.put("too-few", mined.counts().tooFew());
        document.put("texts", mined.counts().texts());
        cuts.cut().ifPresent(cut -> document.put("cut-texts", cut));
        document.put("refused", refused);
        if (!mined.records().isEmpty()) {
            document.put("mean-positive", mined.meanPositive());
            document.put("mean-negative", mined.meanNegative());
        }
        return document;
    }
}
