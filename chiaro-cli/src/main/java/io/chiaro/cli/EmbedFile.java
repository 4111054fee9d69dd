package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.opening.CutTexts;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.data.BadRows;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.Npy;
import io.chiaro.data.ParquetFiles;
import io.chiaro.data.Role;
import io.chiaro.data.Roles;
import io.chiaro.data.SkipReport;
import io.chiaro.model.Embedder;
import io.chiaro.model.GroupMeans;
import io.chiaro.model.TextRole;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns a file of texts into a file of vectors. Texts are read, embedded and written in windows, in their order: memory
 * does not grow with the file.
 *
 * @param output where notes go
 * @param model a model name or directory
 * @param in the texts: a file, or - for standard input with one text a line
 * @param out the vectors: a file, or - for standard output
 * @param format jsonl, npy or parquet
 * @param key the column of the text
 * @param role which prompt goes before each text
 * @param domain of the texts, in a model with experts; null for any other
 * @param first how many of the first numbers of a vector are kept, or null for all
 * @param active how many numbers of a sparse code are not zero, or null for no code
 * @param centre the column of the group whose mean vector is taken away from each vector, or null for none
 * @param skipBad whether rows without a text are counted instead of ending the run
 * @param threads compute threads
 */
record EmbedFile(
        Output output,
        String model,
        String in,
        String out,
        String format,
        String key,
        String role,
        @Nullable String domain,
        @Nullable Integer first,
        @Nullable Integer active,
        @Nullable String centre,
        boolean skipBad,
        int threads) {

    private static final int WINDOW = 4096;

    /** Does it, and says what was done. */
    Map<String, Object> run() throws IOException {
        refuseOut();
        if (!in.equals("-")) {
            return embed(Path.of(in));
        }
        Path copy = Files.createTempFile("chiaro-", ".txt");
        try {
            Files.copy(System.in, copy, StandardCopyOption.REPLACE_EXISTING);
            return embed(copy);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    /** Says before anything is computed what would be said when it is to be written. */
    private void refuseOut() throws IOException {
        Path file = Path.of(out);
        if (out.equals("-")) {
            return;
        }
        if (Files.isDirectory(file)) {
            throw ChiaroException.usage(
                    "--out: expected a file, but " + file.toAbsolutePath() + " is a folder. Name a file in it.");
        }
        if (!in.equals("-")) {
            OutputFiles.refuseOver("--out", file, Path.of(in));
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            AtomicFiles.createFolder(folder);
        }
    }

    private Map<String, Object> embed(Path texts) throws IOException {
        long start = System.nanoTime();
        // The first pass finds what is wrong with the file before anything is computed, and counts.
        long count = 0;
        SkipReport skipped;
        try (ExampleReader reader = open(texts)) {
            while (reader.next() != null) {
                count++;
            }
            skipped = reader.skipped();
        }
        if (skipped.total() > 0) {
            output.note(skipped.toString());
            skipped.examples().forEach(output::note);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("texts", count);
        document.put("skipped", skipped.total());
        try (ExampleReader reader = open(texts);
                Embedder embedder = Models.open(model, domain, threads, first, active);
                Progress progress = output.progress("embedding", "texts", centre == null ? count : 2 * count)) {
            GroupMeans means = centre == null ? null : means(texts, embedder, progress);
            CutTexts cuts = CutTexts.of(embedder);
            write(new Embedded(reader, embedder, cuts, progress, means), embedder, count);
            cuts.note().ifPresent(output::note);
            cuts.cut().ifPresent(cut -> document.put("cut-texts", cut));
            document.put("model", model);
            document.put("model-hash", embedder.description().hash());
            document.put("dimension", embedder.description().dimension());
            document.put("max-tokens", embedder.description().maxTokens());
        }
        if (!out.equals("-")) {
            output.note(String.format(Locale.ROOT, "wrote %,d vectors to %s", count, out));
        }
        document.put("seconds", (System.nanoTime() - start) / 1e9);
        return document;
    }

    private ExampleReader open(Path texts) {
        Map<Role, List<String>> columns = new EnumMap<>(Role.class);
        columns.put(Role.ANCHOR, List.of(key));
        if (centre != null) {
            columns.put(Role.LABEL, List.of(centre));
        }
        return ExampleReader.open(texts, Roles.of(columns), skipBad ? BadRows.SKIP : BadRows.STOP);
    }

    /** Embeds all once before they are written, since a mean is that of all, and the vectors may not fit in memory. */
    private GroupMeans means(Path texts, Embedder embedder, Progress progress) {
        GroupMeans means = new GroupMeans();
        try (ExampleReader reader = open(texts)) {
            Embedded whole = new Embedded(reader, embedder, CutTexts.none(), progress, null);
            while (whole.hasNext()) {
                means.add(whole.group(), whole.next().vector());
            }
        }
        output.note("took the means of " + means.groups() + " groups by " + centre);
        return means;
    }

    private void write(Embedded embedded, Embedder embedder, long count) throws IOException {
        switch (format) {
            case "jsonl" -> {
                if (out.equals("-")) {
                    output.lines(stream -> lines(embedded, stream));
                } else {
                    AtomicFiles.write(Path.of(out), stream -> lines(embedded, stream));
                }
            }
            case "npy" -> {
                if (count > Integer.MAX_VALUE) {
                    throw ChiaroException.usage(
                            "embed: expected at most 2,147,483,647 texts for --format npy, but found " + count
                                    + ". Split the file, or write jsonl.");
                }
                Npy.write(Path.of(out), (int) count, embedder.description().dimension(), new Vectors(embedded));
            }
            case "parquet" -> ParquetFiles.write(Path.of(out), new Rows(embedded));
            default -> throw new IllegalStateException("EmbedFile: no format " + format);
        }
    }

    private static void lines(Embedded embedded, OutputStream stream) throws IOException {
        while (embedded.hasNext()) {
            TextVector next = embedded.next();
            StringBuilder line = new StringBuilder("{\"text\":")
                    .append(Json.line(next.text()))
                    .append(",\"embedding\":");
            char separator = '[';
            for (float value : next.vector()) {
                // The shortest decimal that reads back as the same float; Java's exponents are JSON's.
                line.append(separator).append(value);
                separator = ',';
            }
            stream.write(line.append("]}\n").toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A text with its vector. */
    private record TextVector(String text, float[] vector) {}

    /** The texts of a reader with their vectors, a window at a time. */
    private final class Embedded implements Iterator<TextVector> {

        private final ExampleReader reader;
        private final Embedder embedder;
        private final CutTexts cuts;
        private final Progress progress;
        private final @Nullable GroupMeans means;
        private List<String> texts = List.of();
        private final List<String> groups = new ArrayList<>();
        private float[][] vectors = {};
        private final TextRole prompt = TextRole.valueOf(role.toUpperCase(Locale.ROOT));
        private int position;

        Embedded(
                ExampleReader reader, Embedder embedder, CutTexts cuts, Progress progress, @Nullable GroupMeans means) {
            this.means = means;
            this.reader = reader;
            this.embedder = embedder;
            this.cuts = cuts;
            this.progress = progress;
        }

        @Override
        public boolean hasNext() {
            if (position == texts.size()) {
                List<String> window = new ArrayList<>();
                groups.clear();
                Example example = reader.next();
                while (example != null) {
                    window.add(example.texts().get(0));
                    groups.add(Objects.requireNonNullElse(example.label(), ""));
                    example = window.size() < WINDOW ? reader.next() : null;
                }
                texts = window;
                vectors = window.isEmpty() ? new float[0][] : embedder.embed(window, prompt);
                cuts.count(window, prompt);
                position = 0;
                progress.more(window.size());
            }
            return position < texts.size();
        }

        /** The group of the next text. */
        String group() {
            return groups.get(position);
        }

        @Override
        public TextVector next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            float[] vector = means == null ? vectors[position] : means.centred(group(), vectors[position]);
            TextVector next = new TextVector(texts.get(position), vector);
            position++;
            return next;
        }
    }

    /** The vectors alone. */
    private record Vectors(Embedded embedded) implements Iterator<float[]> {

        @Override
        public boolean hasNext() {
            return embedded.hasNext();
        }

        @Override
        public float[] next() {
            return embedded.next().vector();
        }
    }

    /** The rows of a Parquet file. */
    private record Rows(Embedded embedded) implements Iterator<ParquetFiles.TextEmbedding> {

        @Override
        public boolean hasNext() {
            return embedded.hasNext();
        }

        @Override
        public ParquetFiles.TextEmbedding next() {
            TextVector next = embedded.next();
            List<Float> values = new ArrayList<>(next.vector().length);
            for (float value : next.vector()) {
                values.add(value);
            }
            return new ParquetFiles.TextEmbedding(next.text(), values);
        }
    }
}
