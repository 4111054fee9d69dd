package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import io.chiaro.model.MetadataValue;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.search.filter.Filter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that begins empty and loses what a filter names. */
class LiveIndexFilterTest {

    private static final Clouds MODEL = new Clouds("abc", 8, Prompts.NONE);

    @TempDir
    Path folder;

    private static void write(LiveIndex index, int from, int to) {
        List<Document> documents = IntStream.range(from, to)
                .mapToObj(i -> new Document(
                        "d" + i, "", "text " + i, new Metadata(Map.of("year", new MetadataValue.Figure(2000 + i)))))
                .toList();
        index.write(
                documents,
                MODEL.embed(documents.stream().map(Document::content).toList(), TextRole.DOCUMENT),
                MODEL.description());
    }

    private static int count(LiveIndex index) {
        try (TextIndex now = index.snapshot()) {
            return now.description().documents();
        }
    }

    @Test
    void where_there_is_none_an_index_begins_and_opens_again_for_the_same_model_only() {
        Path place = folder.resolve("new");
        try (LiveIndex index = LiveIndex.open(place, MODEL.description())) {
            assertThat(count(index)).isZero();
            write(index, 0, 3);
        }
        try (LiveIndex index = LiveIndex.open(place, MODEL.description())) {
            assertThat(count(index)).isEqualTo(3);
        }
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> LiveIndex.open(place, new Clouds("def", 8, Prompts.NONE).description()))
                .withMessageContaining("expected documents of the model");
    }

    @Test
    void what_meets_a_filter_is_deleted_and_nothing_else() {
        try (LiveIndex index = LiveIndex.open(folder.resolve("new"), MODEL.description())) {
            write(index, 0, 700);
            write(index, 700, 1000);

            assertThat(index.delete(new Filter.Range("year", 2100, 2899), MODEL.description()))
                    .isEqualTo(800);
            assertThat(count(index)).isEqualTo(200);
            try (TextIndex now = index.snapshot()) {
                assertThat(now.find("d99")).isPresent();
                assertThat(now.find("d100")).isEmpty();
                assertThat(now.find("d899")).isEmpty();
                assertThat(now.find("d900")).isPresent();
            }
            assertThat(index.delete(Filter.EVERYTHING, MODEL.description())).isEqualTo(200);
            assertThat(count(index)).isZero();
            assertThat(index.delete(Filter.equal("yaer", "2000"), MODEL.description()))
                    .as("where nothing is, no name can be wrong")
                    .isZero();
        }
    }

    @Test
    void a_filter_by_a_name_that_no_document_has_deletes_nothing() {
        try (LiveIndex index = LiveIndex.open(folder.resolve("new"), MODEL.description())) {
            write(index, 0, 3);

            assertThatExceptionOfType(ChiaroException.class)
                    .isThrownBy(() -> index.delete(Filter.equal("yaer", "2000"), MODEL.description()))
                    .withMessageContaining("Did you mean \"year\"?");
            assertThat(count(index)).isEqualTo(3);
        }
    }
}
