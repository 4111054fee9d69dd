package io.chiaro.benchmarks;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.chiaro.core.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
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
import java.util.zip.GZIPInputStream;

/**
 * Turns the public sets as they are stored into files that {@code fit} reads, once. No text of the STS benchmark's dev and
 * test parts gets into what a model learns from.
 */
public final class LearningData {

    private final Path data;
    private final Path out;
    private final Set<String> judged = new HashSet<>();

    private LearningData(Path data, Path out) {
        this.data = data;
        this.out = out;
    }

    /** Writes the training files of the study into a folder, where they are not there yet. */
    public static LearningData prepare(Path data, Path out) throws IOException {
        LearningData prepared = new LearningData(data, out);
        Files.createDirectories(out);
        for (String split : List.of("dev", "test")) {
            for (CsvRecord row : prepared.csv("stsb/stsb-en-" + split + ".csv")) {
                prepared.judged.add(normal(row.getField(0)));
                prepared.judged.add(normal(row.getField(1)));
            }
        }
        prepared.write(prepared.scored(), prepared.scoredPairs());
        prepared.write(prepared.triplets(), prepared.entailments());
        prepared.write(prepared.sentences(), prepared.plain());
        return prepared;
    }

    /** The STS benchmark's train part: scored pairs. */
    public Path scored() {
        return out.resolve("stsb-train.jsonl");
    }

    /** SNLI: premise, a hypothesis that follows, one that contradicts. */
    public Path triplets() {
        return out.resolve("snli-triplets.jsonl");
    }

    /** Bare sentences of captions, news and paraphrases. */
    public Path sentences() {
        return out.resolve("sentences.jsonl");
    }

    private List<Map<String, Object>> scoredPairs() throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (CsvRecord row : csv("stsb/stsb-en-train.csv")) {
            if (clean(row.getField(0)) && clean(row.getField(1))) {
                Map<String, Object> record = new LinkedHashMap<>();
                record.put("anchor", row.getField(0));
                record.put("positive", row.getField(1));
                record.put("score", Double.parseDouble(row.getField(2)) / 5);
                rows.add(record);
            }
        }
        return rows;
    }

    private List<Map<String, Object>> entailments() throws IOException {
        Map<String, String> entailed = new LinkedHashMap<>();
        Map<String, String> contradicted = new LinkedHashMap<>();
        for (String split : List.of("dev", "test")) {
            for (CsvRecord row : csv("snli_small/snli_" + split + ".csv.gz")) {
                String premise = row.getField(1);
                String hypothesis = row.getField(2);
                if (clean(premise) && clean(hypothesis)) {
                    switch (row.getField(0)) {
                        case "entailment" -> entailed.putIfAbsent(premise, hypothesis);
                        case "contradiction" -> contradicted.putIfAbsent(premise, hypothesis);
                        default -> {}
                    }
                }
            }
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        entailed.forEach((premise, follows) -> {
            String against = contradicted.get(premise);
            if (against != null) {
                Map<String, Object> record = new LinkedHashMap<>();
                record.put("anchor", premise);
                record.put("positive", follows);
                record.put("negative", against);
                rows.add(record);
            }
        });
        return rows;
    }

    private List<Map<String, Object>> plain() throws IOException {
        Set<String> texts = new LinkedHashSet<>();
        Set<String> train = new HashSet<>();
        try (BufferedReader names = reader("flickr8k_captions/Flickr_8k.trainImages.txt.gz")) {
            names.lines().forEach(train::add);
        }
        try (BufferedReader captions = reader("flickr8k_captions/Flickr8k.token.txt.gz")) {
            captions.lines()
                    .map(line -> line.split("\t", -1))
                    .filter(cells -> train.contains(cells[0].replaceAll("#\\d$", "")))
                    .forEach(cells -> texts.add(cells[1]));
        }
        for (CsvRecord row : csv("agnews_test/test.csv.gz")) {
            texts.add(row.getField(1));
            texts.add(row.getField(2));
        }
        try (BufferedReader paraphrases = reader("msrp/msr-para-train.tsv")) {
            paraphrases.lines().skip(1).map(line -> line.split("\t", -1)).forEach(cells -> {
                texts.add(cells[3]);
                texts.add(cells[4]);
            });
        }
        for (String split : List.of("dev", "test")) {
            for (CsvRecord row : csv("snli_small/snli_" + split + ".csv.gz")) {
                texts.add(row.getField(1));
                texts.add(row.getField(2));
            }
        }
        return texts.stream()
                .filter(text -> !text.isBlank() && clean(text))
                .map(text -> Map.<String, Object>of("anchor", text))
                .toList();
    }

    private boolean clean(String text) {
        return !judged.contains(normal(text));
    }

    private static String normal(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
    }

    private void write(Path file, List<Map<String, Object>> rows) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (BufferedWriter writer = Files.newBufferedWriter(part)) {
            for (Map<String, Object> row : rows) {
                writer.write(Json.line(row));
                writer.newLine();
            }
        }
        Files.move(part, file);
    }

    private List<CsvRecord> csv(String name) {
        boolean header = name.startsWith("snli");
        try (CsvReader<CsvRecord> rows = CsvReader.builder().ofCsvRecord(reader(name))) {
            List<CsvRecord> records = rows.stream().toList();
            return header ? records.subList(1, records.size()) : records;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BufferedReader reader(String name) throws IOException {
        InputStream stream = Files.newInputStream(data.resolve(name));
        return new BufferedReader(new InputStreamReader(
                name.endsWith(".gz") ? new GZIPInputStream(stream) : stream, StandardCharsets.UTF_8));
    }
}
