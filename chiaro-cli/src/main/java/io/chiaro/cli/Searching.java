package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.judging.Models;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.search.Fusion;
import io.chiaro.search.HybridRanker;
import io.chiaro.search.IndexDescription;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Builds indexes and searches them. */
final class Searching {

    private static final int LONGEST_LINE = 200;

    private Searching() {}

    /** Embeds the documents of a file and writes the index. */
    static void index(Output output, String model, Path docs, Path out, int threads) {
        QuietLucene.apply();
        IndexDescription description;
        try (Embedder embedder = Models.open(model, threads);
                Progress progress = output.progress("indexing", "documents", 0);
                Stream<Document> documents = Document.read(Judging.located(docs))) {
            description = TextIndex.write(out, documents, new CountingEmbedder(embedder, progress));
        }
        output.note(String.format(Locale.ROOT, "indexed %,d documents in %s", description.documents(), out));
    }

    /** Searches, says the hits, and returns them as one document. */
    static Object search(Output output, SearchCommand told, int threads) {
        QuietLucene.apply();
        try (TextIndex index = TextIndex.open(told.index)) {
            List<TextHit> hits = hits(index, told, threads);
            hits.forEach(hit -> output.say(String.format(Locale.ROOT, "%.4f  %s", hit.score(), line(hit))));
            if (hits.isEmpty()) {
                output.say(
                        told.by.equals("words")
                                ? "nothing found: no document has a word of the query"
                                : "nothing found: the index is empty");
            }
            return Map.of("hits", hits);
        }
    }

    private static List<TextHit> hits(TextIndex index, SearchCommand told, int threads) {
        if (told.by.equals("words")) {
            return index.searchWords(told.query, told.k);
        }
        String model = told.model == null ? index.description().modelName() : told.model;
        try (Embedder embedder = Models.open(model, threads)) {
            if (told.by.equals("vectors")) {
                return index.search(told.query, embedder, told.k);
            }
            Fusion fusion = told.fusion == null ? Fusion.SCORES : Fusion.named(told.fusion);
            double weight = told.vectorWeight == null ? HybridRanker.EVEN : told.vectorWeight;
            return index.searchHybrid(told.query, embedder, fusion, weight, told.k);
        }
    }

    private static String line(TextHit hit) {
        String text = hit.text().replaceAll("\\s+", " ");
        String shown = text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + "..." : text;
        return shown.equals(hit.id()) ? shown : hit.id() + "  " + shown;
    }
}
