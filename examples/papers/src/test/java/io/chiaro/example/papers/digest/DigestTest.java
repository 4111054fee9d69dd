package io.chiaro.example.papers.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.chiaro.core.ChiaroException;
import io.chiaro.example.papers.KeptVectors;
import io.chiaro.example.papers.digest.Digest.Outcome;
import io.chiaro.example.papers.feed.Feed;
import io.chiaro.example.papers.feed.Listing;
import io.chiaro.example.papers.room.ReadingRoom;
import io.chiaro.example.papers.room.SearchMode;
import io.chiaro.example.papers.room.Wish;
import jakarta.mail.BodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestTest {

    private static final Instant NOW = Instant.parse("2026-03-15T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static KeptVectors model;

    @TempDir
    Path folder;

    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private ReadingRoom room;
    private Subscriptions subscriptions;

    @BeforeAll
    static void openModel() {
        model = new KeptVectors();
    }

    @AfterAll
    static void closeModel() {
        model.close();
    }

    @BeforeEach
    void open() {
        server.start();
        room = ReadingRoom.open(folder, model);
        room.update(Feed.read(Path.of("feeds/monday.jsonl")).listings());
        subscriptions = Subscriptions.of(folder);
    }

    @AfterEach
    void close() {
        room.close();
        server.stop();
    }

    private SmtpSettings settings(int port) {
        return new SmtpSettings(
                "127.0.0.1", port, SmtpSettings.Security.NONE, "room@papers.example.org", Optional.empty(), PATIENCE);
    }

    private Mailer smtp() {
        return new SmtpMailer(settings(server.getSmtp().getPort()), CLOCK);
    }

    private static Letters letters() {
        return new Letters(URI.create("https://papers.example.org/"), "papers.example.org");
    }

    private Map<Outcome, Integer> send(Mailer mailer, boolean again) {
        return new Digest(room, subscriptions, new Post(mailer, letters()), Wish.LEAST_SIMILARITY).send(again);
    }

    /** A reader who hears of what comes from now on. */
    private Subscription reader(String name, String query) {
        Subscription asked = subscriptions
                .ask(name + "@example.org", query, SearchMode.HYBRID, NOW)
                .orElseThrow();
        return subscriptions.confirm(asked.token(), room.shelf().edition()).orElseThrow();
    }

    private void tuesday() {
        room.update(Feed.read(Path.of("feeds/tuesday.atom")).listings());
    }

    private static String part(MimeMessage message, int at, String type) throws Exception {
        BodyPart part = ((MimeMultipart) message.getContent()).getBodyPart(at);
        assertThat(part.isMimeType(type)).isTrue();
        return ((String) part.getContent()).replace("\r\n", "\n");
    }

    @Test
    void a_reader_gets_the_new_papers_that_the_query_finds_as_text_and_as_a_page() throws Exception {
        Subscription reader = reader("reader", "corals and their larvae");
        subscriptions.ask("unconfirmed@example.org", "corals", SearchMode.HYBRID, NOW);
        assertThat(send(smtp(), false)).containsExactly(Map.entry(Outcome.NOTHING_NEW, 1));
        tuesday();
        assertThat(send(smtp(), false)).containsExactly(Map.entry(Outcome.SENT, 1));

        assertThat(server.getReceivedMessages()).hasSize(1);
        MimeMessage message = server.getReceivedMessages()[0];
        String unsubscribe = "https://papers.example.org/unsubscribe?token=" + reader.token();
        assertThat(message.getHeader("To")).containsExactly("reader@example.org");
        assertThat(message.getHeader("From")).containsExactly("room@papers.example.org");
        assertThat(message.getSubject()).matches("\\d+ new papers? for corals and their larvae");
        assertThat(message.getHeader("List-Unsubscribe")).containsExactly("<" + unsubscribe + ">");
        assertThat(message.getHeader("List-Unsubscribe-Post")).containsExactly("List-Unsubscribe=One-Click");
        assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(message.getHeader("Message-ID")[0]).matches("<[0-9a-f]{32}@papers.example.org>");
        assertThat(message.getSentDate().toInstant()).isEqualTo(NOW);
        assertThat(message.isMimeType("multipart/alternative")).isTrue();

        String title = "Night lights of harbours keep coral larvae from settling";
        String link = "https://papers.example.org/paper?id=reef-08";
        assertThat(part(message, 0, "text/plain"))
                .contains(title + "\n2026-03-15, 2 votes\n", link, unsubscribe)
                .doesNotContain("Larvae choose crevices");
        assertThat(part(message, 1, "text/html")).contains("<a href=\"" + link + "\">" + title + "</a>", unsubscribe);
        assertThat(subscriptions.find(reader.token()).orElseThrow().edition()).isEqualTo(2);
    }

    @Test
    void nothing_is_sent_twice_and_the_next_digest_holds_only_what_came_since() throws Exception {
        reader("reader", "coral larvae");
        tuesday();
        assertThat(send(smtp(), false)).containsEntry(Outcome.SENT, 1);
        assertThat(send(smtp(), false)).containsExactly(Map.entry(Outcome.NOTHING_NEW, 1));
        // Of an earlier day, but it came later: dates do not decide.
        room.update(List.of(new Listing(
                "reef-09", "Coral larvae swim towards low sounds", "Coral larvae swim.", LocalDate.of(2026, 1, 2), 0)));
        assertThat(send(smtp(), false)).containsEntry(Outcome.SENT, 1);
        assertThat(server.getReceivedMessages()).hasSize(2);
        assertThat(part(server.getReceivedMessages()[1], 0, "text/plain"))
                .contains("low sounds")
                .doesNotContain("Night lights");
    }

    @Test
    void who_has_ended_the_mails_gets_none() {
        Subscription reader = reader("reader", "coral larvae");
        tuesday();
        subscriptions.remove(reader.token());
        assertThat(send(smtp(), false)).isEmpty();
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void letters_beyond_ascii_and_marks_of_html_arrive_as_they_are() throws Exception {
        reader("reader", "flüssig <b>&</b> 温度");
        room.update(List.of(new Listing(
                "<id>&x", "Flüssig <script>alert(1)</script> 温度", "\"A\" & <b>B</b>", LocalDate.of(2026, 3, 15), 1)));
        assertThat(send(smtp(), false)).containsEntry(Outcome.SENT, 1);
        MimeMessage message = server.getReceivedMessages()[0];
        assertThat(message.getSubject()).isEqualTo("1 new paper for flüssig <b>&</b> 温度");
        assertThat(part(message, 0, "text/plain")).contains("Flüssig <script>alert(1)</script> 温度");
        assertThat(part(message, 1, "text/html"))
                .contains(
                        "Flüssig &lt;script&gt;alert(1)&lt;/script&gt; 温度", "&quot;A&quot; &amp; &lt;b&gt;B&lt;/b&gt;")
                .contains("/paper?id=%3Cid%3E%26x")
                .doesNotContain("<script>");
    }

    @Test
    void a_line_break_in_what_becomes_a_header_is_refused() {
        for (String broken : List.of("a\r\nBcc: b@example.org", "a\nb", "a\rb")) {
            assertThatThrownBy(() -> new Mail("a@example.org", broken, "id", "", "", Optional.empty()))
                    .isInstanceOf(ChiaroException.class);
            assertThatThrownBy(() -> new Mail(broken, "subject", "id", "", "", Optional.empty()))
                    .isInstanceOf(ChiaroException.class);
            assertThatThrownBy(() -> new Mail("a@example.org", "subject", "id", "", "", Optional.of(broken)))
                    .isInstanceOf(ChiaroException.class);
        }
    }

    @Test
    void a_digest_that_was_killed_after_the_server_took_a_mail_does_not_send_it_again() throws Exception {
        Subscription first = reader("first", "coral larvae");
        reader("second", "coral larvae");
        tuesday();
        room.close();
        Process killed = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledDigest.class.getName(),
                        folder.toString(),
                        String.valueOf(server.getSmtp().getPort()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("killed.log").toFile())
                .start();
        assertThat(killed.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(killed.exitValue()).isEqualTo(KilledDigest.HALTED);
        assertThat(server.getReceivedMessages()).hasSize(1);

        room = ReadingRoom.open(folder, model);
        assertThat(send(smtp(), false)).containsOnly(Map.entry(Outcome.IN_DOUBT, 1), Map.entry(Outcome.SENT, 1));
        assertThat(send(smtp(), false)).containsOnly(Map.entry(Outcome.IN_DOUBT, 1), Map.entry(Outcome.NOTHING_NEW, 1));
        assertThat(server.getReceivedMessages()).hasSize(2);
        assertThat(idsOfMails("first")).hasSize(1);
        assertThat(idsOfMails("second")).hasSize(1);

        // Asked for, it comes once more under the id that it had.
        assertThat(send(smtp(), true)).containsOnly(Map.entry(Outcome.SENT, 1), Map.entry(Outcome.NOTHING_NEW, 1));
        assertThat(idsOfMails("second")).hasSize(1);
        assertThat(idsOfMails("first")).hasSize(2);
        assertThat(new HashSet<>(idsOfMails("first"))).hasSize(1);
        assertThat(subscriptions.find(first.token()).orElseThrow().sending()).isEmpty();
    }

    private List<String> idsOfMails(String name) throws Exception {
        List<String> ids = new ArrayList<>();
        for (MimeMessage message : server.getReceivedMessages()) {
            if (message.getHeader("To")[0].equals(name + "@example.org")) {
                ids.add(message.getHeader("Message-ID")[0]);
            }
        }
        return ids;
    }

    @Test
    void what_the_server_refuses_is_tried_again_and_stops_nobody_else() {
        reader("refused", "coral larvae");
        reader("taken", "coral larvae");
        tuesday();
        Mailer smtp = smtp();
        Mailer picky = mail -> mail.to().startsWith("refused") ? Mailer.Delivery.REFUSED : smtp.send(mail);
        assertThat(send(picky, false)).containsOnly(Map.entry(Outcome.REFUSED, 1), Map.entry(Outcome.SENT, 1));
        assertThat(send(smtp, false)).containsOnly(Map.entry(Outcome.SENT, 1), Map.entry(Outcome.NOTHING_NEW, 1));
        assertThat(server.getReceivedMessages()).hasSize(2);
    }

    @Test
    void a_server_that_cannot_be_reached_loses_nothing() {
        reader("reader", "coral larvae");
        tuesday();
        Mailer smtp = smtp();
        server.stop();
        assertThatThrownBy(() -> send(smtp, false))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.RESOURCES))
                .hasMessageContaining("expected a mail server at 127.0.0.1")
                .hasMessageNotContaining("reader");
        server.start();
        assertThat(send(smtp(), false)).containsExactly(Map.entry(Outcome.SENT, 1));
    }

    @Test
    void a_server_that_hangs_up_before_it_answers_leaves_the_mail_in_doubt() throws Exception {
        reader("reader", "coral larvae");
        tuesday();
        assertThat(sendTo("250 ok")).containsExactly(Map.entry(Outcome.IN_DOUBT, 1));
        assertThat(send(smtp(), false)).containsExactly(Map.entry(Outcome.IN_DOUBT, 1));
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void a_server_that_does_not_know_the_reader_has_sent_nothing() throws Exception {
        reader("reader", "coral larvae");
        tuesday();
        assertThat(sendTo("550 nobody here")).containsExactly(Map.entry(Outcome.REFUSED, 1));
        assertThat(send(smtp(), false)).containsExactly(Map.entry(Outcome.SENT, 1));
    }

    /** Sends to a server that answers so to a recipient, and hangs up instead of answering to a whole mail. */
    private Map<Outcome, Integer> sendTo(String answerToRecipient) throws Exception {
        try (ServerSocket listening = new ServerSocket(0)) {
            CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> speak(listening, answerToRecipient));
            Map<Outcome, Integer> outcomes = send(new SmtpMailer(settings(listening.getLocalPort()), CLOCK), false);
            serving.get(10, TimeUnit.SECONDS);
            return outcomes;
        }
    }

    private static void speak(ServerSocket listening, String answerToRecipient) {
        try (Socket client = listening.accept();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                OutputStream out = client.getOutputStream()) {
            out.write("220 ready\r\n".getBytes(StandardCharsets.US_ASCII));
            boolean content = false;
            for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
                if (!content) {
                    String answer =
                            line.startsWith("RCPT") ? answerToRecipient : line.equals("DATA") ? "354 go on" : "250 ok";
                    content = line.equals("DATA");
                    out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_login_is_told_to_the_server_and_a_wrong_one_sends_nothing() {
        server.setUser("room", "the password");
        reader("reader", "coral larvae");
        tuesday();
        SmtpSettings plain = settings(server.getSmtp().getPort());
        assertThatThrownBy(() -> send(new SmtpMailer(login(plain, "wrong"), CLOCK), false))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("AuthenticationFailed")
                .hasMessageNotContaining("wrong");
        assertThat(send(new SmtpMailer(login(plain, "the password"), CLOCK), false))
                .containsExactly(Map.entry(Outcome.SENT, 1));
    }

    private static SmtpSettings login(SmtpSettings plain, String password) {
        return new SmtpSettings(
                plain.host(),
                plain.port(),
                plain.security(),
                plain.from(),
                Optional.of(new SmtpSettings.Login("room", password)),
                plain.patience());
    }

    @Test
    void a_password_goes_to_no_other_machine_in_the_clear_and_into_no_log() {
        SmtpSettings.Login login = new SmtpSettings.Login("room", "the password");
        assertThat(login.toString()).doesNotContain("the password");
        assertThatThrownBy(() -> new SmtpSettings(
                        "mail.example.org",
                        25,
                        SmtpSettings.Security.NONE,
                        "a@example.org",
                        Optional.of(login),
                        PATIENCE))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("encrypted");
    }

    @Test
    void a_server_without_encryption_is_not_trusted_where_encryption_is_wanted() {
        SmtpSettings wanted = new SmtpSettings(
                "127.0.0.1",
                server.getSmtp().getPort(),
                SmtpSettings.Security.STARTTLS,
                "room@example.org",
                Optional.empty(),
                PATIENCE);
        reader("reader", "coral larvae");
        tuesday();
        assertThatThrownBy(() -> send(new SmtpMailer(wanted, CLOCK), false)).isInstanceOf(ChiaroException.class);
        assertThat(server.getReceivedMessages()).isEmpty();
    }
}
