package io.chiaro.cli.comparison;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Json;
import io.chiaro.data.BadRows;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.RecordReader;
import io.chiaro.data.Roles;
import io.chiaro.eval.Task;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of records in two parts that share no text: one to learn from and one to judge by. Which record falls into which is
 * told by a hash of its anchor; a record to learn from with a text of the other part is dropped and counted. Held-out pairs
 * become a collection in which every second text is a document, scored pairs a file of similarities, labelled texts a file
 * of classes.
 *
 * @param train records to learn from, in the roles of their own names
 * @param task what the held-out part is judged by
 * @param judged where it stands
 * @param learned how many records are learned from
 * @param heldOut how many are held out
 * @param crossing how many were dropped
 */
public record HeldOut(Path train, Task task, Path judged, int learned, int heldOut, int crossing) {

    private static final int ONE_IN = 5;
    private static final int MOST = 2_000;
    /** Records that a probe over classes is fitted to. */
    private static final int MOST_PROBED = 5_000;

    /** Cuts a file into a folder; what stands there is written anew. Memory holds the held-out part alone. */
    public static HeldOut cut(Path file, @Nullable String roles, Path folder) {
        Roles read = roles(file, roles);
        List<Example> held = new ArrayList<>();
        Set<String> heldTexts = new HashSet<>();
        ExampleShape shape;
        try (ExampleReader reader = ExampleReader.open(file, read, BadRows.STOP)) {
            shape = reader.shape();
            for (Example example = reader.next(); example != null && held.size() < MOST; example = reader.next()) {
                if (isHeld(example.texts().get(0))) {
                    held.add(example);
                    example.texts().forEach(text -> heldTexts.add(normal(text)));
                }
            }
        }
        Task task = task(shape);
        Path train = folder.resolve("train.jsonl");
        Path judged = folder.resolve("held-out");
        if (task == Task.RETRIEVAL) {
            collection(judged, held);
        } else {
            lines(
                    judged.resolve("test.jsonl"),
                    held.stream().map(HeldOut::judgeable).toList());
        }
        long last = held.isEmpty() ? 0 : held.get(held.size() - 1).line();
        Learned learned = learned(file, read, train, judged, heldTexts, last);
        if (learned.kept() == 0 || held.size() < 2) {
            throw ChiaroException.data(file + ": expected enough records to hold some out, but there are "
                    + learned.kept() + " to learn from and " + held.size()
                    + " to judge by. Give --eval TASK:PATH, or more "
                    + "records.");
        }
        return new HeldOut(train, task, judged, learned.kept(), held.size(), learned.crossing());
    }

    private record Learned(int kept, int crossing) {}

