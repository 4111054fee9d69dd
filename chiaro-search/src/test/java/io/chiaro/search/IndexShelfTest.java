package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Prompts;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.TextRole;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.SearchEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IndexShelfTest {

    private static final Clouds MODEL = new Clouds("abc", 8, Prompts.NONE);

    @TempDir
    Path folder;

    private IndexShelf shelf;

    @BeforeEach
    void open() throws IOException {
        shelf = IndexShelf.open(Files.createDirectory(folder.resolve("shelf")));
    }

    private LiveIndex make(String name) {
        return shelf.make(name, MODEL, Optional.empty(), IndexForm.defaults());
    }

    private static void write(LiveIndex live, String... ids) {
        List<Document> documents =
                Stream.of(ids).map(id -> new Document(id, "", "text of " + id)).toList();
        live.write(
                documents,
                MODEL.embed(documents.stream().map(Document::content).toList(), TextRole.DOCUMENT),
                MODEL.description());
    }

    private List<String> left() throws IOException {
        try (Stream<Path> children = Files.list(folder.resolve("shelf"))) {
            return children.map(child -> child.getFileName().toString())
                    .filter(name -> !name.equals(".lock"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void an_index_is_made_filled_dropped_and_made_again_without_what_it_held() throws IOException {
        try (LiveIndex made = make("birds")) {
            write(made, "a", "b");
            made.save("monday", MODEL.description());
        }
        make("tea").close();
        assertThat(shelf.names()).containsExactly("birds", "tea");
        try (LiveIndex again = shelf.index("birds");
                TextIndex index = again.snapshot()) {
            assertThat(index.find("a")).isPresent();
        }

        assertThat(shelf.drop("birds")).isTrue();
        assertThat(shelf.drop("birds")).isFalse();
        assertThat(shelf.names()).containsExactly("tea");
        assertThat(left()).containsExactly("tea");

        try (LiveIndex anew = make("birds");
                TextIndex index = anew.snapshot()) {
            assertThat(index.description().documents()).isZero();
            assertThat(anew.saved()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_was_chosen_for_an_empty_index_holds_for_the_documents_that_come(Quantisation chosen) {
        List<Document> documents = IntStream.range(0, 40)
                .mapToObj(i -> new Document("d" + i, "", "text " + i))
                .toList();
        float[][] vectors =
                MODEL.embed(documents.stream().map(Document::content).toList(), TextRole.DOCUMENT);
        try (LiveIndex made = shelf.make(
                "chosen", MODEL, Optional.empty(), IndexForm.defaults().with(chosen))) {
            try (TextIndex empty = made.snapshot()) {
                assertThat(empty.description().quantisation()).isEqualTo(chosen);
                assertThat(empty.search(vectors[0], 5)).isEmpty();
                assertThat(empty.searchWords("text", 5)).isEmpty();
                assertThat(empty.layMap(42).ids()).isEmpty();
            }
            made.write(documents, vectors, MODEL.description());
        }
        try (LiveIndex later = shelf.index("chosen");
                TextIndex index = later.snapshot()) {
            assertThat(index.description().quantisation()).isEqualTo(chosen);
            assertThat(index.description().engine())
                    .isEqualTo(
                            switch (chosen) {
                                case NONE -> SearchEngine.EXACT;
                                case INT8, BINARY -> SearchEngine.CODES;
                                case PRODUCT -> SearchEngine.JVECTOR;
                            });
            assertThat(index.search(vectors[7], 1)).extracting(TextHit::id).containsExactly("d7");
        }
    }

    @Test
    void an_index_may_take_weights_of_a_sparse_model_from_its_beginning() {
        SparseEmbedder tokens = new Tokens("sparse", 64);
        Document document = new Document("a", "", "a word");
        try (LiveIndex made = shelf.make("both", MODEL, Optional.of(tokens), IndexForm.defaults())) {
            made.write(
                    List.of(document),
                    MODEL.embed(List.of(document.content()), TextRole.DOCUMENT),
                    MODEL.description(),
                    tokens.embed(List.of(document.content())),
                    tokens.description());
            try (TextIndex index = made.snapshot()) {
                assertThat(index.searchSparse(tokens.embed(List.of("a word")).get(0), 5))
                        .hasSize(1);
            }
            assertThatThrownBy(() -> write(made, "without")).isInstanceOf(ChiaroException.class);
        }
    }

    @Test
    void no_name_leads_out_of_the_folder_or_is_a_trap_elsewhere() throws IOException {
        TextIndex.write(folder.resolve("outside"), Stream.of(new Document("x", "", "x")), MODEL);
        for (String name : List.of(
                "",
                ".",
                "..",
                "../outside",
                "a/b",
                "/x",
                "a\\b",
                "..\\x",
                ".x.part",
                ".lock",
                "-x",
                "x.",
                "a b",
                "a\0b",
                "C:x",
                "ü",
                "con",
                "NUL",
                "com1.txt",
                "lpt9",
                "a".repeat(65))) {
            for (Runnable use : List.<Runnable>of(() -> make(name), () -> shelf.drop(name), () -> shelf.index(name))) {
                assertThatThrownBy(use::run)
                        .as(name)
                        .isInstanceOfSatisfying(
                                ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.DATA))
                        .hasMessageContaining("expected the name of an index");
            }
        }
        for (String name : List.of("a".repeat(64), "_", "con1", "console.2026-1", "Z")) {
            make(name).close();
        }
        assertThat(TextIndex.exists(folder.resolve("outside"))).isTrue();
        assertThat(left()).hasSize(5);
    }

    @Test
    void a_name_that_is_taken_by_an_index_by_files_or_by_a_link_is_refused_and_nothing_is_harmed() throws IOException {
        Path outside = folder.resolve("outside");
        TextIndex.write(outside, Stream.of(new Document("x", "", "x")), MODEL);
        make("index").close();
        Files.createDirectories(folder.resolve("shelf/notes/deep"));
        Files.writeString(folder.resolve("shelf/file"), "mine");
        Files.createSymbolicLink(folder.resolve("shelf/link"), outside);

        for (String name : List.of("index", "notes", "file", "link")) {
            assertThatThrownBy(() -> make(name))
                    .isInstanceOfSatisfying(
                            ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.USAGE))
                    .hasMessageContaining("this one is there");
        }
        assertThat(shelf.names()).containsExactly("index");
        for (String name : List.of("notes", "file", "link")) {
            assertThat(shelf.drop(name)).as(name).isFalse();
        }
        assertThat(left()).containsExactly("file", "index", "link", "notes");
        assertThat(TextIndex.exists(outside)).isTrue();
    }

    @Test
    void what_a_kill_left_half_made_or_half_dropped_is_no_index_and_is_swept() throws IOException {
        make("whole").close();
        Path half = Files.createDirectory(folder.resolve("shelf/.made.part"));
        Files.writeString(half.resolve("_0.cfs"), "half");
        TextIndex.write(folder.resolve("shelf/.dropped.part"), Stream.of(new Document("x", "", "x")), MODEL);
        Files.writeString(folder.resolve("shelf/.keep"), "somebody else's");
        Files.createDirectory(folder.resolve("shelf/.git"));

        assertThat(shelf.names()).containsExactly("whole");
        make("made").close();
        IndexShelf.open(folder.resolve("shelf")).sweep();

        assertThat(left()).containsExactly(".git", ".keep", "made", "whole");
    }

    @Test
    void while_another_is_at_work_nothing_is_made_dropped_or_swept() throws Exception {
        make("old").close();
        IndexShelf other = IndexShelf.open(folder.resolve("shelf"));
        Files.createDirectory(folder.resolve("shelf/.half.part"));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        SparseEmbedder slow = new SparseEmbedder() {
            private final SparseEmbedder tokens = new Tokens("sparse", 64);

            @Override
            public List<io.chiaro.model.SparseVector> embed(List<String> texts) {
                return tokens.embed(texts);
            }

            @Override
            public String token(int id) {
                return tokens.token(id);
            }

            @Override
            public io.chiaro.model.ModelDescription description() {
                inside.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return tokens.description();
            }

            @Override
            public void close() {}
        };
        Thread making = new Thread(() -> shelf.make("new", MODEL, Optional.of(slow), IndexForm.defaults())
                .close());
        making.start();
        try {
            assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
            for (Runnable change : List.<Runnable>of(
                    () -> other.make("second", MODEL, Optional.empty(), IndexForm.defaults()),
                    () -> other.drop("old"))) {
                assertThatThrownBy(change::run)
                        .isInstanceOfSatisfying(
                                ChiaroException.class,
                                e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.RESOURCES))
                        .hasMessageContaining("another at work");
            }
            other.sweep();
            assertThat(folder.resolve("shelf/.half.part")).exists();
        } finally {
            end.countDown();
            making.join();
        }
        assertThat(other.names()).containsExactly("new", "old");
    }

    @Test
    void an_index_that_somebody_writes_is_not_dropped_and_one_that_is_read_is_read_on() throws IOException {
        try (LiveIndex writing = make("busy")) {
            write(writing, "a");
            assertThatThrownBy(() -> shelf.drop("busy")).hasMessageContaining("another at work");
            assertThat(shelf.names()).containsExactly("busy");

            TextIndex read = writing.snapshot();
            writing.close();
            assertThat(shelf.drop("busy")).isTrue();
            assertThat(left()).isEmpty();
            assertThat(read.search("text of a", MODEL, 3))
                    .extracting(TextHit::id)
                    .containsExactly("a");
            read.close();

            for (Runnable use : List.<Runnable>of(
                    writing::snapshot,
                    () -> write(writing, "b"),
                    () -> writing.save("copy", MODEL.description()),
                    () -> writing.removeSaved("copy"))) {
                assertThatThrownBy(use::run).isInstanceOf(IllegalStateException.class);
            }
            assertThat(left()).as("nothing begins the folder anew").isEmpty();
        }
    }

    @Test
    void a_folder_that_is_missing_an_index_itself_or_has_an_index_of_another_name_is_refused() {
        assertThatThrownBy(() -> IndexShelf.open(folder.resolve("missing")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Make the folder");
        TextIndex.write(folder.resolve("index"), Stream.of(new Document("x", "", "x")), MODEL);
        assertThatThrownBy(() -> IndexShelf.open(folder.resolve("index")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("found an index");
        TextIndex.write(folder.resolve("shelf/my index"), Stream.of(new Document("x", "", "x")), MODEL);
        assertThatThrownBy(shelf::names).isInstanceOf(ChiaroException.class).hasMessageContaining("Rename it");
    }
}
