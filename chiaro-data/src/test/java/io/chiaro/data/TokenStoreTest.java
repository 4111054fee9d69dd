package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenStoreTest {

    private static final TokenStoreOptions STOP = new TokenStoreOptions(BadRows.STOP, 2);
    private static final Roles TRIPLETS = Roles.parse("anchor=a,positive=p,negative=n");

    @TempDir
    Path folder;

    private Path triplets(int rows) {
        SplittableRandom random = new SplittableRandom(5);
        StringBuilder text = new StringBuilder("p\tn\ta\n");
        for (int i = 0; i < rows; i++) {
            for (int column = 0; column < 3; column++) {
                text.append(column == 0 ? "" : "\t").append("w").append(i);
                for (int word = random.nextInt(12); word > 0; word--) {
                    text.append(" x").append(random.nextInt(1000));
                }
            }
            text.append('\n');
        }
        try {
            return Files.writeString(folder.resolve("triplets.tsv"), text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void expectSame(TokenStore store, Path source, TextEncoder encoder) {
        try (ExampleReader reader = ExampleReader.open(source, TRIPLETS, BadRows.STOP)) {
            long row = 0;
            for (Example example = reader.next(); example != null; example = reader.next()) {
                assertThat(store.line(row)).isEqualTo(example.line());
                for (int column = 0; column < 3; column++) {
                    int[] expected = encoder.encode(example.texts().get(column));
                    assertThat(store.length(row, column)).isEqualTo(expected.length);
                    assertThat(store.tokens(row, column)).isEqualTo(expected);
                    assertThat(store.contentHash(row, column)).isEqualTo(TokenStore.hash(expected));
                }
                row++;
            }
            assertThat(store.rows()).isEqualTo(row);
        }
    }

    @Test
    void gives_back_every_token_also_across_segments() {
        Path source = triplets(3000);
        TextEncoder encoder = new WordEncoder();
        try (TokenStore store = TokenStore.openOrBuild(folder.resolve("store"), source, TRIPLETS, encoder, STOP)) {
            assertThat(store.shape()).isEqualTo(ExampleShape.TRIPLETS);
            assertThat(store.columns()).isEqualTo(3);
            expectSame(store, source, encoder);
            store.verify();
            assertThat(store.mappedBytes()).isEqualTo(store.rows() * 56);
            assertThat(store.longest()).isEqualTo(14);
        }
        try (TokenStore segmented = TokenStore.open(folder.resolve("store"), 1000)) {
            expectSame(segmented, source, encoder);
            segmented.verify();
        }
    }

    @Test
    void keeps_scores_and_labels() throws IOException {
        Path scored = Files.writeString(folder.resolve("s.csv"), "a,b,s\nx,y,0.5\nz,x,-1e300\n");
        try (TokenStore store = TokenStore.openOrBuild(
                folder.resolve("s"), scored, Roles.parse("anchor=a,positive=b,score=s"), new WordEncoder(), STOP)) {
            assertThat(store.score(0)).isEqualTo(0.5);
            assertThat(store.score(1)).isEqualTo(-1e300);
            assertThat(store.label(0)).isEqualTo(-1);
            assertThat(store.contentHash(0, 0)).isEqualTo(store.contentHash(1, 1));
        }
        Path labelled = Files.writeString(folder.resolve("l.csv"), "text,label\nx,cat\ny,dog\nz,cat\n");
        try (TokenStore store = TokenStore.openOrBuild(
                folder.resolve("l"), labelled, Roles.parse("anchor=text,label=label"), new WordEncoder(), STOP)) {
            assertThat(store.labels()).containsExactly("cat", "dog");
            assertThat(store.label(0)).isZero();
            assertThat(store.label(1)).isEqualTo(1);
            assertThat(store.label(2)).isZero();
        }
    }

    @Test
    void is_the_same_for_any_number_of_threads() throws IOException {
        Path source = triplets(5000);
        TokenStore one =
                TokenStore.openOrBuild(folder.resolve("one"), source, TRIPLETS, new WordEncoder(), STOP.withThreads(1));
        TokenStore five = TokenStore.openOrBuild(
                folder.resolve("five"), source, TRIPLETS, new WordEncoder(), STOP.withThreads(5));

        assertThat(five.fingerprint()).isEqualTo(one.fingerprint());
        for (String name : List.of("tokens.bin", "rows.bin", "store.json")) {
            assertThat(folder.resolve("five").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("one").resolve(name));
        }
    }

    @Test
    void is_built_again_only_when_source_roles_encoder_or_rule_changed() throws IOException {
        Path source = triplets(10);
        Path directory = folder.resolve("store");
        AtomicInteger encoded = new AtomicInteger();
        class Counting implements TextEncoder {
            private final String name;

            Counting(String name) {
                this.name = name;
            }

            @Override
            public int[] encode(String text) {
                encoded.incrementAndGet();
                return new int[] {text.length()};
            }

            @Override
            public String fingerprint() {
                return name;
            }
        }
        TokenStore.openOrBuild(directory, source, TRIPLETS, new Counting("a"), STOP)
                .close();
        assertThat(encoded.getAndSet(0)).isEqualTo(30);

        TokenStore.openOrBuild(directory, source, TRIPLETS, new Counting("a"), STOP.withThreads(1))
                .close();
        assertThat(encoded.getAndSet(0)).isZero();

        TokenStore.openOrBuild(directory, source, TRIPLETS, new Counting("b"), STOP)
                .close();
        assertThat(encoded.getAndSet(0)).isEqualTo(30);

        Roles pairs = Roles.parse("anchor=a,positive=p");
        TokenStore.openOrBuild(directory, source, pairs, new Counting("b"), STOP)
                .close();
        assertThat(encoded.getAndSet(0)).isEqualTo(20);

        Files.setLastModifiedTime(source, FileTime.fromMillis(1_000_000));
        TokenStore.openOrBuild(directory, source, pairs, new Counting("b"), STOP)
                .close();
        assertThat(encoded.getAndSet(0)).isEqualTo(20);

        TokenStore.openOrBuild(directory, source, pairs, new Counting("b"), STOP.withBadRows(BadRows.SKIP))
                .close();
        assertThat(encoded.getAndSet(0)).isEqualTo(20);
    }

    @Test
    void an_unfinished_or_failed_build_leaves_no_store() throws IOException {
        Path source = triplets(2000);
        Path directory = folder.resolve("store");
        Files.writeString(source, Files.readString(source) + "broken row\n");

        assertThatThrownBy(() -> TokenStore.openOrBuild(directory, source, TRIPLETS, new WordEncoder(), STOP))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("triplets.tsv, line 2002: expected 3 fields as in the header, but found 1");

        assertThat(directory).doesNotExist();
        assertThat(folder.resolve("store.building")).doesNotExist();
        assertThatThrownBy(() -> TokenStore.open(directory)).hasMessageContaining("expected a finished token store");

        // What a killed build left behind does not disturb the next one.
        Files.createDirectories(folder.resolve("store.building"));
        Files.writeString(folder.resolve("store.building").resolve("tokens.bin"), "half");
        try (TokenStore store = TokenStore.openOrBuild(
                directory, source, TRIPLETS, new WordEncoder(), STOP.withBadRows(BadRows.SKIP))) {
            assertThat(store.rows()).isEqualTo(2000);
            assertThat(store.skipped()).hasToString("1 row skipped: 1 broken row");
        }
        assertThat(TokenStore.open(directory).skipped().examples()).hasSize(1);
    }

    @Test
    void a_damaged_store_is_refused_and_built_again_from_its_source() throws IOException {
        Path source = triplets(100);
        Path directory = folder.resolve("store");
        String fingerprint = TokenStore.openOrBuild(directory, source, TRIPLETS, new WordEncoder(), STOP)
                .fingerprint();
        Path rows = directory.resolve("rows.bin");
        byte[] bytes = Files.readAllBytes(rows);
        bytes[77] ^= 1;
        Files.write(rows, bytes);
        assertThatThrownBy(() -> TokenStore.open(directory))
                .hasMessageContaining("rows.bin")
                .hasMessageContaining("checksum");
        TokenStore again = TokenStore.openOrBuild(directory, source, TRIPLETS, new WordEncoder(), STOP);
        assertThat(again.fingerprint()).isEqualTo(fingerprint);

        Path tokens = directory.resolve("tokens.bin");
        byte[] ids = Files.readAllBytes(tokens);
        Files.write(tokens, java.util.Arrays.copyOf(ids, ids.length - 4));
        assertThatThrownBy(() -> TokenStore.open(directory)).hasMessageContaining("bytes instead of " + ids.length);
        ids[10] ^= 1;
        Files.write(tokens, ids);
        assertThatThrownBy(() -> TokenStore.open(directory).verify()).hasMessageContaining("tokens.bin");
        Path header = directory.resolve("store.json");
        Files.writeString(header, Files.readString(header).replace("\"version\": 1", "\"version\": 9"));
        assertThatThrownBy(() -> TokenStore.open(directory)).hasMessageContaining("version 9 instead of 1");
    }

    @Test
    void a_long_text_is_cut_by_the_encoder_and_counted() throws IOException {
        Path source = Files.writeString(folder.resolve("long.csv"), "text\nshort\n" + "word ".repeat(20_000) + "\n");
        try (TokenStore store = TokenStore.openOrBuild(
                folder.resolve("store"), source, Roles.parse("anchor=text"), new WordEncoder(128), STOP)) {
            assertThat(store.length(1, 0)).isEqualTo(128);
            assertThat(store.truncated()).isEqualTo(1);
        }
    }

    @Test
    void a_failure_of_the_encoder_comes_through() {
        Path source = triplets(2000);
        TextEncoder failing = new TextEncoder() {
            @Override
            public int[] encode(String text) {
                throw ChiaroException.model("tokenizer: broken");
            }

            @Override
            public String fingerprint() {
                return "failing";
            }
        };
        assertThatThrownBy(() -> TokenStore.openOrBuild(folder.resolve("store"), source, TRIPLETS, failing, STOP))
                .hasMessage("tokenizer: broken");
    }

    @Test
    void a_text_without_tokens_is_a_bad_row() throws IOException {
        Path source = Files.writeString(folder.resolve("t.txt"), "one\ntwo\nthree\n");
        TextEncoder picky = new TextEncoder() {
            @Override
            public int[] encode(String text) {
                return text.equals("two") ? new int[0] : new int[] {7};
            }

            @Override
            public String fingerprint() {
                return "picky";
            }
        };
        Roles roles = Roles.parse("anchor=text");
        assertThatThrownBy(() -> TokenStore.openOrBuild(folder.resolve("s"), source, roles, picky, STOP))
                .hasMessageContaining("t.txt, line 2");
        try (TokenStore store =
                TokenStore.openOrBuild(folder.resolve("s"), source, roles, picky, STOP.withBadRows(BadRows.SKIP))) {
            assertThat(store.rows()).isEqualTo(2);
            assertThat(store.line(1)).isEqualTo(3);
        }
    }

    @Test
    void never_empties_a_folder_that_is_no_store() throws IOException {
        Path source = triplets(3);
        Path mine = Files.createDirectories(folder.resolve("mine"));
        Files.writeString(mine.resolve("thesis.txt"), "years of work");

        assertThatThrownBy(() -> TokenStore.openOrBuild(mine, source, TRIPLETS, new WordEncoder(), STOP))
                .hasMessageContaining("thesis.txt");
        assertThat(mine.resolve("thesis.txt")).hasContent("years of work");
    }

    @Test
    void reading_after_close_or_out_of_range_names_the_mistake() {
        TokenStore store =
                TokenStore.openOrBuild(folder.resolve("store"), triplets(3), TRIPLETS, new WordEncoder(), STOP);
        assertThatThrownBy(() -> store.length(3, 0)).hasMessageContaining("row 3 is not in 0..2");
        assertThatThrownBy(() -> store.tokens(0, 3)).hasMessageContaining("column 3 is not in 0..2");
        assertThatThrownBy(() -> store.score(0)).hasMessageContaining("rows have 0");
        store.close();
        assertThatThrownBy(() -> store.tokens(0, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was closed");
    }
}
