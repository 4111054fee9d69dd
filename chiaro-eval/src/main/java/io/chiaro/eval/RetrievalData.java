package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A collection, queries and judgments. A folder in the layout of BEIR is read natively: {@code corpus.jsonl} (_id, title,
 * text), {@code queries.jsonl} (_id, text), each also with .gz, and {@code qrels/SPLIT.tsv} with the header query-id,
 * corpus-id, score. The collection is streamed and may be larger than memory; queries and judgments are held.
 *
 * <p>Immutable; {@link #documents} may be called any number of times.
 */
public final class RetrievalData {

    /** How files of judgments in TREC's form end; {@code .txt} will do, too. */
    private static final String TREC = ".qrels";

    private static final String QUERIES = "queries.jsonl";

    private final String name;
    private final String split;
    private final List<Path> files;
    private final Supplier<Stream<Document>> documents;
    private final Map<String, String> queries;
    private final Map<String, Map<String, Integer>> judgments;

    private RetrievalData(
            String name,
            String split,
            List<Path> files,
            Supplier<Stream<Document>> documents,
            Map<String, String> queries,
            Map<String, Map<String, Integer>> judgments) {
        this.name = name;
        this.split = split;
        this.files = files;
        this.documents = documents;
        this.queries = queries;
        this.judgments = judgments;
    }

    /**
     * Opens a BEIR folder.
     *
     * @throws ChiaroException if a file is missing or a row is not as described, or a judged query has no text
     */
    public static RetrievalData open(Path folder, String split) {
        Path corpus = file(folder, "corpus.jsonl");
        Path queryFile = file(folder, QUERIES);
        Path judgmentFile = judgments(folder, split);
        Map<String, Map<String, Integer>> judgments = readJudgments(judgmentFile);
        Map<String, String> all = new LinkedHashMap<>();
        Rows.objects(queryFile, row -> {
            String id = id(row.where(), row.json());
            if (judgments.containsKey(id) && all.put(id, row.json().string("text")) != null) {
                throw ChiaroException.data(
                        row.where() + ": expected each query once, but found the id " + id + " again. Remove one.");
            }
        });
        for (String id : judgments.keySet()) {
            if (!all.containsKey(id)) {
                throw ChiaroException.data(queryFile.toAbsolutePath() + ": expected a text for the query " + id
                        + " that " + judgmentFile.toAbsolutePath() + " judges, but found none. Add it.");
            }
        }
        return new RetrievalData(
                folder.toString(),
                split,
                List.of(corpus, queryFile, judgmentFile),
                () -> Document.read(corpus),
                Collections.unmodifiableMap(all),
                judgments);
    }

    /**
     * Judgments alone, without the texts that were judged: each query's id stands for its text, and the collection is empty. Enough
     * for the figures of a run.
     *
     * @param file in TREC's form, or a table with the header query-id, corpus-id, score, whatever it is called; unzipped if the
     *     name ends in .gz
     * @throws ChiaroException of kind data if the file cannot be read, a row is not as described or there is none
     */
    public static RetrievalData judged(Path file) {
        Map<String, Map<String, Integer>> judgments =
                checked(file, hasHeader(file) ? readColumns(file) : TrecJudgments.read(file));
        Map<String, String> queries = new LinkedHashMap<>();
        judgments.keySet().forEach(id -> queries.put(id, id));
        return new RetrievalData(
                file.toString(), "", List.of(file), Stream::empty, Collections.unmodifiableMap(queries), judgments);
    }

    /** Tables of judgments of either form end in .tsv; only BEIR's name their columns. */
    private static boolean hasHeader(Path file) {
        try (BufferedReader lines = DataFiles.reader(file)) {
            String first = lines.readLine();
            return first != null && first.startsWith("query-id\t");
        } catch (IOException e) {
            throw DataFiles.unreadable(file, e);
        }
    }

    /**
     * Data that were made in memory.
     *
     * @param name what the protocol calls them
     * @param documents the collection, ids each once
     * @param queries texts by query id
     * @param judgments grades by document id, by query id; every judged query has a text
     */
    public static RetrievalData of(
            String name,
            String split,
            Collection<Document> documents,
            Map<String, String> queries,
            Map<String, Map<String, Integer>> judgments) {
        if (!queries.keySet().containsAll(judgments.keySet())) {
            throw new IllegalArgumentException("RetrievalData: a judged query has no text");
        }
        List<Document> copy = List.copyOf(documents);
        Map<String, String> judged = new LinkedHashMap<>(queries);
        judged.keySet().retainAll(judgments.keySet());
        return new RetrievalData(name, split, List.of(), copy::stream, Collections.unmodifiableMap(judged), judgments);
    }

    /** The folder or the name. */
    public String name() {
        return name;
    }

    /** Which judgments these are; empty of a file of judgments alone. */
    public String split() {
        return split;
    }

    /** The collection in its order; close the stream. */
    public Stream<Document> documents() {
        return documents.get();
    }

    /** Texts of the judged queries by id. */
    public Map<String, String> queries() {
        return queries;
    }

    /** Grades by document id, by query id. */
    public Map<String, Map<String, Integer>> judgments() {
        return judgments;
    }

    /** SHA-256 over the files, or empty for data in memory. */
    String hash() {
        return files.isEmpty() ? "" : Hashes.sha256(files);
    }

    /** The queries and judgments of a BEIR folder, as far as they are there. */
    static Stream<Path> asked(Path folder, String split) {
        Path judgments = folder.resolve("qrels");
        return Stream.of(
                        folder.resolve(QUERIES),
                        folder.resolve(QUERIES + ".gz"),
                        judgments.resolve(split + ".tsv"),
                        judgments.resolve(split + TREC),
                        judgments.resolve(split + ".txt"))
                .filter(Files::isRegularFile);
    }

    private static Path file(Path folder, String name) {
        for (Path file : List.of(folder.resolve(name), folder.resolve(name + ".gz"))) {
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw ChiaroException.data(folder.toAbsolutePath() + ": expected a folder in BEIR's layout with " + name
                + " or " + name + ".gz, but found " + DataFiles.names(DataFiles.list(folder)) + ". Check the path.");
    }

    private static Path judgments(Path folder, String split) {
        for (String ending : List.of(TREC, ".txt")) {
            Path trec = folder.resolve("qrels").resolve(split + ending);
            if (Files.isRegularFile(trec)) {
                return trec;
            }
        }
        Path file = folder.resolve("qrels").resolve(split + ".tsv");
        if (!Files.isRegularFile(file)) {
            List<Path> there =
                    Files.isDirectory(folder.resolve("qrels")) ? DataFiles.list(folder.resolve("qrels")) : List.of();
            throw ChiaroException.data(file.toAbsolutePath() + ": expected the judgments of the split \"" + split
                    + "\", but found " + DataFiles.names(there) + ". Choose another split.");
        }
        return file;
    }

    private static Map<String, Map<String, Integer>> readJudgments(Path file) {
        return checked(file, file.toString().endsWith(".tsv") ? readColumns(file) : TrecJudgments.read(file));
    }

    private static Map<String, Map<String, Integer>> checked(Path file, Map<String, Map<String, Integer>> judgments) {
        if (judgments.isEmpty()) {
            throw ChiaroException.data(
                    file.toAbsolutePath() + ": expected at least one judgment, but found none. Check the file.");
        }
        return judgments;
    }

    private static Map<String, Map<String, Integer>> readColumns(Path file) {
        Map<String, Map<String, Integer>> judgments = new LinkedHashMap<>();
        Rows.named(file, row -> {
            double grade = row.number("score");
            if (grade != Math.rint(grade)) {
                throw ChiaroException.data(row.where() + ": expected a whole number as \"score\", but found " + grade
                        + ". Correct the row.");
            }
            Integer before = judgments
                    .computeIfAbsent(row.cell("query-id"), id -> new LinkedHashMap<>())
                    .put(row.cell("corpus-id"), (int) grade);
            if (before != null && before != (int) grade) {
                throw ChiaroException.data(row.where() + ": expected one grade for a query and a document, but found "
                        + before + " and " + (int) grade + ". Remove one.");
            }
        });
        return judgments;
    }

    private static String id(String where, JsonObject row) {
        for (String key : List.of("_id", "id")) {
            if (row.has(key)) {
                return row.string(key);
            }
        }
        throw ChiaroException.data(where + ": expected an id under \"_id\", but found " + row.keys() + ". Add it.");
    }
}
