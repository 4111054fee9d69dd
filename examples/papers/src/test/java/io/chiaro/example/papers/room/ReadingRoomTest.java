package io.chiaro.example.papers.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.eval.RandomEncoder;
import io.chiaro.example.papers.KeptVectors;
import io.chiaro.example.papers.feed.Feed;
import io.chiaro.example.papers.feed.Listing;
import io.chiaro.model.Embedder;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingRoomTest {

    private static final List<Listing> MONDAY =
            Feed.read(Path.of("feeds/monday.jsonl")).listings();
    private static final List<Listing> TUESDAY =
            Feed.read(Path.of("feeds/tuesday.atom")).listings();

    private static KeptVectors model;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        model = new KeptVectors();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static String topic(Paper paper) {
        return paper.listing().id().replaceAll("-.*", "");
    }

    private static List<String> ids(List<Paper> papers) {
        return papers.stream().map(paper -> paper.listing().id()).toList();
    }

    @Test
    void an_update_embeds_only_what_is_new_or_changed() {
        model.documents();
        try (ReadingRoom room = ReadingRoom.open(folder, model)) {
            assertThat(room.shelf().edition()).isZero();
            assertThat(room.update(MONDAY)).isEqualTo(new ReadingRoom.Update(42, 0, 0));
            assertThat(model.documents()).isEqualTo(42);
            assertThat(room.update(MONDAY)).isEqualTo(new ReadingRoom.Update(0, 0, 42));
            assertThat(room.shelf().edition()).isEqualTo(1);
            assertThat(model.documents()).isZero();

            List<Listing> next = new ArrayList<>(TUESDAY);
            Listing voted = MONDAY.get(0);
            next.add(new Listing(voted.id(), voted.title(), voted.abstractText(), voted.date(), voted.votes() + 100));
            next.add(MONDAY.get(1));
            assertThat(room.update(next)).isEqualTo(new ReadingRoom.Update(6, 1, 1));
            assertThat(model.documents()).isEqualTo(7);
            assertThat(room.shelf().papers()).hasSize(48);
            assertThat(room.shelf().edition()).isEqualTo(2);
            Paper changed = room.shelf().find(voted.id()).orElseThrow();
            assertThat(changed.listing().votes()).isEqualTo(voted.votes() + 100);
            assertThat(changed.edition()).as("it is not new to readers").isEqualTo(1);
            assertThat(room.shelf().find("reef-08").orElseThrow().edition()).isEqualTo(2);
        }
    }

    @Test
    void what_is_read_back_is_what_the_feed_said() {
        try (ReadingRoom room = ReadingRoom.open(folder, model)) {
            room.update(MONDAY);
        }
        try (ReadingRoom room = ReadingRoom.open(folder, model)) {
            assertThat(room.shelf().papers())
                    .extracting(Paper::listing)
                    .containsExactlyInAnyOrderElementsOf(MONDAY)
                    .isSortedAccordingTo((a, b) -> b.date().compareTo(a.date()));
        }
    }

    @Test
    void another_that_has_the_room_open_sees_an_update_after_a_refresh() {
        try (ReadingRoom reader = ReadingRoom.open(folder, model)) {
            try (ReadingRoom writer = ReadingRoom.open(folder, model)) {
                writer.update(TUESDAY);
            }
            assertThat(reader.shelf().papers()).isEmpty();
            reader.refresh();
            assertThat(reader.shelf().papers()).hasSize(6);
            assertThat(reader.search("coral larvae", SearchMode.WORDS, 1)).isNotEmpty();
        }
    }

    @Test
    void meaning_finds_what_words_do_not_and_both_find_what_either_does() {
        try (ReadingRoom room = ReadingRoom.open(folder, model)) {
            room.update(MONDAY);
            String query = "worlds around other suns";
            assertThat(room.search(query, SearchMode.SEMANTIC, 5))
                    .allMatch(paper -> topic(paper).equals("planet"));
            assertThat(room.search("flavonoid", SearchMode.WORDS, 5)).hasSize(1);
            assertThat(ids(room.search("flavonoid", SearchMode.HYBRID, 5))).contains("soil-05");
            assertThat(room.search("xyzzy", SearchMode.WORDS, 5)).isEmpty();
        }
    }

    private static Listing coral(int number) {
        return new Listing(
                "coral-" + number,
                "Coral larvae, observation " + number,
                "Coral larvae settle where crusts smell right.",
                LocalDate.of(2026, 1, 1),
                0);
    }

    @Test
    void a_new_paper_about_a_wish_is_news_however_many_older_ones_are_nearer_to_it() {
        try (ReadingRoom room = ReadingRoom.open(folder, model)) {
            room.update(IntStream.range(0, 30).mapToObj(ReadingRoomTest::coral).toList());
            room.update(MONDAY);
            Wish wish = new Wish("coral larvae", SearchMode.HYBRID, Wish.LEAST_SIMILARITY);
            assertThat(room.search("coral larvae", SearchMode.HYBRID, ReadingRoom.PAGE))
                    .as("the first page is full of old ones")
                    .allMatch(paper -> paper.edition() == 1);

            News news = room.news(wish, 1, 2, 3);
            assertThat(news.best()).hasSize(3).allMatch(paper -> topic(paper).equals("reef"));
            assertThat(news.others()).isPositive();
            assertThat(room.news(wish, 1, 2, 100).best())
                    .hasSize(news.found())
                    .allMatch(paper -> topic(paper).equals("reef"));
            assertThat(room.news(wish, 2, 2, 3)).isEqualTo(new News(List.of(), 0));
        }
    }

    @Test
    void what_is_about_something_else_is_no_news_unless_the_wish_stands_in_it() {
        try (ReadingRoom room = ReadingRoom.open(folder, model)) {
            room.update(MONDAY);
            for (SearchMode mode : List.of(SearchMode.HYBRID, SearchMode.SEMANTIC)) {
                assertThat(room.news(new Wish("medieval poetry and wine", mode, 0.3), 0, 1, 5)
                                .found())
                        .as(mode.key())
                        .isZero();
            }
            assertThat(room.news(new Wish("FLAVONOID", SearchMode.HYBRID, 0.99), 0, 1, 5)
                            .found())
                    .isEqualTo(1);
            assertThat(room.news(new Wish("flavon", SearchMode.HYBRID, 0.99), 0, 1, 5)
                            .found())
                    .as("part of a word")
                    .isZero();
            assertThat(room.news(new Wish("flavonoid", SearchMode.WORDS, 0.99), 0, 1, 5)
                            .found())
                    .isEqualTo(1);
        }
    }

    @Test
    void related_papers_are_of_the_same_field_and_do_not_hold_the_paper_itself() {
        try (ReadingRoom room = ReadingRoom.open(folder, model)) {
            room.update(MONDAY);
            for (String id : List.of("reef-01", "cell-01", "planet-02", "graph-01")) {
                List<Paper> related = room.related(id, 3);
                assertThat(related).hasSize(3).allMatch(paper -> id.startsWith(topic(paper)));
                assertThat(ids(related)).doesNotContain(id);
            }
            assertThat(room.related("nobody", 3)).isEmpty();
        }
    }

    @Test
    void topics_hold_every_paper_once_and_bear_words_of_their_field() {
        try (ReadingRoom room = ReadingRoom.open(folder, model)) {
            room.update(MONDAY);
            List<Topic> topics = room.shelf().topics();
            assertThat(topics.stream().flatMap(topic -> topic.papers().stream()))
                    .containsExactlyInAnyOrderElementsOf(room.shelf().papers());
            Topic planets = topics.stream()
                    .filter(topic -> ids(topic.papers()).contains("planet-01"))
                    .findFirst()
                    .orElseThrow();
            assertThat(planets.papers()).allMatch(paper -> topic(paper).equals("planet"));
            assertThat(planets.words()).contains("planet", "atmosphere");
            assertThat(topics).allSatisfy(topic -> assertThat(topic.words()).isNotEmpty());
        }
    }

    @Test
    void another_model_is_refused_until_the_room_is_embedded_anew_by_it() {
        try (ReadingRoom room = ReadingRoom.open(folder, model)) {
            room.update(MONDAY);
            room.update(TUESDAY);
        }
        try (Embedder other = RandomEncoder.create(16, 1)) {
            assertThatThrownBy(() -> ReadingRoom.open(folder, other)).isInstanceOf(ChiaroException.class);
            ReadingRoom.exchangeModel(folder, other);
            try (ReadingRoom room = ReadingRoom.open(folder, other)) {
                assertThat(room.shelf().papers()).hasSize(48);
                assertThat(room.shelf().find("soil-08").orElseThrow().edition()).isEqualTo(2);
                assertThat(room.search("barley", SearchMode.HYBRID, 10)).hasSize(10);
            }
        }
    }

    @Test
    void the_words_of_a_topic_are_those_of_the_formula() {
        Paper a = paper("a", "zebra zebra herd", "grass grass");
        Paper b = paper("b", "zebra herd", "the grass and");
        Paper c = paper("c", "quark boson", "quark quark grass");
        Paper d = paper("d", "boson quark", "field");
        Paper e = paper("e", "boson field", "field");
        Paper f = paper("f", "lepton", "alone here");
        // In more than half of the topics: grass. In one paper alone: lepton, alone, here.
        List<List<String>> words = Topics.words(List.of(List.of(a, b), List.of(c, d, e, f)));
        // All words count into A, function words ("the", "and") do not: 5 + 3 + 5 + 3 + 3 + 3 = 22, so A = 11.
        double zebra = 3 * Math.log(1 + 11.0 / 3);
        double herd = 2 * Math.log(1 + 11.0 / 2);
        double quark = 4 * Math.log(1 + 11.0 / 4);
        double bosonAndField = 3 * Math.log(1 + 11.0 / 3);
        assertThat(zebra).isGreaterThan(herd);
        assertThat(quark).isGreaterThan(bosonAndField);
        assertThat(words.get(0)).containsExactly("zebra", "herd");
        assertThat(words.get(1)).containsExactly("quark", "boson", "field");
    }

    private static Paper paper(String id, String title, String text) {
        return new Paper(new Listing(id, title, text, LocalDate.of(2026, 1, 1), 0), 1);
    }
}
