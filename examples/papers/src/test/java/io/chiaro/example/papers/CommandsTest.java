package io.chiaro.example.papers;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.chiaro.example.papers.digest.Subscription;
import io.chiaro.example.papers.digest.Subscriptions;
import io.chiaro.example.papers.room.SearchMode;
import io.chiaro.testkit.BookExample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {

    private static final Path SOURCES = Path.of("src/main/java/io/chiaro/example/papers");
    private static final Path PAGE = Path.of("../../docs/papers.md");

    @TempDir
    Path folder;

    private record Run(int exitCode, String output, String errors) {
        static Run of(Object... arguments) {
            StringWriter output = new StringWriter();
            StringWriter errors = new StringWriter();
            String[] line = Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new);
            int exitCode = Main.run(line, new PrintWriter(output, true), new PrintWriter(errors, true));
            return new Run(exitCode, output.toString(), errors.toString());
        }
    }

    @Test
    void a_model_is_learned_fills_a_room_and_sends_a_digest() throws IOException {
        Path out = folder.resolve("learned");
        Path room = folder.resolve("room");
        Run learned = Run.of(
                "learn",
                "--feed",
                "feeds/monday.jsonl",
                "--base",
                "fresh:tiny",
                "--out",
                out,
                "--steps",
                6,
                "--batch",
                8,
                "--max-tokens",
                32,
                "--learning-rate",
                1e-3,
                "--held-out",
                16,
                "--among-all",
                "--threads",
                2);
        assertThat(learned.errors()).isEmpty();
        assertThat(learned.exitCode()).isZero();
        assertThat(learned.output())
                .startsWith("42 pairs, 0 left out as empty or repeated; 26 to learn from, 16 held out")
                .contains("16 held-out titles, each to find its abstract among 42")
                .containsPattern("(?m)^random +0\\.\\d{4}")
                .containsPattern("(?m)^bm25 +[01]\\.\\d{4}")
                .containsPattern("(?m)^base +[01]\\.\\d{4}")
                .containsPattern("(?m)^tuned +[01]\\.\\d{4}")
                .containsPattern("tuned - base, mrr@10: [+-]\\d\\.\\d{4}, p = [01]\\.\\d{4}");

        Path model = out.resolve("model");
        Run monday = Run.of("update", "--room", room, "--model", model, "--feed", "feeds/monday.jsonl");
        assertThat(monday.output()).contains("42 added, 0 changed, 0 known", "42 papers, edition 1");
        Subscriptions subscriptions = Subscriptions.of(room);
        Subscription asked = subscriptions
                .ask(
                        "reader@example.org",
                        "coral larvae at night",
                        SearchMode.HYBRID,
                        Instant.parse("2026-03-15T12:00:00Z"))
                .orElseThrow();
        subscriptions.confirm(asked.token(), 1);
        Run tuesday = Run.of(
                "update",
                "--room",
                room,
                "--model",
                model,
                "--feed",
                "feeds/tuesday.atom",
                "--feed",
                "feeds/monday.jsonl");
        assertThat(tuesday.output())
                .contains("6 added, 0 changed, 0 known", "0 added, 0 changed, 42 known", "48 papers, edition 2");

        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        try {
            Object[] digest = {
                "digest",
                "--room",
                room,
                "--model",
                model,
                "--site",
                "https://papers.example.org",
                "--from",
                "room@example.org",
                "--smtp-host",
                "127.0.0.1",
                "--smtp-port",
                mail.getSmtp().getPort(),
                "--smtp-security",
                "none"
            };
            Run sent = Run.of(digest);
            assertThat(sent.output()).contains("sent: 1", "in doubt: 0");
            assertThat(sent.output() + sent.errors()).doesNotContain("reader@");
            assertThat(Run.of(digest).output()).contains("sent: 0", "nothing new: 1");
            assertThat(mail.getReceivedMessages()).hasSize(1);
        } finally {
            mail.stop();
        }

        Run other = Run.of("update", "--room", room, "--feed", "feeds/monday.jsonl");
        assertThat(other.exitCode()).as("a room of another model").isEqualTo(4);
    }

    @Test
    void an_update_skips_what_it_cannot_read_and_says_so() throws IOException {
        Path feed = Files.writeString(folder.resolve("f.atom"), """
                <feed xmlns="http://www.w3.org/2005/Atom">
                <entry><id>bad</id><title>T</title><summary>S</summary></entry>
                <entry><id>good</id><title type="html">T &amp;amp; U</title><summary>S</summary>
                <updated>2026-01-02T00:00:00Z</updated></entry></feed>
                """);
        Run update = Run.of("update", "--room", folder.resolve("room"), "--feed", feed);
        assertThat(update.exitCode()).isZero();
        assertThat(update.output()).contains("1 added, 0 changed, 0 known, 1 skipped", "1 papers, edition 1");
        assertThat(update.errors()).contains("f.atom:2: expected an entry with updated");
    }

    @Test
    void a_wrong_command_line_says_what_was_expected() {
        assertThat(Run.of("learn", "--out", folder).errors()).contains("either --feed or --data, but found neither");
        assertThat(Run.of("learn", "--out", folder).exitCode()).isEqualTo(2);
        assertThat(Run.of("digest", "--room", folder).errors()).contains("expected a mail server");
        assertThat(Run.of("digest", "--room", folder, "--smtp-host", "localhost")
                        .errors())
                .contains("needs --site and --from");
        assertThat(Run.of("digest", "--room", folder, "--smtp-password", "x").exitCode())
                .as("a password is no option")
                .isEqualTo(2);
        assertThat(Run.of("update", "--room", folder, "--feed", folder.resolve("none.jsonl"))
                        .exitCode())
                .isEqualTo(3);
    }

    @Test
    void what_the_book_shows_is_the_code() throws IOException {
        BookExample.isShown(PAGE, SOURCES.resolve("learn/Learning.java"), "train");
        BookExample.isShown(PAGE, SOURCES.resolve("ServeCommand.java"), "serve");
    }

    @Test
    void every_command_has_help() {
        for (String command : List.of("learn", "update", "serve", "digest")) {
            assertThat(Run.of(command, "--help").output()).contains("Usage: papers " + command);
        }
    }
}
