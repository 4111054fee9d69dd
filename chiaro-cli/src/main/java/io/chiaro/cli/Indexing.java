package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.opening.CutTexts;
import io.chiaro.cli.opening.EmptyDocuments;
import io.chiaro.cli.opening.Models;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.search.CollectionMap;
import io.chiaro.search.IndexDescription;
import io.chiaro.search.IndexForm;
import io.chiaro.search.Language;
import io.chiaro.search.TextIndex;
import io.chiaro.search.TextIndexWriter;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.SearchEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes indexes and changes them. */
final class Indexing {

    /** Of which the neighbours are looked for to tell how many an index finds. */
    private static final int ASKED = 100;

    private static final int NEAREST = 10;

    private Indexing() {}

    /** Embeds the documents of a file and writes an index anew. */
    static Map<String, Object> write(Output output, IndexCommand told, String model, Path docs, Path out, int threads) {
        QuietLucene.apply();
        Quantisation quantisation = "jvector".equals(told.engine)
                ? Quantisation.PRODUCT
                : told.quantise == null
                        ? Quantisation.NONE
                        : Quantisation.valueOf(told.quantise.toUpperCase(Locale.ROOT));
        Language language = told.language == null ? Language.ENGLISH : Language.of("--language", told.language);
        long start = System.nanoTime();
        IndexDescription description;
        Map<String, Object> document = new LinkedHashMap<>();
        try (Embedder embedder = Models.open(model, threads);
                SparseEmbedder sparse = sparse(told, threads);
                Progress progress = output.progress("indexing", "documents", 0);
                Stream<Document> documents = Document.read(Judging.located(docs))) {
            CutTexts cuts = CutTexts.of(embedder);
            EmptyDocuments empty = new EmptyDocuments();
            description = TextIndex.write(
                    out,
                    documents.filter(empty::says),
                    new CountingEmbedder(embedder, model, cuts, progress::more),
                    Optional.ofNullable(sparse),
                    new IndexForm(quantisation, language));
            empty.note().ifPresent(output::note);
            document.put("empty", empty.count());
            cuts.note().ifPresent(output::note);
            cuts.cut().ifPresent(cut -> document.put("cut-texts", cut));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        output.note(String.format(
                Locale.ROOT,
                "indexed %,d documents in %s: %.1f s, %.1f MB",
                description.documents(),
                out,
                seconds,
                bytes(out) / 1e6));
        document.put("seconds", seconds);
        describe(document, output, out, description);
        return document;
    }

    /** What an index is after a command, and what it finds. */
    private static void describe(
            Map<String, Object> document, Output output, Path folder, IndexDescription description) {
        document.put("documents", description.documents());
        document.put("bytes", bytes(folder));
        document.put("model", description.modelName());
        document.put("model-hash", description.modelHash());
        document.put("dimension", description.dimension());
        document.put("max-tokens", description.maxTokens());
        document.put("engine", description.engine().name().toLowerCase(Locale.ROOT));
        document.put("quantisation", description.quantisation().word());
        document.put("language", description.language().key());
        description.sparse().ifPresent(sparse -> {
            document.put("sparse-model", sparse.name());
            document.put("sparse-model-hash", sparse.hash());
        });
        sayRecall(output, folder, description).ifPresent(recall -> {
            document.put("recall@" + NEAREST, recall.value());
            document.put("protocol", Map.of("recall@" + NEAREST, recall.words()));
        });
    }

    private static @Nullable SparseEmbedder sparse(IndexCommand told, int threads) {
        return told.sparse == null
                ? null
                : new NamedSparseEmbedder(Models.openSparse("--sparse", told.sparse, threads), told.sparse);
    }

    /** Draws the map of an index. */
    static Map<String, Object> draw(Output output, Path folder, long seed) {
        QuietLucene.apply();
        long start = System.nanoTime();
        try (TextIndex index = TextIndex.open(folder)) {
            CollectionMap map = index.drawMap(seed);
            output.note(String.format(
                    Locale.ROOT,
                    "drew %,d of %,d documents on the map: %.1f s",
                    map.ids().size(),
                    map.documents(),
                    (System.nanoTime() - start) / 1e9));
            return Map.of("drawn", map.ids().size(), "documents", map.documents());
        }
    }

    /**
     * What exact search finds and the index does, too.
     *
     * @param words how it was measured
     */
    private record Found(double value, String words) {}

    /** Says what is missed, where something may be. */
    private static Optional<Found> sayRecall(Output output, Path folder, IndexDescription description) {
        if (description.documents() == 0) {
            output.note("recall@" + NEAREST + ": nothing to measure, as the index holds no documents");
            return Optional.empty();
        }
        if (description.engine() == SearchEngine.EXACT && description.quantisation() == Quantisation.NONE) {
            output.note("recall@" + NEAREST
                    + " 1.0000: an index of this size has no graph, and a search compares every vector");
            return Optional.of(new Found(1, "every vector is compared in full"));
        }
        try (TextIndex index = TextIndex.open(folder)) {
            if (description.engine() == SearchEngine.JVECTOR) {
                output.note(String.format(
                        Locale.ROOT,
                        "graph over %,d of %,d documents; vectors beside it are compared one by one",
                        index.graphs().documents(),
                        description.documents()));
            }
            index.graphs().faults().forEach(output::note);
            int asked = Math.min(ASKED, description.documents());
            double recall = index.recall(ASKED, NEAREST);
            output.note(String.format(
                    Locale.ROOT,
                    "recall@%d %.4f against exact search (%s, %s vectors, %,d of the documents as queries)",
                    NEAREST,
                    recall,
                    description.engine().name().toLowerCase(Locale.ROOT),
                    description.quantisation() == Quantisation.NONE
                            ? "full"
                            : description.quantisation().word(),
                    asked));
            return Optional.of(new Found(recall, "against exact search, " + asked + " of the documents as queries"));
        }
    }

    private static long bytes(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            long bytes = 0;
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    folder + ": expected a folder that can be listed, but found: " + AtomicFiles.reason(e) + ".",
                    e);
        }
    }

    /** Takes documents out of an index and puts others in, in one commit. */
    static Map<String, Object> change(Output output, IndexCommand told, Path into, int threads) {
        QuietLucene.apply();
        long start = System.nanoTime();
        Map<String, Object> document = new LinkedHashMap<>();
        Set<String> ids = ids(told.delete, into);
        if (told.docs == null || told.model == null) {
            try (TextIndexWriter writer = TextIndexWriter.open(into)) {
                document.put("deleted", delete(output, writer, ids));
                document.put("documents", writer.commit().documents());
            }
            document.put("seconds", (System.nanoTime() - start) / 1e9);
            return document;
        }
        IndexDescription description;
        try (Embedder embedder = Models.open(told.model, threads);
                SparseEmbedder sparse = sparse(told, threads);
                TextIndexWriter writer = sparse == null
                        ? TextIndexWriter.open(into, embedder.description().withName(told.model))
                        : TextIndexWriter.open(
                                into, embedder.description().withName(told.model), sparse.description());
                Progress progress = output.progress("indexing", "documents", 0);
                Stream<Document> documents = Document.read(Judging.located(told.docs))) {
            writer.delete(ids);
            CutTexts cuts = CutTexts.of(embedder);
            EmptyDocuments empty = new EmptyDocuments();
            int added = writer.add(
                    documents.filter(empty::says),
                    new CountingEmbedder(embedder, told.model, cuts, progress::more),
                    Optional.ofNullable(sparse));
            empty.note().ifPresent(output::note);
            document.put("empty", empty.count());
            cuts.note().ifPresent(output::note);
            cuts.cut().ifPresent(cut -> document.put("cut-texts", cut));
            document.put("added", added);
            description = writer.commit();
            output.note(String.format(
                    Locale.ROOT,
                    "added or replaced %,d documents; %s holds %,d now",
                    added,
                    into,
                    description.documents()));
        }
        document.put("seconds", (System.nanoTime() - start) / 1e9);
        describe(document, output, into, description);
        return document;
    }

    private static int delete(Output output, TextIndexWriter writer, Set<String> ids) {
        int before = writer.commit().documents();
        writer.delete(ids);
        int now = writer.commit().documents();
        output.note(String.format(
                Locale.ROOT,
                "deleted %,d documents, of %,d ids that were given; the index holds %,d now",
                before - now,
                ids.size(),
                now));
        return before - now;
    }

    private static Set<String> ids(List<String> given, Path into) {
        Set<String> held = held(given.stream().filter(Indexing::isFile).toList(), into);
        Set<String> ids = new LinkedHashSet<>();
        for (String one : given) {
            if (isFile(one) && !held.contains(one)) {
                try (Stream<String> lines = Files.lines(Path.of(one))) {
                    lines.map(line -> line.startsWith("\uFEFF") ? line.substring(1) : line)
                            .filter(line -> !line.isBlank())
                            .forEach(ids::add);
                } catch (IOException | UncheckedIOException e) {
                    throw ChiaroException.of(
                            ChiaroException.Kind.DATA,
                            one + ": expected a file of UTF-8 text with one id a line, but found: "
                                    + AtomicFiles.reason(e instanceof IOException io ? io : new IOException(e))
                                    + ". Check the file.",
                            e);
                }
            } else {
                ids.add(one);
            }
        }
        return ids;
    }

    /** Those that are ids of the index; what file happens to lie about must not change what is deleted. */
    private static Set<String> held(List<String> files, Path into) {
        if (files.isEmpty() || !TextIndex.exists(into)) {
            return Set.of();
        }
        try (TextIndex index = TextIndex.open(into)) {
            return files.stream().filter(file -> index.find(file).isPresent()).collect(Collectors.toSet());
        }
    }

    private static boolean isFile(String given) {
        try {
            return Files.isRegularFile(Path.of(given));
        } catch (InvalidPathException noPath) {
            return false;
        }
    }
}
