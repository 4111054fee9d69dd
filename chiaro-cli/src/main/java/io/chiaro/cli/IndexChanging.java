package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.judging.Models;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.search.TextIndexWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Takes documents out of an index and puts others in, in one commit. */
final class IndexChanging {

    private IndexChanging() {}

    static void change(Output output, IndexCommand told, Path into, int threads) {
        QuietLucene.apply();
        Set<String> ids = ids(told.delete);
        if (told.docs == null || told.model == null) {
            try (TextIndexWriter writer = TextIndexWriter.open(into)) {
                delete(output, writer, ids);
            }
            return;
        }
        try (Embedder embedder = Models.open(told.model, threads);
                TextIndexWriter writer = TextIndexWriter.open(into, embedder.description());
                Progress progress = output.progress("indexing", "documents", 0);
                Stream<Document> documents = Document.read(Judging.located(told.docs))) {
            writer.delete(ids);
            int added = writer.add(documents, new CountingEmbedder(embedder, progress));
            int now = writer.commit().documents();
            output.note(
                    String.format(Locale.ROOT, "added or replaced %,d documents; %s holds %,d now", added, into, now));
        }
    }

    private static void delete(Output output, TextIndexWriter writer, Set<String> ids) {
        int before = writer.commit().documents();
        writer.delete(ids);
        int now = writer.commit().documents();
        output.note(String.format(
                Locale.ROOT,
                "deleted %,d documents, of %,d ids that were given; the index holds %,d now",
                before - now,
                ids.size(),
                now));
    }

    private static Set<String> ids(List<String> given) {
        Set<String> ids = new LinkedHashSet<>();
        for (String one : given) {
            if (isFile(one)) {
                try (Stream<String> lines = Files.lines(Path.of(one))) {
                    lines.filter(line -> !line.isBlank()).forEach(ids::add);
                } catch (IOException | java.io.UncheckedIOException e) {
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

    private static boolean isFile(String given) {
        try {
            return Files.isRegularFile(Path.of(given));
        } catch (InvalidPathException noPath) {
            return false;
        }
    }
}
