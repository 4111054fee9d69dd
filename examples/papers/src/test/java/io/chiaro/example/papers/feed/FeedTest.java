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
        return Feed.read(Files.writeString(folder.resolve(name), content));
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
    void the_two_sample_feeds_are_read_whole() {
        assertThat(Feed.read(Path.of("feeds/monday.jsonl"))).hasSize(42);
        List<Listing> tuesday = Feed.read(Path.of("feeds/tuesday.atom"));
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
    void a_bad_entry_of_atom_is_named() {
        refused("f.atom", entry(FIELDS), "with title");
        refused("f.atom", entry(FIELDS + "<title>T</title><title>U</title>"), "one title");
        refused("f.atom", entry(FIELDS + "<title type=\"html\">T</title>"), "plain text");
        refused("f.atom", entry(FIELDS + "<title>T <b>b</b></title>"), "an Atom feed");
        refused("f.atom", entry(FIELDS + "<title>T</title><p:votes>many</p:votes>"), "whole number of votes");
        refused("f.atom", entry(FIELDS.replace("2026-03-14T", "on ") + "<title>T</title>"), "a time as in");
        refused("f.atom", "<rss/>", "a feed of the namespace");
        refused("f.atom", entry(FIELDS + "<title>T</title>").substring(0, 200), "an Atom feed");
    }

    @Test
    void an_entity_opens_no_other_file_and_a_document_type_is_refused() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.txt"), "the secret");
        String outside = "<!DOCTYPE feed [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>";
        refused("f.atom", outside + entry(FIELDS + "<title>&x;</title>"), "document type");
        refused("f.atom", entry(FIELDS + "<title>&x;</title>"), "an Atom feed");
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
