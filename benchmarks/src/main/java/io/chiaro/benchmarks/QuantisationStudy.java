package io.chiaro.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.IndexDescription;
import io.chiaro.search.IndexForm;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.search.vector.Quantisation;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the short forms of vectors miss and what they save: indexes that are there are written again in each form, and each is asked for
 * the ten nearest, which are compared with those of every vector in full.
 */
final class QuantisationStudy {

    private static final int NEAREST = 10;
    private static final int MOST_QUERIES = 300;
    private static final int ROUNDS = 3;

    private final long seed;
    private final PrintStream print;

    private QuantisationStudy(long seed, PrintStream print) {
        this.seed = seed;
        this.print = print;
    }

    /**
     * Arguments: a seed, which draws the queries, and indexes of {@code chiaro index}; {@code INDEX=QUERIES} asks with the texts of a file
     * of lines like {@code {"id", "text"}}, embedded by the model of the index, which is known by its name; without, documents of the index
     * are asked with, and left out of what they find.
     */
    static void main(List<String> arguments, PrintStream print) throws IOException {
        if (arguments.size() < 2 || !arguments.get(0).matches("[0-9]{1,9}")) {
            throw ChiaroException.usage(
                    "quantisation: expected SEED INDEX[=QUERIES] ..., but found " + arguments + ".");
        }
        QuantisationStudy study = new QuantisationStudy(Long.parseLong(arguments.get(0)), print);
        print.println(
                "| index | documents | queries | form | recall@10 | least of a query | index, MB | bytes compared a vector |"
                        + " ms of processor a query |");
        print.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (String argument : arguments.subList(1, arguments.size())) {
            int at = argument.indexOf('=');
            Path index = Path.of(at < 0 ? argument : argument.substring(0, at));
            study.run(index, at < 0 ? null : Path.of(argument.substring(at + 1)));
        }
    }

    /**
     * A question.
     *
     * @param own id of the document that asks, or none
     */
    private record Question(String own, float[] vector) {}

    private void run(Path place, @Nullable Path texts) throws IOException {
        List<Document> documents = new ArrayList<>();
        Map<String, float[]> vectors = new HashMap<>();
        IndexDescription description;
        try (TextIndex index = TextIndex.open(place)) {
            description = index.description();
            index.each((document, vector) -> {
                documents.add(new Document(document.id(), "", document.text(), document.metadata()));
                vectors.put(document.text(), vector);
            });
        }
        List<Question> questions = texts == null ? own(documents, vectors) : asked(description, texts);
        List<List<String>> exact = new ArrayList<>();
        for (Quantisation form : Quantisation.values()) {
            Path copy = Files.createTempDirectory("quantisation");
            try {
                TextIndex.write(
                        copy,
                        documents.stream(),
                        new Known(description, vectors),
                        IndexForm.defaults().with(form));
                row(place, texts == null ? "documents" : "queries", copy, form, questions, exact);
            } finally {
                delete(copy);
            }
        }
    }

    private void row(
            Path place, String kind, Path copy, Quantisation form, List<Question> questions, List<List<String>> exact)
            throws IOException {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (TextIndex index = TextIndex.open(copy)) {
            List<List<String>> found = new ArrayList<>();
            long nanoseconds = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                found.clear();
                long before = system.getProcessCpuTime();
                for (Question question : questions) {
                    found.add(ids(index.search(question.vector(), NEAREST + 1), question.own()));
                }
                nanoseconds = Math.min(nanoseconds, system.getProcessCpuTime() - before);
            }
            if (form == Quantisation.NONE) {
                exact.addAll(found);
            }
            double sum = 0;
            double least = 1;
            for (int q = 0; q < found.size(); q++) {
                Set<String> wanted = new HashSet<>(exact.get(q));
                double share = found.get(q).stream().filter(wanted::contains).count() / (double) wanted.size();
                sum += share;
                least = Math.min(least, share);
            }
            int dimension = index.description().dimension();
            int compared = switch (form) {
                case NONE -> 4 * dimension;
                // A byte a number and a correction of four bytes.
                case INT8 -> dimension + 4;
                case BINARY -> (dimension + 7) / 8;
                case PRODUCT -> Math.min(dimension, Math.max(32, (dimension + 7) / 8));
            };
            print.printf(
                    Locale.ROOT,
                    "| %s | %,d | %d %s | %s | %.4f | %.1f | %.1f | %d | %.2f |%n",
                    place.getFileName(),
                    index.description().documents(),
                    questions.size(),
                    kind,
                    form.word(),
                    sum / found.size(),
                    least,
                    bytes(copy) / 1e6,
                    compared,
                    nanoseconds / 1e6 / questions.size());
        }
    }

    private static List<String> ids(List<TextHit> hits, String own) {
        return hits.stream()
                .map(TextHit::id)
                .filter(id -> !id.equals(own))
                .limit(NEAREST)
                .toList();
    }

    private List<Question> own(List<Document> documents, Map<String, float[]> vectors) {
        return drawn(documents).stream()
                .map(document -> new Question(document.id(), Objects.requireNonNull(vectors.get(document.text()))))
                .toList();
    }

    private List<Question> asked(IndexDescription description, Path texts) {
        List<Document> all;
        try (Stream<Document> lines = Document.read(texts)) {
            all = lines.toList();
        }
        try (OnnxEmbedder model = OnnxEmbedder.open(description.modelName(), OnnxSettings.defaults())) {
            if (!model.description().hash().equals(description.modelHash())) {
                throw ChiaroException.model(texts + ": expected the model " + description.modelName()
                        + " that filled the index, but found another under its name.");
            }
            List<String> some = drawn(all).stream().map(Document::content).toList();
            return Stream.of(model.embed(some, TextRole.QUERY))
                    .map(vector -> new Question("", vector))
                    .toList();
        }
    }

    private List<Document> drawn(List<Document> all) {
        List<Document> shuffled = new ArrayList<>(all);
        RandomStream random = RandomStream.of(seed, "quantisation");
        int most = Math.min(MOST_QUERIES, shuffled.size());
        for (int i = 0; i < most; i++) {
            int other = i + random.nextInt(shuffled.size() - i);
            Document taken = shuffled.get(other);
            shuffled.set(other, shuffled.get(i));
            shuffled.set(i, taken);
        }
        return shuffled.subList(0, most);
    }

    /** Vectors that are known, of a model that is not asked again; equal texts have equal vectors. */
    private record Known(IndexDescription index, Map<String, float[]> vectors) implements Embedder {

        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            return texts.stream()
                    .map(text -> Objects.requireNonNull(vectors.get(text)))
                    .toArray(float[][]::new);
        }

        @Override
        public ModelDescription description() {
            return new ModelDescription(
                    index.modelName(),
                    index.modelHash(),
                    index.dimension(),
                    index.maxTokens(),
                    List.of(),
                    true,
                    index.prompts());
        }

        @Override
        public void close() {}
    }

    private static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(QuantisationStudy::size).sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
