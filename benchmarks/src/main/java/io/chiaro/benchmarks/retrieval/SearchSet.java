package io.chiaro.benchmarks.retrieval;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Document;
import io.chiaro.search.mining.HardNegatives;
import io.chiaro.search.mining.PseudoQueries.Method;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The public sets, each as a task of search. The budget of a set follows from the lengths of its texts and was not tuned. */
public enum SearchSet {
    SCIFACT("scifact", 128, 16, SearchSet::scifact),
    CISI("cisi", 128, 16, data -> beir(data.resolve("cisi"), Method.TITLE)),
    NPL("npl", 64, 32, data -> beir(data.resolve("npl"), Method.CROPS)),
    TREC_QA("trec-qa", 64, 32, SearchSet::answers),
    CODE_SEARCH_NET(
            "code-search-net", 128, 32, data -> code(data.resolve("code_search/codesearchnet_sample.jsonl.gz"))),
    CONCODE("concode", 96, 32, data -> code(data.resolve("code_search/concode_dev.jsonl.gz"))),
    COSQA("cosqa", 128, 32, SearchSet::webQueries),
    MSRP("msrp", 64, 32, SearchSet::paraphrases),
    ABT_BUY("abt-buy", 96, 32, data -> entities(data.resolve("entity_matching/Textual_Abt-Buy"))),
    WALMART_AMAZON(
            "walmart-amazon", 96, 32, data -> entities(data.resolve("entity_matching/Structured_Walmart-Amazon"))),
    DBLP_ACM("dblp-acm", 96, 32, data -> entities(data.resolve("entity_matching/Structured_DBLP-ACM"))),
    BEER("beer", 64, 16, data -> entities(data.resolve("entity_matching/Structured_Beer"))),
    FODORS_ZAGATS("fodors-zagats", 64, 16, data -> entities(data.resolve("entity_matching/Structured_Fodors-Zagats"))),
    ITUNES_AMAZON("itunes-amazon", 96, 16, data -> entities(data.resolve("entity_matching/Structured_iTunes-Amazon"))),
    DIRTY_ITUNES_AMAZON(
            "dirty-itunes-amazon", 96, 16, data -> entities(data.resolve("entity_matching/Dirty_iTunes-Amazon")));

    private static final int ONE_IN = 5;

    private final String key;
    private final int maxTokens;
    private final int batch;
    private final Function<Path, SearchTask> reader;

    SearchSet(String key, int maxTokens, int batch, Function<Path, SearchTask> reader) {
        this.key = key;
        this.maxTokens = maxTokens;
        this.batch = batch;
        this.reader = reader;
    }

    /** As it is called on the command line and in tables. */
    public String key() {
        return key;
    }

    /** Where texts are cut in training and in search. */
    int maxTokens() {
        return maxTokens;
    }

    /** Pairs of a training step. */
    int batch() {
        return batch;
    }

    /** The task, out of the folder of the data sets. */
    public SearchTask read(Path data) {
        return reader.apply(data);
    }

    private static SearchTask beir(Path folder, Method method) {
        RetrievalData data = RetrievalData.open(folder, "test");
        try (Stream<Document> documents = data.documents()) {
            return new SearchTask(
                    documents.toList(),
                    data.queries(),
                    data.judgments(),
                    List.of(),
                    List.of(),
                    method,
                    "the judged queries");
        }
    }

    /** Claims and abstracts; BEIR's parts. */
    private static SearchTask scifact(Path data) {
        SearchTask test = beir(data.resolve("scifact"), Method.TITLE);
        RetrievalData train = RetrievalData.open(data.resolve("scifact"), "train");
        Map<String, String> texts = new LinkedHashMap<>();
        test.documents().forEach(document -> texts.put(document.id(), document.content()));
        List<HardNegatives.Pair> pairs = new ArrayList<>();
        train.judgments()
                .forEach((query, grades) -> grades.forEach((document, grade) -> {
                    String text = texts.get(document);
                    String asked = train.queries().get(query);
                    if (grade > 0 && text != null && asked != null) {
                        pairs.add(new HardNegatives.Pair(asked, text));
                    }
                }));
        return new SearchTask(
                test.documents(),
                test.queries(),
                test.judgments(),
                pairs,
                List.copyOf(texts.values()),
                Method.TITLE,
                "claims ask for abstracts");
    }

