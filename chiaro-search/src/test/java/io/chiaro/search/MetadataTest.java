package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import io.chiaro.model.MetadataValue;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.search.filter.Filter;
import io.chiaro.search.vector.SearchEngine;
import io.chiaro.search.vector.UnitVectors;
import io.chiaro.testkit.Property;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Filters and facets, held to plain loops over the documents. */
class MetadataTest {

    private static final Clouds MODEL = new Clouds("abc", 12, Prompts.NONE);
    private static final List<String> TOPICS = List.of("birds", "tea", "winter", "a, b", "7");

    @TempDir
    Path folder;

    private static Document document(int i, SplittableRandom random) {
        Map<String, MetadataValue> values = new LinkedHashMap<>();
        if (random.nextInt(4) > 0) {
            values.put("year", new MetadataValue.Figure(2000 + random.nextInt(10) + (i % 3 == 0 ? 0.5 : 0)));
        }
        if (random.nextInt(4) > 0) {
            values.put("draft", new MetadataValue.Truth(random.nextBoolean()));
        }
        List<String> topics =
                TOPICS.stream().filter(topic -> random.nextInt(3) == 0).toList();
        values.put(
                "topic", topics.size() == 1 ? new MetadataValue.Text(topics.get(0)) : new MetadataValue.Texts(topics));
        // The rest is what the words of queries meet.
        String text = "cloud" + i % 5 + " text " + i + (i % 2 == 0 ? " lark" : " owl");
        return new Document("d" + i, "", text, new Metadata(values));
    }

    /** A filter with what it means for a document. */
    private record Meant(Filter filter, Predicate<Document> holds) {}

    private static List<String> words(Document document, String name) {
        MetadataValue value = document.metadata().values().get(name);
        return value == null ? List.of() : value.words();
    }

    private static Meant filter(SplittableRandom random, int depth) {
        switch (random.nextInt(depth > 0 ? 6 : 3)) {
            case 0 -> {
                String topic = TOPICS.get(random.nextInt(TOPICS.size()));
                return new Meant(
                        Filter.equal("topic", topic), d -> words(d, "topic").contains(topic));
            }
            case 1 -> {
                List<String> years = List.of("2003", "2004.5", "true");
                return new Meant(
                        new Filter.OneOf("year", years),
                        d -> words(d, "year").stream().anyMatch(years::contains));
            }
            case 2 -> {
                double least = 2000 + random.nextInt(10);
                double most = random.nextBoolean() ? Double.POSITIVE_INFINITY : least + random.nextInt(5) - 1;
                return new Meant(new Filter.Range("year", least, most), d -> {
                    MetadataValue year = d.metadata().values().get("year");
                    return year != null
                            && year.number().getAsDouble() >= least
                            && year.number().getAsDouble() <= most;
                });
            }
            case 3 -> {
                Meant inner = filter(random, depth - 1);
                return new Meant(new Filter.Not(inner.filter()), inner.holds().negate());
            }
            case 4 -> {
                Meant a = filter(random, depth - 1);
                Meant b = filter(random, depth - 1);
                return new Meant(
                        new Filter.And(List.of(a.filter(), b.filter())),
                        a.holds().and(b.holds()));
            }
            default -> {
                Meant a = filter(random, depth - 1);
                Meant b = filter(random, depth - 1);
                return new Meant(
                        new Filter.Or(List.of(a.filter(), b.filter())),
                        a.holds().or(b.holds()));
            }
        }
    }

    @Test
    void filtered_searches_and_facets_equal_plain_loops_over_the_documents() {
        int[] run = {0};
        Property.check(6, random -> {
            Path place = folder.resolve("index" + run[0]++);
            List<Document> documents = new ArrayList<>(
                    IntStream.range(0, 150).mapToObj(i -> document(i, random)).toList());
            TextIndex.write(place, documents.stream(), MODEL);
            try (TextIndexWriter writer = TextIndexWriter.open(place)) {
                for (int i = 0; i < 30; i++) {
                    documents.set(i, document(i, random));
                }
                writer.add(documents.subList(0, 30).stream(), MODEL);
                writer.delete(List.of("d149", "d148"));
                documents.subList(148, 150).clear();
                writer.commit();
            }
            try (TextIndex whole = TextIndex.open(place)) {
                for (int i = 0; i < 12; i++) {
                    Meant meant = filter(random, 2);
                    try (TextIndex index = whole.where(meant.filter())) {
                        check(index, whole, meant, documents);
                    }
                }
            }
        });
    }

