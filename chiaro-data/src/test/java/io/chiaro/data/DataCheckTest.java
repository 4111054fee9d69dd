package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCheckTest {

    @TempDir
    Path folder;

    private DataCheck check() throws IOException {
        Path train = Files.writeString(folder.resolve("train.csv"), """
                anchor,positive,score
                A cat,a dog,1
                a  CAT,another dog,0
                same,Same,0.5
                ,empty,1
                x,y,NaN
                """);
        Path test = Files.writeString(folder.resolve("test.csv"), """
                anchor,positive,score
                new,text,1
                a dog,nothing,1
                A DOG,a cat,0
                """);
        return DataCheck.of(List.of(train, test), Optional.empty(), Optional.of(new WordEncoder()));
    }

    @Test
    void counts_rows_lengths_repeats_and_scores() throws IOException {
        DataCheck.Split train = check().splits().get(0);

        assertThat(train.roles()).isEqualTo("anchor=anchor,positive=positive,score=score");
        assertThat(train.shape()).isEqualTo("scored pairs");
        assertThat(train.rows()).isEqualTo(3);
        assertThat(train.skipped().counts()).isEqualTo(Map.of("empty text", 1L, "bad score", 1L));
        assertThat(train.sameAnchorAndPositive()).isEqualTo(1);
        DataCheck.Column anchor = train.columns().get(0);
        assertThat(anchor.repeated()).isEqualTo(1);
        assertThat(anchor.characters()).isEqualTo(new DataCheck.Lengths(4, 5, 6, 6, 6, 5));
        assertThat(anchor.tokens().orElseThrow()).isEqualTo(new DataCheck.Lengths(3, 4, 4, 4, 4, 11 / 3.0));
        assertThat(train.scores().orElseThrow().mean()).isEqualTo(0.5);
        assertThat(train.scores().orElseThrow().deviation()).isCloseTo(Math.sqrt(1 / 6.0), within(1e-15));
    }

    @Test
    void finds_texts_that_leak_between_files_whatever_their_case_and_column() throws IOException {
        DataCheck check = check();

        assertThat(check.leaks()).hasSize(1);
        DataCheck.Leak leak = check.leaks().get(0);
        assertThat(leak.rows()).isEqualTo(2);
        assertThat(leak.texts()).isEqualTo(3);
        assertThat(leak.line()).isEqualTo(3);
    }

    @Test
    void counts_labels() throws IOException {
        Path file = Files.writeString(folder.resolve("l.csv"), "text,label\na,x\nb,y\nc,x\n");
        DataCheck check = DataCheck.of(List.of(file), Optional.empty(), Optional.empty());

        assertThat(check.splits().get(0).labels()).isEqualTo(Map.of("x", 2L, "y", 1L));
        assertThat(check.splits().get(0).columns().get(0).tokens()).isEmpty();
        assertThat(check.leaks()).isEmpty();
    }

    @Test
    void prints_a_table_and_json() throws IOException {
        DataCheck check = check();

        assertThat(check.table())
                .contains("anchor=anchor,positive=positive,score=score")
                .contains("3 (2 rows skipped: 1 bad score, 1 empty text)")
                .contains("line 5, column \"anchor\": expected a text, but found an empty one")
                .contains("leak: 2 rows of");
        JsonObject json = Json.parse("check", Json.text(check));
        assertThat(json.objects("splits").get(0).longInteger("same-anchor-and-positive"))
                .isEqualTo(1);
        assertThat(json.objects("leaks").get(0).longInteger("rows")).isEqualTo(2);
    }
}