    /** Questions, and all answers of the test part as one collection. */
    private static SearchTask answers(Path data) {
        Collected test = new Collected();
        csv(data.resolve("trec_qa/test.csv")).forEach(row -> {
            String document = test.document(row.getField(2));
            if (row.getField(1).equals("1")) {
                test.judge(row.getField(0), document);
            }
        });
        List<HardNegatives.Pair> pairs = new ArrayList<>();
        Set<String> texts = new LinkedHashSet<>();
        csv(data.resolve("trec_qa/train.csv.gz")).forEach(row -> {
            texts.add(row.getField(2));
            if (row.getField(1).equals("1") && !test.hasMet(row.getField(0))) {
                pairs.add(new HardNegatives.Pair(row.getField(0), row.getField(2)));
            }
        });
        return test.task(pairs, List.copyOf(texts), Method.CROPS, "questions ask for sentences that answer them");
    }

    /** Descriptions ask for code; every fifth is judged. */
    private static SearchTask code(Path file) {
        Collected test = new Collected();
        List<HardNegatives.Pair> pairs = new ArrayList<>();
        List<JsonObject> rows = objects(file);
        for (int i = 0; i < rows.size(); i++) {
            if (i % ONE_IN == 0) {
                test.judge(rows.get(i).string("nl"), test.document(rows.get(i).string("code")));
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            String asked = rows.get(i).string("nl");
            String code = rows.get(i).string("code");
            if (i % ONE_IN != 0 && Stream.of(asked, code).noneMatch(test::hasMet)) {
                pairs.add(new HardNegatives.Pair(asked, code));
            }
        }
        return test.task(pairs, List.of(), Method.CROPS, "descriptions ask for code, every fifth judged");
    }

    /** Queries of the web ask for the code that answers them among all code of the set; every other answered one is judged. */
    private static SearchTask webQueries(Path data) {
        List<JsonObject> rows = objects(data.resolve("code_search/cosqa_dev.jsonl.gz"));
        Collected test = new Collected();
        rows.forEach(row -> test.document(row.string("code")));
        List<JsonObject> answered =
                rows.stream().filter(row -> row.number("label") == 1).toList();
        for (int i = 0; i < answered.size(); i += 2) {
            test.judge(
                    answered.get(i).string("query"),
                    test.document(answered.get(i).string("code")));
        }
        List<HardNegatives.Pair> pairs = new ArrayList<>();
        Set<String> judged = test.judged();
        for (JsonObject row : answered) {
            String code = row.string("code");
            if (!test.asks(row.string("query")) && !judged.contains(test.document(code))) {
                pairs.add(new HardNegatives.Pair(row.string("query"), code));
            }
        }
        return test.task(
                pairs, List.of(), Method.CROPS, "queries of the web ask for code, every other answered one judged");
    }

    /** The first sentence of a paraphrase asks for the second among all second sentences of the test part. */
    private static SearchTask paraphrases(Path data) {
        Collected test = new Collected();
        lines(data.resolve("msrp/msr-para-test.tsv"))
                .skip(1)
                .map(line -> line.split("\t", -1))
                .forEach(cells -> {
                    String document = test.document(cells[4]);
                    if (cells[0].equals("1")) {
                        test.judge(cells[3], document);
                    }
                });
        List<HardNegatives.Pair> pairs = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        lines(data.resolve("msrp/msr-para-train.tsv"))
                .skip(1)
                .map(line -> line.split("\t", -1))
                .forEach(cells -> {
                    texts.add(cells[4]);
                    if (cells[0].equals("1") && Stream.of(cells[3], cells[4]).noneMatch(test::hasMet)) {
                        pairs.add(new HardNegatives.Pair(cells[3], cells[4]));
                    }
                });
        return test.task(pairs, texts, Method.CROPS, "sentences ask for their paraphrases");
    }

    /** A record of the left table asks for its match among the records of the right one; a left record is of one part only. */
    private static SearchTask entities(Path folder) {
        Collected test = new Collected();
        Set<String> learned = new HashSet<>();
        List<HardNegatives.Pair> pairs = new ArrayList<>();
        for (String part : List.of("train", "valid")) {
            for (String[] row : matches(folder.resolve(part + ".txt.gz"))) {
                test.document(row[1]);
                if (row[2].equals("1")) {
                    learned.add(words(row[0]));
                    pairs.add(new HardNegatives.Pair(row[0], row[1]));
                }
            }
        }
        List<String[]> judged = matches(folder.resolve("test.txt.gz"));
        judged.forEach(row -> test.document(row[1]));
        judged.stream()
                .filter(row -> row[2].equals("1") && !learned.contains(words(row[0])))
                .forEach(row -> test.judge(row[0], test.document(row[1])));
        return test.task(
                pairs,
                test.texts(),
                Method.CROPS,
                "records ask for their match in the other table; train and valid parts learned from");
    }

    /** Left record, right record, and 1 where they match. */
    static List<String[]> matches(Path file) {
        return lines(file)
                .filter(line -> !line.isBlank())
                .map(line -> line.split("\t", -1))
                .map(cells -> new String[] {record(cells[0]), record(cells[1]), cells[2].strip()})
                .toList();
    }

    /** What a record says, in whatever columns: a dirty table has values of one in those of others. */
    private static String words(String record) {
        return Stream.of(record.toLowerCase(Locale.ROOT).split(" ")).sorted().collect(Collectors.joining(" "));
    }

    /** The values of a record without the names of its columns. */
    private static String record(String written) {
        return written.replaceAll("COL \\S+ VAL", " ").replaceAll("\\s+", " ").strip();
    }

    private static List<CsvRecord> csv(Path file) {
        try (CsvReader<CsvRecord> rows = CsvReader.builder().ofCsvRecord(reader(file))) {
            return rows.stream().skip(1).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonObject> objects(Path file) {
        return lines(file).map(line -> Json.parse(file.toString(), line)).toList();
    }

    static Stream<String> lines(Path file) {
        try (BufferedReader reader = reader(file)) {
            return reader.lines().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedReader reader(Path file) throws IOException {
        InputStream stream = Files.newInputStream(file);
        return new BufferedReader(new InputStreamReader(
                file.toString().endsWith(".gz") ? new GZIPInputStream(stream) : stream, StandardCharsets.UTF_8));
    }

    /** A collection and its judgments while they are read; equal texts are one. */
    private static final class Collected {

        private final Map<String, String> documents = new LinkedHashMap<>();
        private final Map<String, String> queries = new LinkedHashMap<>();
        private final Map<String, Map<String, Integer>> judgments = new LinkedHashMap<>();

        /** The id of a text. */
        String document(String text) {
            return documents.computeIfAbsent(normal(text), key -> "d" + documents.size() + "\t" + text)
                    .split("\t", 2)[0];
        }

        void judge(String query, String document) {
            String id = queries.computeIfAbsent(normal(query), key -> "q" + queries.size() + "\t" + query)
                    .split("\t", 2)[0];
            judgments.computeIfAbsent(id, key -> new LinkedHashMap<>()).put(document, 1);
        }

        /** Whether a text is a judged query. */
        boolean asks(String text) {
            return queries.containsKey(normal(text));
        }

        /** The ids of documents that answer a judged query. */
        Set<String> judged() {
            return judgments.values().stream()
                    .flatMap(answers -> answers.keySet().stream())
                    .collect(Collectors.toSet());
        }

        /** Whether a text is a judged query or in the collection. */
        boolean hasMet(String text) {
            return queries.containsKey(normal(text)) || documents.containsKey(normal(text));
        }

        List<String> texts() {
            return documents.values().stream()
                    .map(named -> named.split("\t", 2)[1])
                    .toList();
        }

        SearchTask task(List<HardNegatives.Pair> pairs, List<String> texts, Method method, String words) {
            Map<String, String> asked = new LinkedHashMap<>();
            queries.values().stream()
                    .map(named -> named.split("\t", 2))
                    .forEach(named -> asked.put(named[0], named[1]));
            return new SearchTask(
                    documents.values().stream()
                            .map(named -> named.split("\t", 2))
                            .map(named -> new Document(named[0], "", named[1]))
                            .toList(),
                    asked,
                    judgments,
                    pairs,
                    texts,
                    method,
                    words);
        }

        private static String normal(String text) {
            return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
        }
    }
}
