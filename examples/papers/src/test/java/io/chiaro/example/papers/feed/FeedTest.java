package io.chiaro.example.papers.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedTest {

    private static final String GOOD =
            "{\"id\": \"a\", \"title\": \"A title\", \"abstract\": \"An abstract.\", \"date\": \"2026-03-14\", \"votes\": 7}";

    @TempDir
    Path folder;

    private List<Listing> read(String name, String content) throws IOException {
        Feed feed = Feed.read(Files.writeString(folder.resolve(name), content));
        assertThat(feed.skipped()).isEmpty();
        return feed.listings();
    }

    /** An entry that cannot be read, between two that can. */
    private void skipped(String inside, String reason) throws IOException {
        String good = "<id>%s</id><title>T</title><summary>S</summary><updated>2026-01-02T00:00:00Z</updated>";
        Feed feed = Feed.read(Files.writeString(
                folder.resolve("f.atom"),
                entry(good.formatted("before") + "</entry>\n<entry>" + inside + "</entry><entry>"
                        + good.formatted("after"))));
        assertThat(feed.listings()).extracting(Listing::id).containsExactly("before", "after");
        assertThat(feed.skipped())
                .singleElement()
                .asString()
                .contains("f.atom:2: ")
                .hasLineCount(1)
                .hasSizeLessThan(folder.toString().length() + 300)
                .contains(reason);
    }

    private void refused(String name, String content, String reason) {
        assertThatThrownBy(() -> read(name, content))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.DATA))
                .hasMessageContaining(name)
                .hasMessageContaining(reason);
    }

    private static String entry(String inside) {
        return "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:p=\"urn:chiaro:papers\"><title>A feed</title><entry>"
                + inside + "</entry></feed>";
    }

    private static final String FIELDS =
            "<id>a</id><summary>An\n  abstract.</summary><published>2026-03-14T23:30:00+02:00</published>";

    @Test
    void an_address_is_no_file_and_the_error_says_what_to_do() {
        assertThatThrownBy(() -> Feed.read(Path.of("https://example.org/listing.atom")))
                .hasMessageContaining("expected a file, but found an address. Fetch it first");
    }

    @Test
    void the_two_sample_feeds_are_read_whole() {
        assertThat(Feed.read(Path.of("feeds/monday.jsonl")).listings()).hasSize(42);
        List<Listing> tuesday = Feed.read(Path.of("feeds/tuesday.atom")).listings();
        assertThat(tuesday).hasSize(6);
        assertThat(tuesday.get(0).id()).isEqualTo("reef-08");
        assertThat(tuesday.get(0).votes()).isEqualTo(2);
        assertThat(tuesday.get(0).date()).isEqualTo(LocalDate.of(2026, 3, 15));
    }

    @Test
    void json_and_atom_say_the_same() throws IOException {
        Listing wanted = new Listing("a", "A title", "An abstract.", LocalDate.of(2026, 3, 14), 7);
        assertThat(read("f.jsonl", GOOD + "\n\n")).containsExactly(wanted);
        assertThat(read(
                        "f.atom",
                        entry(FIELDS + "<title type=\"text\">A <![CDATA[title]]></title><p:votes>7</p:votes>"
                                + "<author><name>Somebody</name><id>not this one</id></author>")))
                .containsExactly(wanted);
    }

    @Test
    void an_entry_without_votes_has_none_and_without_published_the_date_of_its_update() throws IOException {
        Listing read = read(
                        "f.xml",
                        entry("<id>a</id><title>T</title><summary>S</summary><updated>2026-01-02T00:00:00Z</updated>"))
                .get(0);
        assertThat(read.votes()).isZero();
        assertThat(read.date()).isEqualTo(LocalDate.of(2026, 1, 2));
    }

    @Test
    void a_bad_line_of_json_is_named() {
        refused("f.jsonl", GOOD + "\n{\"id\": \"b\"", "f.jsonl:2");
        refused("f.jsonl", GOOD.replace("votes", "vote"), "votes");
        refused("f.jsonl", GOOD.replace("2026-03-14", "14 March"), "as in 2026-03-14");
        refused("f.jsonl", GOOD.replace("7", "-1"), "votes of at least 0");
        refused("f.jsonl", GOOD.replace("A title", "  "), "a title of 1 to");
        refused("f.jsonl", GOOD.replace("\"a\"", "\"a\\nb\""), "an id of 1 to");
        refused("f.jsonl", GOOD + "\n" + GOOD, "each paper once");
    }

    @Test
    void bytes_that_are_no_utf_8_are_refused() throws IOException {
        Path file = Files.write(folder.resolve("f.jsonl"), new byte[] {'{', (byte) 0xff, '}'});
        assertThatThrownBy(() -> Feed.read(file))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void a_bad_entry_of_atom_is_skipped_with_its_reason_and_the_others_are_read() throws IOException {
        skipped(FIELDS, "with title");
        skipped(FIELDS + "<title>T</title><title>U</title>", "one title");
        skipped(FIELDS + "<title type=\"text/markdown\">T</title>", "the type text, html or xhtml of title");
        skipped(FIELDS + "<title type=\"html\">T <b>b</b></title>", "the element b");
        skipped(FIELDS + "<title>T <b>b</b></title>", "the element b");
        skipped(FIELDS.replace("<id>", "<id type=\"html\">") + "<title>T</title>", "plain text of id");
        skipped(FIELDS + "<title type=\"html\">&lt;p&gt;&lt;/p&gt;</title>", "a title of 1 to");
        skipped(FIELDS + "<title>T</title><p:votes>many</p:votes>", "whole number of votes");
        skipped(FIELDS.replace("2026-03-14T", "on ") + "<title>T</title>", "a time as in");
        skipped(FIELDS + "<title>T</title><p:votes>many\nand " + "many ".repeat(100) + "</p:votes>", "many and many");
        skipped(FIELDS.replace("<id>a", "<id>before") + "<title>T</title>", "each paper once");
    }

    @Test
    void what_is_no_atom_is_refused_as_a_whole() {
        refused("f.atom", "<rss/>", "a feed of the namespace");
        refused("f.atom", entry(FIELDS + "<title>T</title>").substring(0, 200), "an Atom feed");
    }

    @Test
    void titles_and_summaries_of_html_and_of_elements_are_read_as_their_text() throws IOException {
        String rest = "<id>a</id><published>2026-03-14T00:00:00Z</published>";
        Listing html = read(
                        "f.atom",
                        entry(rest
                                + "<title type=\"html\">A &lt;b class=\"x>y\"&gt;bold&lt;/b&gt; title &amp;amp; 1 &amp;lt; 2</title>"
                                + "<summary type=\"html\"><![CDATA[<p>One.</p><p>H<sub>2</sub>O<br/>two &lt;i&gt;"
                                + "<script>if (a < b) alert('</p>')</script><!-- <b> no --></p>]]></summary>"))
                .get(0);
        assertThat(html.title()).isEqualTo("A bold title & 1 < 2");
        assertThat(html.abstractText()).isEqualTo("One. H2O two <i>");

        Listing elements = read(
                        "f.atom",
                        entry(
                                rest
                                        + "<title type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">A <em>fine</em> title"
                                        + "</div></title><summary type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>One.</p>"
                                        + "<p>CO<sub>2</sub> &lt;b&gt; <!-- no --><style>p { x: y }</style></p></div></summary>"))
                .get(0);
        assertThat(elements.title()).isEqualTo("A fine title");
        assertThat(elements.abstractText()).isEqualTo("One. CO2 <b>");
    }

    @Test
    void an_entity_opens_no_other_file_and_a_document_type_is_refused() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.txt"), "the secret");
        String outside = "<!DOCTYPE feed [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>";
        refused("f.atom", outside + entry(FIELDS + "<title>&x;</title>"), "document type");
        refused("f.atom", entry(FIELDS + "<title>&x;</title>"), "an Atom feed");
        for (String type : List.of("html", "xhtml")) {
            String title = "<title type=\"" + type + "\"><![CDATA[ ]]>&x;</title>";
            refused("f.atom", outside + entry(FIELDS + title), "document type");
            refused("f.atom", entry(FIELDS + title), "an Atom feed");
        }
        refused("f.atom", "<!DOCTYPE feed SYSTEM \"" + secret.toUri() + "\">" + entry(FIELDS), "document type");
    }

    @Test
    void entities_that_grow_without_end_are_refused_before_they_grow() {
        StringBuilder laughs = new StringBuilder("<!DOCTYPE feed [<!ENTITY l0 \"ha\">");
        for (int i = 1; i < 30; i++) {
            laughs.append("<!ENTITY l%d \"&l%d;&l%d;\">".formatted(i, i - 1, i - 1));
        }
        refused("f.atom", laughs + "]>" + entry(FIELDS + "<title>&l29;</title>"), "document type");
    }

    @Test
    void a_name_that_says_no_format_is_a_mistake_of_the_command() {
        assertThatThrownBy(() -> read("f.csv", GOOD))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.USAGE));
        assertThatThrownBy(() -> Feed.read(folder.resolve("none.jsonl")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("no such file");
    }
}
