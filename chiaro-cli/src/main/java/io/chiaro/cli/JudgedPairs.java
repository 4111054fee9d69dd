package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.judging.Judging;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Document;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the judged answers of queries as records to learn from. */
final class JudgedPairs {

    private final DataPairsCommand told;
    private final RetrievalData data;
    private final Map<String, String> texts;
    private final Set<String> unanswered = new HashSet<>();
    private int pairs;
    private int missing;

    private JudgedPairs(DataPairsCommand told, RetrievalData data) {
        this.told = told;
        this.data = data;
        Set<String> judged = data.judgments().values().stream()
                .flatMap(grades -> grades.keySet().stream())
                .collect(Collectors.toSet());
        try (Stream<Document> documents = data.documents()) {
            this.texts = documents
                    .filter(document -> judged.contains(document.id()))
                    .collect(Collectors.toMap(Document::id, Document::content, (first, second) -> first));
        }
    }

    static Object run(Output output, DataPairsCommand told) {
        Path folder = Judging.located(told.data);
        OutputFiles.requireJsonLines("--out", told.out);
        JudgedPairs made = new JudgedPairs(told, RetrievalData.open(folder, told.split));
        AtomicFiles.write(told.out, made::write);
        output.say(String.format(
                Locale.ROOT,
                "%,d pairs of %,d queries of the split \"%s\"; %,d queries gave none, %,d judged documents are not in the"
                        + " collection",
                made.pairs,
                made.data.queries().size(),
                told.split,
                made.unanswered.size(),
                made.missing));
        output.note("wrote " + told.out);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("pairs", made.pairs);
        document.put("queries", made.data.queries().size());
        document.put("without", made.unanswered.size());
        document.put("missing", made.missing);
        document.put("split", told.split);
        return document;
    }

    private void write(OutputStream stream) {
        data.queries().forEach((query, text) -> {
            int before = pairs;
            Objects.requireNonNull(data.judgments().get(query)).forEach((id, grade) -> {
                if (grade >= told.leastGrade) {
                    write(stream, query, text, id);
                }
            });
            if (pairs == before) {
                unanswered.add(query);
            }
        });
        if (pairs == 0) {
            throw ChiaroException.data(told.data + ": expected documents that are judged " + told.leastGrade
                    + " or more in the split \"" + told.split + "\", but found none. Take another split or a lower"
                    + " --least-grade.");
        }
    }

    private void write(OutputStream stream, String query, String text, String id) {
        String answer = texts.get(id);
        if (answer == null) {
            missing++;
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("anchor", text);
        line.put("positive", answer);
        line.put("query-id", query);
        line.put("document-id", id);
        try {
            stream.write((Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pairs++;
    }
}
