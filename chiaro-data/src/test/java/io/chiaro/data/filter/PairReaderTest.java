package io.chiaro.data.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.BadRows;
import io.chiaro.data.Roles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairReaderTest {

    private static final Roles PAIRS = Roles.parse("anchor=anchor,positive=positive");

    @TempDir
    Path folder;

    private static List<PairRow> read(PairReader reader) {
        List<PairRow> rows = new ArrayList<>();
        for (PairRow row = reader.next(); row != null; row = reader.next()) {
            rows.add(row);
        }
        return rows;
    }

    @Test
    void absent_and_empty_texts_are_handed_out_and_rows_of_another_kind_are_counted() throws IOException {
        Path file = Files.writeString(folder.resolve("pairs.jsonl"), """
                {"anchor": "a", "positive": "b", "source": 7}
                {"anchor": "a", "positive": null}
                {"positive": ""}
                {"anchor": ["a"], "positive": "b"}
                {"anchor": "a", "positive": {"text": "b"}}
                broken
                {"anchor": "c", "positive": "d"}
                """);
        try (PairReader reader = PairReader.open(file, PAIRS, BadRows.SKIP)) {
            List<PairRow> rows = read(reader);
            assertThat(rows).extracting(PairRow::line).containsExactly(1L, 2L, 3L, 7L);
            assertThat(rows)
                    .extracting(row -> row.pair().anchor().text() + "|"
                            + row.pair().positive().text())
                    .containsExactly("a|b", "a|", "|", "c|d");
            assertThat(rows.get(0).row().value("source")).isEqualTo(7L);
            assertThat(reader.skipped().counts()).isEqualTo(Map.of("wrong type", 2L, "broken row", 1L));
            assertThat(reader.skipped().examples().get(0)).contains("line 4", "column \"anchor\"", "expected a text");
        }
        try (PairReader reader = PairReader.open(file, PAIRS, BadRows.STOP)) {
            assertThatThrownBy(() -> read(reader))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("line 4");
        }
    }

    @Test
    void files_without_a_header_are_read_by_position_and_a_positive_is_asked_for() throws IOException {
        Path file = Files.writeString(folder.resolve("pairs.tsv"), "1\ta dog\ta cat\n2\ta cow\t\n");
        try (PairReader reader = PairReader.open(file, Roles.parse("anchor=#2,positive=#3"), BadRows.STOP)) {
            assertThat(read(reader))
                    .extracting(row -> row.pair().positive().text())
                    .containsExactly("a cat", "");
        }
        assertThatThrownBy(() -> PairReader.open(file, Roles.parse("anchor=#2"), BadRows.STOP))
                .hasMessageContaining("expected pairs of an anchor and a positive");
        assertThatThrownBy(() -> PairReader.open(file, PAIRS, BadRows.STOP)).hasMessageContaining("\"anchor\"");
    }
}
