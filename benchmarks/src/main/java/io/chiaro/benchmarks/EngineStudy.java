package io.chiaro.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.search.TextIndex;
import io.chiaro.search.vector.NearestVectors;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.SearchEngine;
import io.chiaro.search.vector.VectorCodec;
import io.chiaro.search.vector.VectorField;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * What the engines of an index cost to build and to ask, over the same vectors: some of an index that is there, written again for each
 * engine without their texts, and asked with others of its vectors.
 */
final class EngineStudy {

    private static final int NEAREST = 10;
    private static final int QUERIES = 500;
    private static final int ROUNDS = 3;
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final List<float[]> vectors;
    private final List<float[]> queries;
    private final PrintStream print;

    private EngineStudy(List<float[]> vectors, List<float[]> queries, PrintStream print) {
        this.vectors = vectors;
        this.queries = queries;
        this.print = print;
    }

    /** Arguments: a seed, which draws the vectors and the queries, how many vectors, and an index. */
    static void main(List<String> arguments, PrintStream print) throws IOException {
        if (arguments.size() != 3
                || !arguments.get(0).matches("[0-9]{1,9}")
                || !arguments.get(1).matches("[0-9]{1,8}")) {
            throw ChiaroException.usage("engines: expected SEED VECTORS INDEX, but found " + arguments + ".");
        }
        List<float[]> all = new ArrayList<>();
        try (TextIndex index = TextIndex.open(Path.of(arguments.get(2)))) {
            index.each((document, vector) -> all.add(vector));
        }
        RandomStream random = RandomStream.of(Long.parseLong(arguments.get(0)), "engines");
        int most = Math.min(Integer.parseInt(arguments.get(1)) + QUERIES, all.size());
        for (int i = 0; i < most; i++) {
            int other = i + random.nextInt(all.size() - i);
            float[] taken = all.get(other);
            all.set(other, all.get(i));
            all.set(i, taken);
        }
        EngineStudy study = new EngineStudy(all.subList(QUERIES, most), all.subList(0, QUERIES), print);
        print.printf(Locale.ROOT, "%,d vectors of %d numbers%n%n", most - QUERIES, all.get(0).length);
        print.println("| engine | build, s | files, MB | looked at | recall@10 | ms a query |");
        print.println("| --- | --- | --- | --- | --- | --- |");
        List<Set<Integer>> exact = study.exact();
        study.run(SearchEngine.HNSW, Quantisation.NONE, exact);
        study.run(SearchEngine.HNSW, Quantisation.INT8, exact);
        study.run(SearchEngine.JVECTOR, Quantisation.PRODUCT, exact);
    }

    private List<Set<Integer>> exact() throws IOException {
        Path folder = Files.createTempDirectory("engines");
        try {
            write(folder, Quantisation.NONE, false);
            return ask(folder, SearchEngine.EXACT, Quantisation.NONE, NEAREST).found();
        } finally {
            delete(folder);
        }
    }

    private void run(SearchEngine engine, Quantisation quantisation, List<Set<Integer>> exact) throws IOException {
        Path folder = Files.createTempDirectory("engines");
        try {
            String built = String.format(
                    Locale.ROOT, "%s, %s | %.0f", engine, quantisation.word(), write(folder, quantisation, true));
            String first = String.format(Locale.ROOT, "%s | %.1f", built, bytes(folder) / 1e6);
            // Once before, so that the first row is not that of a cold machine.
            ask(folder, engine, quantisation, NEAREST);
            // More hits than are counted make an engine look at more candidates.
            for (int k : new int[] {NEAREST, 50, 100}) {
                Answers answers = ask(folder, engine, quantisation, k);
                print.printf(
                        Locale.ROOT,
                        "| %s | %d | %.4f | %.2f |%n",
                        k == NEAREST ? first : " | | ",
                        answers.looked(),
                        recall(answers.found(), exact),
                        answers.milliseconds());
            }
        } finally {
            delete(folder);
        }
    }

    /** Writes an index and tells the seconds of the processor that its graph took. */
    private double write(Path folder, Quantisation quantisation, boolean graph) throws IOException {
        VectorCodec codec = new VectorCodec();
        codec.quantise(quantisation);
        IndexWriterConfig config = new IndexWriterConfig().setCodec(codec).setMergePolicy(NoMergePolicy.INSTANCE);
        try (Directory directory = FSDirectory.open(folder);
                IndexWriter writer = new IndexWriter(directory, config)) {
            for (float[] vector : vectors) {
                Document document = new Document();
                document.add(VectorField.of(vector));
                writer.addDocument(document);
            }
            writer.commit();
            long before = SYSTEM.getProcessCpuTime();
            if (graph) {
                codec.writeGraphs();
                writer.getConfig().setMergePolicy(VectorCodec.mergesToGraphs());
                writer.forceMerge(1);
                writer.commit();
            }
            return (SYSTEM.getProcessCpuTime() - before) / 1e9;
        }
    }

    /**
     * What an engine finds.
     *
     * @param found the nearest of each query
     * @param looked candidates that were compared in full, the mean
     * @param milliseconds of the processor a query, the least of the rounds
     */
    private record Answers(List<Set<Integer>> found, long looked, double milliseconds) {}

    private Answers ask(Path folder, SearchEngine engine, Quantisation quantisation, int k) throws IOException {
        try (Directory directory = FSDirectory.open(folder);
                DirectoryReader reader = DirectoryReader.open(directory)) {
            NearestVectors nearest = new NearestVectors(
                    new IndexSearcher(reader), Optional.empty(), quantisation, (stored, document) -> "" + document);
            List<Set<Integer>> found = new ArrayList<>();
            long looked = 0;
            long nanoseconds = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                found.clear();
                looked = 0;
                long before = SYSTEM.getProcessCpuTime();
                for (float[] query : queries) {
                    List<ScoreDoc> hits = new ArrayList<>(engine.nearest(nearest, query, k));
                    looked += hits.size();
                    hits.sort((a, b) -> a.score == b.score ? a.doc - b.doc : Float.compare(b.score, a.score));
                    Set<Integer> best = new HashSet<>();
                    hits.stream().limit(NEAREST).forEach(hit -> best.add(hit.doc));
                    found.add(best);
                }
                nanoseconds = Math.min(nanoseconds, SYSTEM.getProcessCpuTime() - before);
            }
            return new Answers(found, looked / queries.size(), nanoseconds / 1e6 / queries.size());
        }
    }

    private static double recall(List<Set<Integer>> found, List<Set<Integer>> exact) {
        double sum = 0;
        for (int q = 0; q < found.size(); q++) {
            sum += exact.get(q).stream().filter(found.get(q)::contains).count() / (double) NEAREST;
        }
        return sum / found.size();
    }

    private static long bytes(Path folder) throws IOException {
        try (Directory directory = FSDirectory.open(folder)) {
            long bytes = 0;
            for (String file : directory.listAll()) {
                bytes += directory.fileLength(file);
            }
            return bytes;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Directory directory = FSDirectory.open(folder)) {
            for (String file : directory.listAll()) {
                directory.deleteFile(file);
            }
        }
        Files.delete(folder);
    }
}