    private static void check(TextIndex index, TextIndex whole, Meant meant, List<Document> documents) {
        List<Document> held = documents.stream().filter(meant.holds()).toList();
        float[] query = UnitVectors.unit(MODEL.embed(List.of("cloud3 asked"), TextRole.QUERY)[0]);
        List<TextHit> expected = new ArrayList<>();
        for (Document document : held) {
            float[] vector = UnitVectors.unit(MODEL.embed(List.of(document.content()), TextRole.DOCUMENT)[0]);
            expected.add(new TextHit(
                    document.id(),
                    UnitVectors.dot(query, vector),
                    document.title(),
                    document.content(),
                    document.metadata()));
        }
        expected.sort(Comparator.comparing((TextHit hit) -> -hit.score()).thenComparing(TextHit::id));
        assertThat(index.search(query, 1000)).as(meant.filter().toString()).isEqualTo(expected);
        assertThat(index.search(query, 7)).isEqualTo(expected.subList(0, Math.min(7, expected.size())));

        // Words score as they do without a filter.
        List<String> ids = held.stream().map(Document::id).toList();
        assertThat(index.searchWords("larks sing text 14", 1000))
                .isEqualTo(whole.searchWords("larks sing text 14", 1000).stream()
                        .filter(hit -> ids.contains(hit.id()))
                        .toList());

        assertThat(index.facets(Optional.empty(), List.of("topic", "year", "draft"), 100))
                .isEqualTo(facets(held, "topic", "year", "draft"));
        assertThat(index.facets(Optional.of("lark"), List.of("topic"), 100))
                .isEqualTo(facets(
                        held.stream().filter(d -> d.text().endsWith("lark")).toList(), "topic"));
    }

    private static Map<String, Facet> facets(List<Document> documents, String... names) {
        Map<String, Facet> facets = new LinkedHashMap<>();
        for (String name : names) {
            Map<String, Integer> counts = new TreeMap<>();
            documents.forEach(document -> words(document, name).forEach(word -> counts.merge(word, 1, Integer::sum)));
            facets.put(
                    name,
                    new Facet(
                            counts.entrySet().stream()
                                    .sorted(Map.Entry.<String, Integer>comparingByValue()
                                            .reversed())
                                    .map(entry -> new FacetCount(entry.getKey(), entry.getValue()))
                                    .toList(),
                            0));
        }
        return facets;
    }

    @Test
    void a_graph_is_walked_for_allowed_documents_alone() {
        Path place = folder.resolve("index");
        Stream<Document> documents = IntStream.range(0, 900)
                .mapToObj(i -> new Document(
                        "d" + i,
                        "",
                        "cloud" + i % 5 + " text " + i,
                        new Metadata(Map.of("part", new MetadataValue.Figure(i % 3)))));
        assertThat(TextIndex.write(place, documents, MODEL, 100, 16).engine()).isEqualTo(SearchEngine.HNSW);
        try (TextIndex whole = TextIndex.open(place);
                TextIndex index = whole.where(Filter.equal("part", "1"))) {
            for (int i = 1; i < 900; i += 90) {
                assertThat(index.search("cloud" + i % 5 + " text " + i, MODEL, 5))
                        .hasSize(5)
                        .allMatch(hit -> hit.metadata().plain().equals(Map.of("part", 1L)))
                        .first()
                        .extracting(TextHit::id)
                        .isEqualTo("d" + i);
            }
        }
    }