    /** Writes what is learned from, and, for a probe over classes, its first records beside the held-out ones. */
    private static Learned learned(
            Path file, Roles roles, Path train, Path judged, Set<String> heldTexts, long lastHeld) {
        int[] counts = new int[2];
        List<Map<String, Object>> probed = new ArrayList<>();
        AtomicFiles.createFolder(Objects.requireNonNull(train.toAbsolutePath().getParent()));
        AtomicFiles.write(train, stream -> {
            try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.STOP)) {
                ExampleShape shape = reader.shape();
                for (Example example = reader.next(); example != null; example = reader.next()) {
                    if (example.line() <= lastHeld && isHeld(example.texts().get(0))) {
                        continue;
                    }
                    if (example.texts().stream().anyMatch(text -> heldTexts.contains(normal(text)))) {
                        counts[1]++;
                        continue;
                    }
                    counts[0]++;
                    stream.write((Json.line(record(example, shape)) + "\n").getBytes(StandardCharsets.UTF_8));
                    if (shape.kind() == ExampleShape.Kind.LABELLED_TEXTS && probed.size() < MOST_PROBED) {
                        probed.add(judgeable(example));
                    }
                }
            }
        });
        if (!probed.isEmpty()) {
            lines(judged.resolve("train.jsonl"), probed);
        }
        return new Learned(counts[0], counts[1]);
    }

    /** The roles that are told, or those that the columns' names tell. */
    public static Roles roles(Path file, @Nullable String told) {
        if (told != null) {
            return Roles.parse(told);
        }
        try (RecordReader reader = RecordReader.open(file)) {
            return Roles.defaults(file, reader.columns());
        }
    }

    private static Task task(ExampleShape shape) {
        return switch (shape.kind()) {
            case PAIRS, TRIPLETS, PAIRS_WITH_NEGATIVES, SCORED_NEGATIVES -> Task.RETRIEVAL;
            case SCORED_PAIRS -> Task.STS;
            case LABELLED_PAIRS -> Task.PAIRS;
            case LABELLED_TEXTS -> Task.CLASSIFY;
            case TEXTS ->
                throw ChiaroException.usage("compare: bare texts hold nothing to judge by. Give --eval TASK:PATH.");
        };
    }

    private static boolean isHeld(String anchor) {
        String hash = Hashes.sha256(normal(anchor).getBytes(StandardCharsets.UTF_8));
        return Integer.parseInt(hash.substring(0, 6), 16) % ONE_IN == 0;
    }

    private static String normal(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    /** A record in the roles of its own names. */
    private static Map<String, Object> record(Example example, ExampleShape shape) {
        Map<String, Object> record = new LinkedHashMap<>();
        List<String> texts = example.texts();
        record.put("anchor", texts.get(0));
        if (texts.size() > 1) {
            record.put("positive", texts.get(1));
        }
        if (shape.negatives() > 0) {
            record.put("negative", shape.negatives() == 1 ? texts.get(2) : texts.subList(2, texts.size()));
        }
        if (!example.scores().isEmpty()) {
            record.put("score", example.scores().size() == 1 ? example.scores().get(0) : example.scores());
        }
        if (example.label() != null) {
            record.put("label", example.label());
        }
        return record;
    }

    private static Map<String, Object> judgeable(Example example) {
        Map<String, Object> record = new LinkedHashMap<>();
        boolean pair = example.texts().size() > 1;
        record.put(pair ? "text1" : "text", example.texts().get(0));
        if (pair) {
            record.put("text2", example.texts().get(1));
        }
        if (!example.scores().isEmpty()) {
            record.put("score", example.scores().get(0));
        }
        if (example.label() != null) {
            record.put("label", example.label());
        }
        return record;
    }

    /** Every text but the anchors is a document, and each anchor's positives are its right answers. */
    private static void collection(Path folder, List<Example> held) {
        Map<String, String> documents = new LinkedHashMap<>();
        Map<String, Set<String>> answers = new LinkedHashMap<>();
        for (Example example : held) {
            for (String text : example.texts().subList(1, example.texts().size())) {
                documents.putIfAbsent(text, "d" + documents.size());
            }
            answers.computeIfAbsent(example.texts().get(0), anchor -> new LinkedHashSet<>())
                    .add(Objects.requireNonNull(documents.get(example.texts().get(1))));
        }
        List<Map<String, Object>> queries = new ArrayList<>();
        StringBuilder judgments = new StringBuilder("query-id\tcorpus-id\tscore\n");
        answers.forEach((anchor, ids) -> {
            String id = "q" + queries.size();
            queries.add(Map.of("_id", id, "text", anchor));
            ids.forEach(document ->
                    judgments.append(id).append('\t').append(document).append("\t1\n"));
        });
        List<Map<String, Object>> corpus = new ArrayList<>();
        documents.forEach((text, id) -> corpus.add(Map.of("_id", id, "title", "", "text", text)));
        lines(folder.resolve("corpus.jsonl"), corpus);
        lines(folder.resolve("queries.jsonl"), queries);
        write(folder.resolve("qrels").resolve("test.tsv"), judgments.toString());
    }

    private static void lines(Path file, List<Map<String, Object>> records) {
        StringBuilder text = new StringBuilder();
        records.forEach(record -> text.append(Json.line(record)).append('\n'));
        write(file, text.toString());
    }

    private static void write(Path file, String text) {
        AtomicFiles.createFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
        AtomicFiles.write(file, text);
    }
}
