package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import io.chiaro.model.Prompts;
import io.chiaro.search.vector.Allowed;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionMapTest {

    @TempDir
    Path folder;

    private static final Clouds MODEL = new Clouds("abc", 24, Prompts.NONE);

    private static Stream<Document> documents() {
        return IntStream.range(0, 120)
                .mapToObj(i -> new Document(
                        "d" + i,
                        "",
                        "cloud" + i % 4 + " text " + i + " " + "long ".repeat(30),
                        i == 5 ? Metadata.NONE : metadata("cloud" + i % 4, i)));
    }

    private static Metadata metadata(String kind, int number) {
        JsonObject object =
                Json.parse("test", "{\"kind\": \"" + kind + "\", \"number\": " + number + ", \"same\": true}");
        return Metadata.from(object);
    }

    @Test
    void a_map_is_read_as_it_was_made_and_has_the_fields_of_few_values() {
        TextIndex.write(folder, documents(), MODEL);
        try (TextIndex index = TextIndex.open(folder)) {
            assertThat(index.map()).isEmpty();
            CollectionMap made = index.drawMap(42);
            CollectionMap read = index.map().orElseThrow();

            assertThat(read).isEqualTo(made);
            assertThat(index.isOf(read)).isTrue();
            assertThat(read.ids()).hasSize(120).doesNotHaveDuplicates();
            assertThat(read.labels()).allMatch(label -> label.startsWith("cloud") && label.length() <= 81);
            assertThat(read.x()).allMatch(x -> x >= 0 && x <= CollectionMap.EXTENT);
            assertThat(read.fields()).extracting(CollectionMap.Field::name).containsExactly("kind");
            CollectionMap.Field kind = read.fields().get(0);
            for (int i = 0; i < 120; i++) {
                String id = read.ids().get(i);
                int code = kind.codes().get(i);
                if (id.equals("d5")) {
                    assertThat(code).isEqualTo(-1);
                } else {
                    assertThat(kind.values().get(code)).isEqualTo("cloud" + Integer.parseInt(id.substring(1)) % 4);
                }
            }
            assertThat(index.drawMap(42)).isEqualTo(made);
            assertThat(index.drawMap(43).x()).isNotEqualTo(made.x());
        }
    }

    @Test
    void a_map_is_of_an_older_state_after_a_change_and_gone_when_the_index_is_written_anew() {
        TextIndex.write(folder, documents(), MODEL);
        try (TextIndex index = TextIndex.open(folder)) {
            index.drawMap(1);
        }
        try (TextIndexWriter writer = TextIndexWriter.open(folder)) {
            writer.delete(List.of("d7"));
            writer.commit();
        }
        try (TextIndex index = TextIndex.open(folder)) {
            CollectionMap old = index.map().orElseThrow();
            assertThat(index.isOf(old)).isFalse();
            assertThat(old.ids()).contains("d7");
            assertThat(index.missing(old.ids())).containsExactly("d7");
            CollectionMap left = old.without(Set.of("d7"));
            assertThat(left.documents()).isEqualTo(120);
            assertThat(left.ids()).hasSize(119).doesNotContain("d7");
            for (int i = 0; i < 119; i++) {
                int before = old.ids().indexOf(left.ids().get(i));
                assertThat(left.labels().get(i)).isEqualTo(old.labels().get(before));
                assertThat(left.x().get(i)).isEqualTo(old.x().get(before));
                assertThat(left.y().get(i)).isEqualTo(old.y().get(before));
                assertThat(left.fields().get(0).codes().get(i))
                        .isEqualTo(old.fields().get(0).codes().get(before));
            }
            CollectionMap again = index.drawMap(1);
            assertThat(index.isOf(again)).isTrue();
            assertThat(again.ids()).hasSize(119).doesNotContain("d7");
        }
        TextIndex.write(folder, documents(), MODEL);
        try (TextIndex index = TextIndex.open(folder)) {
            assertThat(index.map()).isEmpty();
        }
    }

    @Test
    void a_collection_that_is_too_large_is_shown_by_documents_evenly_over_the_index() throws Exception {
        TextIndex.write(folder, documents(), MODEL);
        try (TextIndex index = TextIndex.open(folder);
                org.apache.lucene.store.Directory directory = org.apache.lucene.store.FSDirectory.open(folder);
                org.apache.lucene.index.DirectoryReader reader =
                        org.apache.lucene.index.DirectoryReader.open(directory)) {
            CollectionMap map = MapMaking.of(reader, Allowed.undeleted(reader), "state", 1, 40);
            assertThat(map.documents()).isEqualTo(120);
            assertThat(map.ids())
                    .isEqualTo(IntStream.range(0, 40).mapToObj(i -> "d" + 3 * i).toList());
            assertThat(index.isOf(map)).isFalse();
        }
    }
}