    @Test
    void names_that_no_document_has_are_refused_with_the_nearest() {
        Path place = folder.resolve("index");
        TextIndex.write(
                place,
                Stream.of(new Document("a", "", "x", new Metadata(Map.of("topic", new MetadataValue.Text("tea"))))),
                MODEL);
        try (TextIndex index = TextIndex.open(place)) {
            assertThatThrownBy(() -> index.where(Filter.equal("topci", "tea")))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("Did you mean \"topic\"?");
            assertThatThrownBy(() -> index.where(new Filter.Range("topic", 0, 1)))
                    .hasMessageContaining("expected the name of numbers");
            assertThatThrownBy(() -> index.facets(Optional.empty(), List.of("year"), 3))
                    .hasMessageContaining("found \"year\"");
            assertThat(index.find("a").orElseThrow().metadata().plain()).isEqualTo(Map.of("topic", "tea"));
        }
    }

    @Test
    void where_no_document_has_metadata_no_name_is_wrong_and_none_is_met() {
        try (TextIndexWriter writer = TextIndexWriter.open(folder.resolve("empty"), MODEL.description())) {
            writer.commit();
        }
        TextIndex.write(folder.resolve("bare"), Stream.of(new Document("a", "", "x")), MODEL);
        for (String name : List.of("empty", "bare")) {
            try (TextIndex index = TextIndex.open(folder.resolve(name))) {
                int documents = name.equals("empty") ? 0 : 1;
                for (Filter filter : List.of(Filter.equal("topic", "tea"), new Filter.Range("year", 0, 1))) {
                    try (TextIndex held = index.where(filter);
                            TextIndex others = index.where(new Filter.Not(filter))) {
                        assertThat(held.search("x", MODEL, 3)).isEmpty();
                        assertThat(held.searchWords("x", 3)).isEmpty();
                        assertThat(others.search("x", MODEL, 3)).hasSize(documents);
                    }
                }
                assertThat(index.facets(Optional.empty(), List.of("topic"), 3)).isEqualTo(Map.of("topic", Facet.NONE));
            }
        }
    }

    @Test
    void a_facet_says_how_many_values_it_leaves_off_also_under_a_filter() {
        Path place = folder.resolve("index");
        TextIndex.write(
                place,
                IntStream.range(0, 60)
                        .mapToObj(i -> new Document(
                                "d" + i,
                                "",
                                "x",
                                new Metadata(Map.of(
                                        "year",
                                        new MetadataValue.Figure(2000 + i % 30),
                                        "even",
                                        new MetadataValue.Truth(i % 2 == 0))))),
                MODEL);
        try (TextIndex index = TextIndex.open(place);
                TextIndex even = index.where(Filter.equal("even", "true"));
                TextIndex narrow = index.withMostText(40)) {
            Map<String, Facet> all = index.facets(Optional.empty(), List.of("year", "even"), 20);
            assertThat(all.values()).extracting(facet -> facet.values().size()).containsExactly(20, 2);
            assertThat(all.values()).extracting(Facet::others).containsExactly(10, 0);
            assertThat(even.facets(Optional.empty(), List.of("year"), 4).values())
                    .extracting(Facet::others)
                    .containsExactly(11);
            assertThat(narrow.facets(Optional.empty(), List.of("year"), 10)).hasSize(1);
            assertThatThrownBy(() -> narrow.facets(Optional.empty(), List.of("year"), 11))
                    .hasMessageContaining("at most 40 characters together");
        }
    }

