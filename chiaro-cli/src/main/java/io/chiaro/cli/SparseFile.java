package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.data.BadRows;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.Role;
import io.chiaro.data.Roles;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseVector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Turns a file of texts into a file of weights of tokens, a line each. Texts are read and written in windows, in their order: memory does
 * not grow with the file.
 *
 * @param output where notes go
 * @param model the folder of a sparse encoder
 * @param in the file of texts
 * @param out the file of weights, or - for standard output
 * @param key the column of the text
 * @param skipBad whether rows without a text are counted instead of ending the run
 * @param threads compute threads
 */
record SparseFile(Output output, String model, String in, String out, String key, boolean skipBad, int threads) {

    private static final int WINDOW = 256;

    /** Does it, and says what was done. */
    Map<String, Object> run() throws IOException {
        long start = System.nanoTime();
        if (in.equals("-")) {
            throw ChiaroException.usage("--sparse: expected a file as --in, but found -. Write the texts to a file.");
        }
        Path texts = Path.of(in);
        Path file = Path.of(out);
        if (!out.equals("-")) {
            OutputFiles.refuseOver("--out", file, texts);
        }
        try (ExampleReader reader = ExampleReader.open(
                        texts, Roles.of(Map.of(Role.ANCHOR, List.of(key))), skipBad ? BadRows.SKIP : BadRows.STOP);
                SparseEmbedder embedder = Models.openSparse("--model", model, threads);
                Progress progress = output.progress("embedding", "texts", 0)) {
            Written written = new Written(reader, embedder, progress);
            if (out.equals("-")) {
                output.lines(written::lines);
            } else {
                AtomicFiles.write(file, written::lines);
                output.note(written.summary() + " to " + out);
            }
            if (reader.skipped().total() > 0) {
                output.note(reader.skipped().toString());
            }
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("texts", written.count);
            document.put("skipped", reader.skipped().total());
            document.put("mean-weights", written.meanWeights());
            document.put("model", model);
            document.put("model-hash", embedder.description().hash());
            document.put("dimension", embedder.description().dimension());
            document.put("max-tokens", embedder.description().maxTokens());
            document.put("seconds", (System.nanoTime() - start) / 1e9);
            return document;
        }
    }

    /** What is written of texts, and counted. */
    private static final class Written {

        private final ExampleReader reader;
        private final SparseEmbedder embedder;
        private final Progress progress;
        private long count;
        private long active;

        Written(ExampleReader reader, SparseEmbedder embedder, Progress progress) {
            this.reader = reader;
            this.embedder = embedder;
            this.progress = progress;
        }

        void lines(OutputStream stream) throws IOException {
            List<String> window = new ArrayList<>();
            for (Example example = reader.next(); example != null; example = reader.next()) {
                window.add(example.texts().get(0));
                if (window.size() == WINDOW) {
                    write(window, stream);
                }
            }
            write(window, stream);
        }

        private void write(List<String> window, OutputStream stream) throws IOException {
            List<SparseVector> vectors = embedder.embed(window);
            for (int i = 0; i < vectors.size(); i++) {
                SparseVector vector = vectors.get(i);
                Map<String, Object> weights = new LinkedHashMap<>();
                IntStream.range(0, vector.size())
                        .boxed()
                        .sorted(Comparator.comparingDouble(k -> -vector.weights()[k]))
                        .forEach(k -> weights.put(embedder.token(vector.ids()[k]), vector.weights()[k]));
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("text", window.get(i));
                line.put("weights", weights);
                stream.write((Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
                count++;
                active += vector.size();
            }
            progress.more(window.size());
            window.clear();
        }

        String summary() {
            return String.format(Locale.ROOT, "wrote %,d vectors of %.1f weights", count, meanWeights());
        }

        double meanWeights() {
            return count == 0 ? 0 : (double) active / count;
        }
    }
}
