package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedSnapshotTest {

    private static final Clouds MODEL = new Clouds("abc", 8, Prompts.NONE);

    @TempDir
    Path folder;

    private Path place;
    private LiveIndex live;

    @BeforeEach
    void open() {
        place = folder.resolve("index");
        TextIndex.write(place, Stream.of(new Document("first", "", "a word")), MODEL);
        live = LiveIndex.open(place);
    }

    @AfterEach
    void close() {
        live.close();
    }

    private void write(String id) {
        Document document = new Document(id, "", "text of " + id);
        live.write(List.of(document), MODEL.embed(List.of(document.content()), TextRole.DOCUMENT), MODEL.description());
    }

    @Test
    void a_snapshot_is_an_index_that_stays_as_it_was_and_can_be_listed_and_removed() throws IOException {
        assertThat(live.saved()).isEmpty();
        SavedSnapshot first = live.save("before-2026.1", MODEL.description());
        write("second");
        live.save("after", MODEL.description());

        assertThat(first.documents()).isEqualTo(1);
        assertThat(first.bytes()).isPositive();
        assertThat(live.saved()).extracting(SavedSnapshot::name).containsExactly("after", "before-2026.1");
        assertThat(live.saved()).extracting(SavedSnapshot::documents).containsExactly(2, 1);
        assertThat(live.saved()).contains(first);
        try (TextIndex old = TextIndex.open(place.resolve("snapshots/before-2026.1"))) {
            assertThat(old.search("a word", MODEL, 9)).extracting(TextHit::id).containsExactly("first");
        }

        assertThat(live.removeSaved("before-2026.1")).isTrue();
        assertThat(live.removeSaved("before-2026.1")).isFalse();
        assertThat(live.saved()).extracting(SavedSnapshot::name).containsExactly("after");
        try (Stream<Path> left = Files.list(place.resolve("snapshots"))) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("after");
        }
    }

    @Test
    void a_snapshot_that_was_damaged_is_not_listed_and_can_be_removed() throws IOException {
        live.save("good", MODEL.description());
        live.save("damaged", MODEL.description());
        try (Stream<Path> files = Files.list(place.resolve("snapshots/damaged"))) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().startsWith("segments_")) {
                    Files.write(file, new byte[] {1, 2, 3});
                }
            }
        }
        assertThat(live.saved()).extracting(SavedSnapshot::name).containsExactly("good");
        assertThat(live.removeSaved("damaged")).isTrue();
    }

    @Test
    void a_snapshot_taken_while_others_write_holds_all_that_was_answered_before_it() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            while (!enough.get()) {
                write("d" + answered.get());
                answered.incrementAndGet();
            }
        });
        try {
            for (int i = 0; i < 4; i++) {
                while (answered.get() < 3 * i && !writing.isDone()) {
                    Thread.onSpinWait();
                }
                int before = answered.get();
                live.save("s" + i, MODEL.description());
                try (TextIndex copy = TextIndex.open(place.resolve("snapshots/s" + i))) {
                    for (int d = 0; d < before; d++) {
                        assertThat(copy.find("d" + d)).as("d%d in s%d", d, i).isPresent();
                    }
                    assertThat(copy.find("first")).isPresent();
                }
            }
        } finally {
            enough.set(true);
        }
        writing.get();
    }

    @Test
    void no_name_leads_out_of_the_folder_or_to_what_is_no_snapshot() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        for (String name : List.of(
                "",
                ".",
                "..",
                "../x",
                "a/b",
                "/x",
                "a\\b",
                "..\\x",
                ".part",
                "-x",
                "x.",
                "a b",
                "a\0b",
                "C:x",
                "ü",
                "a".repeat(65))) {
            for (Runnable use :
                    List.<Runnable>of(() -> live.save(name, MODEL.description()), () -> live.removeSaved(name))) {
                assertThatThrownBy(use::run)
                        .as(name)
                        .isInstanceOfSatisfying(
                                ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.DATA))
                        .hasMessageContaining("expected the name of a snapshot");
            }
        }
        live.save("a".repeat(64), MODEL.description());
        TextIndex.write(outside, Stream.of(new Document("x", "", "x")), MODEL);
        Files.createSymbolicLink(place.resolve("snapshots/link"), outside);
        Files.createDirectory(place.resolve("snapshots/empty"));

        assertThat(live.saved()).extracting(SavedSnapshot::name).containsExactly("a".repeat(64));
        assertThat(live.removeSaved("link")).isFalse();
        assertThatThrownBy(() -> live.save("link", MODEL.description())).hasMessageContaining("this one is there");
        assertThat(TextIndex.exists(outside)).isTrue();
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void what_a_kill_left_of_a_copy_is_no_snapshot_and_the_next_of_its_name_takes_it_away() throws IOException {
        Path half = Files.createDirectories(place.resolve("snapshots/.daily.part"));
        Files.writeString(half.resolve("_0.cfs"), "half");

        assertThat(live.saved()).isEmpty();
        live.save("daily", MODEL.description());

        assertThat(live.saved()).extracting(SavedSnapshot::name).containsExactly("daily");
        assertThat(half).doesNotExist();
        assertThatThrownBy(() -> live.save("daily", MODEL.description())).hasMessageContaining("this one is there");
    }

    @Test
    void an_index_with_snapshots_is_written_anew_and_changed_as_any_other() {
        live.save("old", MODEL.description());
        live.close();

        TextIndex.write(place, Stream.of(new Document("other", "", "text")), MODEL);
        try (TextIndexWriter writer = TextIndexWriter.open(place)) {
            writer.add(Stream.of(new Document("more", "", "text")), MODEL);
            assertThat(writer.commit().documents()).isEqualTo(2);
        }
        try (TextIndex old = TextIndex.open(place.resolve("snapshots/old"))) {
            assertThat(old.find("first")).isPresent();
        }
    }
}