    @Test
    void new_names_without_end_are_refused() {
        Path place = folder.resolve("index");
        try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description())) {
            assertThatThrownBy(() -> writer.add(
                            IntStream.range(0, 1001)
                                    .mapToObj(i -> new Document(
                                            "d" + i,
                                            "",
                                            "x",
                                            new Metadata(Map.of("name" + i, new MetadataValue.Truth(true))))),
                            MODEL))
                    .hasMessageContaining("at most 1000 different names");
        }
    }

    @Test
    void filters_are_read_from_json_and_from_a_line() {
        Filter filter = Filter.from(Json.parse("test", """
                {"and": [{"field": "year", "at_least": 2020, "below": 2022},
                         {"or": [{"field": "topic", "one_of": ["a, b", 7, true]}, {"not": {"field": "x", "equal": 1.5}}]}]}
                """));
        assertThat(filter)
                .isEqualTo(new Filter.And(List.of(
                        new Filter.Range("year", 2020, Math.nextDown(2022.0)),
                        new Filter.Or(List.of(
                                new Filter.OneOf("topic", List.of("a, b", "7", "true")),
                                new Filter.Not(Filter.equal("x", "1.5")))))));
        assertThat(Filter.parse("--filter", "year>2019, topic=birds|tea,draft!=true"))
                .isEqualTo(new Filter.And(List.of(
                        new Filter.Range("year", Math.nextUp(2019.0), Double.POSITIVE_INFINITY),
                        new Filter.OneOf("topic", List.of("birds", "tea")),
                        new Filter.Not(Filter.equal("draft", "true")))));
        assertThat(Filter.parse("--filter", "{\"field\": \"topic\", \"equal\": \"a, b\"}"))
                .isEqualTo(Filter.equal("topic", "a, b"));
        assertThat(Filter.EVERYTHING.and(Filter.equal("a", "b"))).isEqualTo(Filter.equal("a", "b"));
        for (String wrong : List.of(
                "{}",
                "{\"field\": \"a\"}",
                "{\"field\": \"a\", \"equal\": []}",
                "{\"field\": \"a\", \"one_of\": []}",
                "{\"field\": \"a\", \"one_of\": 3}",
                "{\"field\": \"a\", \"equal\": 1, \"at_least\": 2}",
                "{\"field\": \"a\", \"at_least\": 1, \"above\": 2}",
                "{\"field\": \"a\", \"at_least\": \"NaN\"}",
                "{\"field\": \"a\", \"equals\": 1}",
                "{\"and\": []}",
                "{\"and\": [], \"or\": []}",
                "{\"not\": 3}",
                "{\"not\": ".repeat(20) + "{\"field\": \"a\", \"equal\": 1}" + "}".repeat(20))) {
            assertThatThrownBy(() -> Filter.parse("--filter", wrong)).as(wrong).isInstanceOf(ChiaroException.class);
        }
        for (String wrong : List.of("", "year", "year>x", "year>NaN", "=3", "a b=3", "a=1,")) {
            assertThatThrownBy(() -> Filter.parse("--filter", wrong))
                    .as(wrong)
                    .isInstanceOfSatisfying(
                            ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.USAGE))
                    .hasMessageStartingWith("--filter");
        }
    }

    @Test
    void zero_is_one_number_whatever_its_sign() {
        Path place = folder.resolve("index");
        TextIndex.write(
                place,
                Stream.of(-0.0, 0.0, 1.0)
                        .map(n ->
                                new Document("d" + n, "", "x", new Metadata(Map.of("n", new MetadataValue.Figure(n))))),
                MODEL);
        try (TextIndex whole = TextIndex.open(place)) {
            for (Filter filter : List.of(
                    new Filter.Range("n", 0.0, 0.5), new Filter.Range("n", -1, -0.0), Filter.parse("f", "n<=-0.0"))) {
                try (TextIndex index = whole.where(filter)) {
                    assertThat(index.search("x", MODEL, 5))
                            .as(filter.toString())
                            .extracting(TextHit::id)
                            .containsExactlyInAnyOrder("d-0.0", "d0.0");
                }
            }
            try (TextIndex index = whole.where(new Filter.Range("n", -0.0, 1))) {
                assertThat(index.search("x", MODEL, 5)).hasSize(3);
            }
        }
    }

    @Test
    void whole_numbers_that_floating_point_would_change_are_refused_in_documents_and_filters() {
        for (String number :
                List.of("9007199254740993", "-9007199254740993", "9223372036854775808", "1" + "0".repeat(30))) {
            assertThatThrownBy(() -> Metadata.from(Json.parse("test", "{\"n\": " + number + "}")))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("expected whole numbers up to 2^53 at \"n\", but found " + number);
            assertThatThrownBy(() ->
                            Filter.from(Json.parse("test", "{\"field\": \"n\", \"one_of\": [1, " + number + "]}")))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("expected whole numbers up to 2^53 at \"one_of\", but found " + number);
        }
        assertThat(Metadata.from(Json.parse("test", "{\"n\": 9007199254740992, \"x\": 1e300}"))
                        .plain())
                .isEqualTo(Map.of("n", 9007199254740992L, "x", 1e300));
    }
}
