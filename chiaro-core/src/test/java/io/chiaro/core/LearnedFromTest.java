package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnedFromTest {

    @TempDir
    private Path folder;

    private Path model(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name).resolve("model"));
    }

    private void provenance(String name, String data, String base) {
        provenance(name, data, Map.of("base", base));
    }

    private void provenance(String name, String data, Map<String, Object> run) {
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
                        Json.parse("test", Json.line(run)),
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
    void what_a_teacher_and_a_guide_have_learned_from_is_learned_from_too() throws IOException {
        Path teacher = model("teacher");
        provenance("teacher", "t.jsonl", "fresh:tiny");
        Path guide = model("guide");
        LearnedFrom.NOTHING.and(Map.of("g.jsonl", "1")).write(guide);
        Path taught = model("taught");
        provenance(
                "taught",
                "a.jsonl",
                Map.of("base", "tiny", "set", Map.of("teacher", teacher.toString(), "guide", guide.toString())));
        assertThat(LearnedFrom.of(taught.toString()).data()).containsOnlyKeys("a.jsonl", "t.jsonl", "g.jsonl");
        assertThat(LearnedFrom.of("tiny", Map.of("teacher", teacher.toString(), "guide", "a name"))
                        .data())
                .containsOnlyKeys("t.jsonl");
    }

    @Test
    void contents_are_known_again_whatever_a_file_is_called_and_however_it_is_packed() throws IOException {
        Path plain = Files.writeString(folder.resolve("a.jsonl"), "some text\n");
        Path packed = folder.resolve("b.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("some text\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(LearnedFrom.content(packed)).isEqualTo(LearnedFrom.content(plain));
        Path model = model("a");
        LearnedFrom.NOTHING
                .and(Map.of(plain.toString(), "1"))
                .andContents(List.of(plain.toString(), "gone.jsonl"))
                .write(model);
        assertThat(LearnedFrom.of(model.toString()).contents())
                .hasValue(Map.of(plain.toString(), LearnedFrom.content(packed)));
    }

    @Test
    void what_was_written_before_contents_were_kept_is_read() throws IOException {
        Path model = model("old");
        Files.writeString(model.resolve(LearnedFrom.FILE), "{\"version\": 1, \"data\": {\"a.jsonl\": \"1\"}}");
        LearnedFrom read = LearnedFrom.of(model.toString());
        assertThat(read.data()).containsOnlyKeys("a.jsonl");
        assertThat(read.contents()).isEmpty();
        assertThat(read.and(Map.of("b.jsonl", "2")).version()).isEqualTo(LearnedFrom.VERSION);
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
                new String[] {"{\"version\": 3, \"data\": {}}", "{\"version\": 1, \"data\": {}, \"x\": 1}"}) {
            Files.writeString(model.resolve(LearnedFrom.FILE), text);
            assertThatThrownBy(() -> LearnedFrom.of(model.toString()))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining(LearnedFrom.FILE);
        }
    }
}
