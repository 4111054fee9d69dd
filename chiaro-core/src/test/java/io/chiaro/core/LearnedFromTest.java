package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnedFromTest {

    @TempDir
    private Path folder;

    private Path model(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name).resolve("model"));
    }

    private void provenance(String name, String data, String base) {
        Json.write(
                folder.resolve(name).resolve("provenance.json"),
                new Provenance(
                        1,
                        "0.1.0",
                        Provenance.Machine.here("mkl", 1),
                        42,
                        "mnrl",
                        "ab12",
                        Map.of(data, "cd34"),
                        Json.parse("test", Json.line(Map.of("base", base))),
                        "2026-01-02T03:04:05Z"));
    }

    @Test
    void what_a_folder_says_of_its_model_comes_back_and_sources_are_added_to_it() throws IOException {
        Path model = model("a");
        LearnedFrom.NOTHING.and(Map.of("a.jsonl", "1")).write(model);
        LearnedFrom read = LearnedFrom.of(model.toString()).and(Map.of("b.jsonl", "2"));
        assertThat(read.data()).containsExactly(Map.entry("a.jsonl", "1"), Map.entry("b.jsonl", "2"));
        LearnedFrom.NOTHING.write(model);
        assertThat(model.resolve(LearnedFrom.FILE)).doesNotExist();
    }

    @Test
    void an_older_model_is_known_by_what_lies_beside_it_and_its_base() throws IOException {
        Path first = model("first");
        provenance("first", "a.jsonl", "fresh:tiny");
        Path second = model("second");
        provenance("second", "b.jsonl", first.toString());
        assertThat(LearnedFrom.of(second.toString()).data()).containsOnlyKeys("a.jsonl", "b.jsonl");
        LearnedFrom.NOTHING.and(Map.of("c.jsonl", "3")).write(first);
        assertThat(LearnedFrom.of(second.toString()).data()).containsOnlyKeys("b.jsonl", "c.jsonl");
    }

    @Test
    void a_circle_of_bases_ends() throws IOException {
        Path model = model("circle");
        provenance("circle", "a.jsonl", model.toString());
        assertThat(LearnedFrom.of(model.toString()).data()).containsOnlyKeys("a.jsonl");
        assertThat(LearnedFrom.of("a name").data()).isEmpty();
    }

    @Test
    void another_version_and_an_unknown_key_are_refused() throws IOException {
        Path model = model("strange");
        for (String text :
                new String[] {"{\"version\": 2, \"data\": {}}", "{\"version\": 1, \"data\": {}, \"x\": 1}"}) {
            Files.writeString(model.resolve(LearnedFrom.FILE), text);
            assertThatThrownBy(() -> LearnedFrom.of(model.toString()))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining(LearnedFrom.FILE);
        }
    }
}
