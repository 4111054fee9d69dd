package io.chiaro.example.papers.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.chiaro.example.papers.KeptVectors;
import io.chiaro.example.papers.digest.Letters;
import io.chiaro.example.papers.digest.Post;
import io.chiaro.example.papers.digest.SmtpMailer;
import io.chiaro.example.papers.digest.SmtpSettings;
import io.chiaro.example.papers.digest.Subscription;
import io.chiaro.example.papers.digest.Subscriptions;
import io.chiaro.example.papers.feed.Feed;
import io.chiaro.example.papers.feed.Listing;
import io.chiaro.example.papers.room.ReadingRoom;
import io.chiaro.example.papers.room.SearchMode;
import io.chiaro.example.papers.room.Trending;
import io.chiaro.serve.http.HttpServer;
import io.chiaro.serve.http.HttpSettings;
import jakarta.mail.internet.MimeMultipart;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-15T12:00:00Z"), ZoneOffset.UTC);

    private static KeptVectors model;

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private ReadingRoom room;
    private HttpServer server;

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
        mail.start();
        room = ReadingRoom.open(folder, model);
        room.update(Feed.read(Path.of("feeds/monday.jsonl")).listings());
        server = serve(Optional.of(post()));
    }

    @AfterEach
    void close() {
        server.close();
        room.close();
        mail.stop();
    }

    private Post post() {
        SmtpSettings settings = new SmtpSettings(
                "127.0.0.1",
                mail.getSmtp().getPort(),
                SmtpSettings.Security.NONE,
                "room@example.org",
                Optional.empty(),
                Duration.ofSeconds(10));
        return new Post(
                new SmtpMailer(settings, CLOCK), new Letters(URI.create("http://papers.example.org"), "example.org"));
    }

    private HttpServer serve(Optional<Post> post) {
        Site site = new Site(room, Trending.weekly(), Subscriptions.of(folder), post, CLOCK);
        return HttpServer.start(HttpSettings.of("127.0.0.1", 0, 1 << 14), site);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.address() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.address() + path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static List<String> papers(HttpResponse<String> page) {
        return Pattern.compile("/paper\\?id=([^\"]+)\"")
                .matcher(page.body())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void trending_says_its_formula_and_puts_fresh_votes_first() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(page.body()).contains("score = votes &times; 2<sup>&minus;age&nbsp;/&nbsp;7</sup>");
        // 47 votes of three days, 33 of two, 36 of five.
        assertThat(papers(page)).hasSize(20).startsWith("cell-06", "reef-06", "graph-05");
        assertThat(page.body()).contains("2026-03-12, 47 votes, score 34.92<");
    }

    @Test
    void new_papers_come_by_date() throws Exception {
        assertThat(papers(get("/new")).subList(0, 6))
                .containsExactly("cell-07", "graph-07", "reef-07", "soil-07", "planet-07", "reef-06");
    }

    @Test
    void all_papers_can_be_reached_page_by_page() throws Exception {
        for (String path : List.of("/", "/new")) {
            HttpResponse<String> first = get(path);
            HttpResponse<String> second = get(path + "?page=2");
            HttpResponse<String> third = get(path + "?page=3");
            List<String> all = new ArrayList<>(papers(first));
            all.addAll(papers(second));
            all.addAll(papers(third));
            assertThat(all).as(path).hasSize(42).doesNotHaveDuplicates();
            assertThat(first.body())
                    .contains("<a rel=\"next\" href=\"" + path + "?page=2\">")
                    .doesNotContain("prev");
            assertThat(second.body()).contains("page=1", "page=3", "<ol class=\"papers\" start=\"21\">");
            assertThat(third.body()).contains("page=2").doesNotContain("rel=\"next\"");
        }
        assertThat(papers(get("/new?page=999999"))).isEmpty();
        for (String page : List.of("0", "-1", "x", "99999999999")) {
            assertThat(get("/new?page=" + page).statusCode()).as(page).isEqualTo(400);
        }
    }

    @Test
    void a_search_by_words_offers_the_subscription_by_words() throws Exception {
        assertThat(get("/search?q=soil&mode=words").body())
                .contains("name=\"mode\" value=\"words\">\n<label for=\"address\"");
        assertThat(post("/subscribe", "q=soil&mode=words&address=words%40example.org")
                        .statusCode())
                .isEqualTo(200);
        assertThat(Subscriptions.of(folder).all())
                .anySatisfy(each -> assertThat(each.mode()).hasValue(SearchMode.WORDS));
        assertThat(post("/subscribe", "q=soil&mode=charms&address=words%40example.org")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void a_search_finds_by_meaning_words_or_both() throws Exception {
        assertThat(papers(get("/search?q=worlds+around+other+suns&mode=semantic"))
                        .subList(0, 3))
                .allMatch(id -> id.startsWith("planet"));
        assertThat(papers(get("/search?q=flavonoid&mode=words"))).containsExactly("soil-05");
        assertThat(papers(get("/search?q=flavonoid"))).hasSize(10).contains("soil-05");
        assertThat(get("/search?q=flavonoid&mode=words").body()).contains("value=\"words\" checked");
        assertThat(get("/search?q=xyzzy&mode=words").body()).contains("Nothing here yet.");
        assertThat(papers(get("/search"))).isEmpty();
    }

    @Test
    void a_paper_shows_its_abstract_and_what_is_related() throws Exception {
        HttpResponse<String> page = get("/paper?id=planet-02");
        assertThat(page.body())
                .contains(
                        "<h1 dir=\"auto\">Starspots that pretend to be methane</h1>",
                        "removes most of the false bands.");
        assertThat(papers(page)).hasSize(5).doesNotContain("planet-02").allMatch(id -> id.startsWith("planet"));
    }

    @Test
    void topics_show_their_words_and_papers() throws Exception {
        HttpResponse<String> page = get("/topics");
        assertThat(papers(page)).hasSize(42).doesNotHaveDuplicates();
        assertThat(page.body()).containsPattern("<h2>[^<]*planet[^<]*</h2>");
    }

    @Test
    void nothing_that_a_feed_or_a_reader_writes_becomes_markup() throws Exception {
        String hostile = "</title><script>alert('x')</script>\"><img src=x onerror=alert(1)>&amp;";
        room.update(
                List.of(new Listing("\"><script>id&", hostile, hostile + " soil", LocalDate.of(2026, 3, 15), 9_999)));
        String id = "/paper?id=%22%3E%3Cscript%3Eid%26";
        String query = "/search?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&mode=words";
        for (String path : List.of("/", "/new", "/topics", id, query, "/search?q=soil")) {
            HttpResponse<String> page = get(path);
            assertThat(page.statusCode()).as(path).isEqualTo(200);
            assertThat(page.body()).as(path).doesNotContain("<script").doesNotContain("<img");
        }
        assertThat(get(id).body())
                .contains(
                        "<h1 dir=\"auto\">&lt;/title&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&gt;&lt;img");
        assertThat(get(query).body()).contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"");
    }

    @Test
    void a_browser_is_told_to_run_nothing_and_to_pass_no_address_on() throws Exception {
        for (String path : List.of("/", "/style.css", "/nowhere")) {
            var headers = get(path).headers();
            assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'; style-src 'self'");
            assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(headers.firstValue("Referrer-Policy")).hasValue("no-referrer");
        }
    }

    @Test
    void a_page_can_be_read_by_keyboard_and_in_the_dark() throws Exception {
        assertThat(get("/").body())
                .contains(
                        "<html lang=\"en\">",
                        "<a class=\"skip\" href=\"#content\">",
                        "<main id=\"content\">",
                        "<nav aria-label=");
        assertThat(get("/search?q=coral").body()).contains("<label for=\"query\">", "<label for=\"address\">");
        assertThat(get("/style.css").body()).contains("prefers-color-scheme: dark", ":focus-visible");
    }

    @Test
    void what_is_not_there_or_not_understood_is_said_on_a_page() throws Exception {
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);
        assertThat(get("/paper?id=nobody").statusCode()).isEqualTo(404);
        assertThat(get("/search?q=a&mode=magic").statusCode()).isEqualTo(400);
        assertThat(get("/search?q=a&q=b").statusCode()).isEqualTo(400);
        assertThat(get("/search?q=" + "a".repeat(501)).statusCode()).isEqualTo(400);
        assertThat(get("/confirm?token=none").statusCode()).isEqualTo(404);
        assertThat(get("/unsubscribe").statusCode()).isEqualTo(404);
        assertThat(post("/", "").statusCode()).isEqualTo(404);
        assertThat(get("/nowhere").body()).contains("<h1 dir=\"auto\">That did not work</h1>");
        HttpResponse<String> deleted = client.send(
                HttpRequest.newBuilder(server.address()).DELETE().build(), HttpResponse.BodyHandlers.ofString());
        assertThat(deleted.statusCode()).isEqualTo(405);
    }

    @Test
    void a_reader_subscribes_confirms_by_the_link_of_a_mail_and_ends_it() throws Exception {
        Subscriptions subscriptions = Subscriptions.of(folder);
        assertThat(get("/search?q=coral+%26+larvae").body())
                .contains("<input type=\"hidden\" name=\"q\" value=\"coral &amp; larvae\">");
        HttpResponse<String> asked = post("/subscribe", "q=coral+%26+larvae&address=reader%40example.org");
        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(asked.body()).doesNotContain("reader");
        Subscription wish = subscriptions.all().get(0);
        assertThat(wish.confirmed()).isFalse();

        assertThat(mail.getReceivedMessages()).hasSize(1);
        String text = (String) ((MimeMultipart) mail.getReceivedMessages()[0].getContent())
                .getBodyPart(0)
                .getContent();
        assertThat(text).contains("coral & larvae");
        Matcher link = Pattern.compile("http://papers.example.org(/confirm\\?token=\\S+)")
                .matcher(text);
        assertThat(link.find()).isTrue();

        // A program that only follows links confirms nothing.
        assertThat(get(link.group(1)).body()).contains("<form action=\"" + link.group(1) + "\" method=\"post\">");
        assertThat(subscriptions.all().get(0).confirmed()).isFalse();
        assertThat(post(link.group(1), "").statusCode()).isEqualTo(200);
        assertThat(subscriptions.all().get(0).confirmed()).isTrue();
        assertThat(subscriptions.all().get(0).edition()).isEqualTo(1);

        // Who asks again learns nothing of what the address has.
        HttpResponse<String> again = post("/subscribe", "q=coral+%26+larvae&address=reader%40example.org");
        assertThat(again.body()).isEqualTo(asked.body());
        assertThat(mail.getReceivedMessages()).hasSize(1);

        String unsubscribe = "/unsubscribe?token=" + wish.token();
        assertThat(get(unsubscribe).body()).contains("End these mails");
        assertThat(subscriptions.all()).hasSize(1);
        assertThat(post(unsubscribe, "List-Unsubscribe=One-Click").statusCode()).isEqualTo(200);
        assertThat(subscriptions.all()).isEmpty();
    }

    @Test
    void a_wish_that_cannot_be_taken_or_mailed_leaves_nothing_behind() throws Exception {
        Subscriptions subscriptions = Subscriptions.of(folder);
        HttpResponse<String> wrong = post("/subscribe", "q=coral&address=a%40example.org%0D%0ABcc%3A+b%40example.org");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("expected one mail address").doesNotContain("Bcc");
        assertThat(post("/subscribe", "q=a%0Ab&address=a%40example.org").statusCode())
                .isEqualTo(400);
        mail.stop();
        assertThat(post("/subscribe", "q=coral&address=a%40example.org").statusCode())
                .isEqualTo(503);
        assertThat(subscriptions.all()).isEmpty();
    }

    @Test
    void a_room_without_a_mail_server_offers_no_mails() throws Exception {
        try (HttpServer silent = serve(Optional.empty())) {
            HttpResponse<String> page = client.send(
                    HttpRequest.newBuilder(URI.create(silent.address() + "/search?q=coral"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(page.body()).doesNotContain("/subscribe");
        }
    }
}
