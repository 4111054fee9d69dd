package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveIndexTest {

    private static final Clouds MODEL = new Clouds("abc", 8, Prompts.NONE);

    @TempDir
    Path folder;

    private Path place;

    @BeforeEach
    void write() {
        place = folder.resolve("index");
        TextIndex.write(place, Stream.of(new Document("first", "", "a word")), MODEL);
    }

    private static void write(LiveIndex index, String id) {
        Document document = new Document(id, "", "text of " + id);
        index.write(
                List.of(document), MODEL.embed(List.of(document.content()), TextRole.DOCUMENT), MODEL.description());
    }

    @Test
    void who_was_answered_is_found_by_the_next_reader_and_on_the_disk_while_old_snapshots_stay() {
        try (LiveIndex live = LiveIndex.open(place);
                TextIndex before = live.snapshot()) {
            write(live, "second");
            try (TextIndex after = live.snapshot();
                    TextIndex onDisk = TextIndex.open(place)) {
                assertThat(after.find("second")).isPresent();
                assertThat(onDisk.find("second")).isPresent();
                assertThat(live.delete(List.of("second", "nobody"), MODEL.description()))
                        .isEqualTo(1);
                assertThat(live.delete(List.of("second"), MODEL.description())).isZero();
                assertThat(after.find("second")).isPresent();
            }
            try (TextIndex last = live.snapshot()) {
                assertThat(last.find("second")).isEmpty();
            }
            assertThat(before.find("second")).isEmpty();
            assertThat(before.search("a word", MODEL, 9)).hasSize(1);
        }
    }

    @Test
    void changes_by_many_threads_are_all_there_and_each_is_seen_by_who_made_it() throws Exception {
        int threads = 8;
        int each = 15;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (LiveIndex live = LiveIndex.open(place)) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                String name = "t" + t + "-";
                all.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < each; i++) {
                                write(live, name + i);
                                try (TextIndex now = live.snapshot()) {
                                    assertThat(now.find(name + i)).isPresent();
                                }
                            }
                        },
                        pool));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        } finally {
            pool.shutdownNow();
        }
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().documents()).isEqualTo(1 + threads * each);
        }
    }

    @Test
    void what_another_wrote_shows_after_a_refresh() {
        try (LiveIndex live = LiveIndex.open(place)) {
            try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description())) {
                writer.add(Stream.of(new Document("second", "", "x")), MODEL);
                writer.commit();
                assertThatThrownBy(() -> write(live, "third"))
                        .isInstanceOfSatisfying(
                                ChiaroException.class,
                                e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.RESOURCES));
            }
            try (TextIndex before = live.snapshot()) {
                assertThat(before.find("second")).isEmpty();
            }
            assertThat(live.refresh()).isTrue();
            assertThat(live.refresh()).as("nothing has changed since").isFalse();
            try (TextIndex after = live.snapshot()) {
                assertThat(after.find("second")).isPresent();
            }
            write(live, "third");
        }
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().documents()).isEqualTo(3);
        }
    }

    @Test
    void another_model_may_not_write_and_a_closed_one_gives_no_snapshot() {
        LiveIndex live = LiveIndex.open(place);
        Clouds other = new Clouds("def", 8, Prompts.NONE);
        assertThatThrownBy(() -> live.write(List.of(new Document("x", "", "x")), new float[1][8], other.description()))
                .hasMessageContaining("hash def");
        live.close();
        live.close();
        assertThatThrownBy(live::snapshot).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void half_of_a_batch_that_broke_off_is_not_committed_with_the_next() {
        try (LiveIndex live = LiveIndex.open(place)) {
            List<Document> breaking = new AbstractList<>() {
                private int asked;

                @Override
                public Document get(int i) {
                    // Fails where the first document was given to the writer already.
                    if (i == 1 && ++asked > 3) {
                        throw new IllegalStateException("planted");
                    }
                    return new Document("half" + i, "", "text");
                }

                @Override
                public int size() {
                    return 2;
                }
            };
            float[][] vectors = MODEL.embed(List.of("a", "b"), TextRole.DOCUMENT);
            assertThatThrownBy(() -> live.write(breaking, vectors, MODEL.description()))
                    .hasMessage("planted");
            write(live, "second");
            try (TextIndex now = live.snapshot()) {
                assertThat(now.find("second")).isPresent();
                assertThat(now.find("half0")).isEmpty();
            }
        }
    }
}
