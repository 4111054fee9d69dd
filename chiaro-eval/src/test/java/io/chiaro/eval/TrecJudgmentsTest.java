package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrecJudgmentsTest {

    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("test.qrels"), text);
    }

    @Test
    void what_is_written_is_read_again() {
        Map<String, Map<String, Integer>> judgments = Map.of("q1", Map.of("d1", 2, "d2", 0), "q2", Map.of("d1", -1));
        TrecJudgments.write(folder.resolve("out"), judgments);
        assertThat(TrecJudgments.read(folder.resolve("out"))).isEqualTo(judgments);
    }

    @Test
    void fields_are_parted_by_spaces_or_tabs_and_the_iteration_says_nothing() throws IOException {
        assertThat(TrecJudgments.read(file("301 0 FR-1 1\n\n301\tQ0\tFR-2\t0\n")))
                .isEqualTo(Map.of("301", Map.of("FR-1", 1, "FR-2", 0)));
    }

    @Test
    void a_bad_line_says_where_it_is() throws IOException {
        Path file = file("301 0 FR-1 1\n301 0 FR-1\n");
        assertThatThrownBy(() -> TrecJudgments.read(file))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("test.qrels:2");
        Path twice = file("301 0 FR-1 1\n301 0 FR-1 2\n");
        assertThatThrownBy(() -> TrecJudgments.read(twice))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected one grade");
        assertThatThrownBy(() -> TrecJudgments.write(folder.resolve("o"), Map.of("a b", Map.of("d", 1))))
                .isInstanceOf(ChiaroException.class);
    }

    @Test
    void a_folder_may_have_its_judgments_in_this_form() throws IOException {
        Files.createDirectories(folder.resolve("qrels"));
        Files.writeString(folder.resolve("corpus.jsonl"), "{\"_id\":\"d1\",\"title\":\"\",\"text\":\"a\"}\n");
        Files.writeString(folder.resolve("queries.jsonl"), "{\"_id\":\"q1\",\"text\":\"b\"}\n");
        Files.writeString(folder.resolve("qrels/test.qrels"), "q1 0 d1 1\n");
        assertThat(RetrievalData.open(folder, "test").judgments()).isEqualTo(Map.of("q1", Map.of("d1", 1)));
    }
}
