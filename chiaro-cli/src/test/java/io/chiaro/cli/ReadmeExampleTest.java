package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.RunFile;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.text.TextTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the README, compiled and run. */
class ReadmeExampleTest {

    private static final Path SOURCE = Path.of("src/test/java/io/chiaro/cli/ReadmeExampleTest.java");
    private static final Path README = Path.of("../README.md");

    // [README
    static List<TextHit> learnAndSearch(String pairs, String base, String out, String question) {
        RunFile run = RunFile.defaults()
                .with("example", Map.of("data", List.of(Map.of("path", pairs)), "base", base, "out", out, "epochs", 1));
        try (TextTraining training = TextTraining.start(run, TextTraining.Options.defaults())) {
            training.run(); // out/model now opens in sentence-transformers and ONNX Runtime
        }
        Path index = Path.of(out, "index");
        Stream<Document> texts = Stream.of(new Document("1", "", "Larks sing."), new Document("2", "", "Cats purr."));
        try (Embedder model = OnnxEmbedder.open(out + "/model", OnnxSettings.defaults())) {
            TextIndex.write(index, texts, model);
            try (TextIndex opened = TextIndex.open(index)) {
                return opened.search(question, model, 1);
            }
        }
    }
    // README]

    @Test
    void the_readme_shows_these_lines() throws IOException {
        List<String> source = Files.readAllLines(SOURCE);
        List<String> shown =
                source.subList(source.indexOf("    // [README") + 1, source.indexOf("    // README]")).stream()
                        .map(line -> line.startsWith("    ") ? line.substring(4) : line)
                        .toList();
        List<String> readme = Files.readAllLines(README);
        int start = readme.indexOf("```java");
        int end = start + readme.subList(start, readme.size()).indexOf("```");

        assertThat(start).isNotNegative();
        assertThat(String.join("\n", readme.subList(start + 1, end))).isEqualTo(String.join("\n", shown));
    }

    @Test
    void and_they_train_and_search(@TempDir Path folder) throws IOException {
        Path pairs = folder.resolve("pairs.jsonl");
        Files.writeString(pairs, """
                {"anchor": "what do larks do", "positive": "Larks sing."}
                {"anchor": "what do cats do", "positive": "Cats purr."}
                {"anchor": "what do dogs do", "positive": "Dogs bark."}
                {"anchor": "what do bees do", "positive": "Bees hum."}
                """);

        List<TextHit> hits = learnAndSearch(
                pairs.toString(), "fresh:tiny", folder.resolve("run").toString(), "what do larks do");

        assertThat(hits).hasSize(1);
        assertThat(hits.get(0).text()).isIn("Larks sing.", "Cats purr.");
        assertThat(folder.resolve("run/model/onnx/model.onnx")).isRegularFile();
    }
}
