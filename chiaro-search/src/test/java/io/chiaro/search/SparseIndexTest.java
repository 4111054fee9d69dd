package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.metric.DocumentOrder;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.model.Metadata;
import io.chiaro.model.MetadataValue;
import io.chiaro.model.Prompts;
import io.chiaro.model.SparseRanker;
import io.chiaro.model.SparseVector;
import io.chiaro.model.TextRole;
import io.chiaro.search.filter.Filter;
import io.chiaro.search.vector.SparseField;
import io.chiaro.testkit.Property;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sparse vectors in an index: what is found, what is kept, what is refused. */
class SparseIndexTest {

    private static final Clouds MODEL = new Clouds("abc", 16, Prompts.NONE);
    private static final Tokens SPARSE = new Tokens("def", 300);

    @TempDir
    Path folder;

    private static Document document(int i, String words) {
        return new Document(
                "d" + i,
                "",
                "cloud" + i % 7 + " " + words + " " + i,
                new Metadata(Map.of("part", new MetadataValue.Figure(i % 3))));
    }

    private static Stream<Document> documents(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> document(i, "text"));
    }

    private static IndexDescription write(Path place, Stream<Document> documents) {
        return TextIndex.write(place, documents, MODEL, Optional.of(SPARSE), IndexForm.defaults());
    }

    private static SparseVector weights(String text) {
        return SPARSE.embed(List.of(text)).get(0);
    }

    /** The plain product over the rounded numbers of documents; each product is a float, as Lucene has it, the sum is none. */
    private static List<Hit> products(SparseVector query, Iterable<Document> documents, int k) {
        List<Hit> hits = new ArrayList<>();
        for (Document document : documents) {
            float[] dense = new float[SPARSE.vocabulary()];
            SparseVector vector = weights(document.content());
            for (int i = 0; i < vector.size(); i++) {
                dense[vector.ids()[i]] = SparseField.rounded(vector.weights()[i]);
            }
            double sum = 0;
            boolean shared = false;
            for (int i = 0; i < query.size(); i++) {
                sum += query.weights()[i] * dense[query.ids()[i]];
                shared |= dense[query.ids()[i]] > 0;
            }
            if (shared) {
                hits.add(new Hit(document.id(), (float) sum));
            }
        }
        hits.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
        return hits.subList(0, Math.min(k, hits.size()));
    }

    private static List<Hit> bare(List<TextHit> hits) {
        return hits.stream().map(TextHit::bare).toList();
    }

    @Test
    void a_number_is_kept_to_the_nearest_of_nine_bits_and_numbers_keep_their_order() {
        Property.check(20, random -> {
            float scale = (float) Math.pow(10, random.nextInt(9) - 4);
            float last = 0;
            float lastKept = 0;
            for (int i = 0; i < 500; i++) {
                float number = last + (float) (scale * random.nextDouble() / 50) + Float.MIN_NORMAL;
                float kept = SparseField.rounded(number);
                assertThat(kept).isGreaterThanOrEqualTo(lastKept);
                assertThat(Math.abs(kept - number)).isLessThanOrEqualTo(number / 512);
                assertThat(SparseField.rounded(kept)).as("what is kept is kept").isEqualTo(kept);
                assertThat(Float.floatToIntBits(kept) & 0x7fff).isZero();
                last = number;
                lastKept = kept;
            }
        });
        assertThat(SparseField.rounded(1)).isEqualTo(1);
        assertThat(SparseField.rounded(1 + 1 / 512f)).as("halfway").isEqualTo(1 + 1 / 256f);
        assertThat(SparseField.rounded(1 + 0.99f / 512f)).isEqualTo(1);
        assertThat(SparseField.rounded(Float.MAX_VALUE)).isFinite();
    }

    @Test
    void documents_are_ranked_by_the_product_of_their_numbers_with_the_querys() {
        int[] run = {0};
        Property.check(3, random -> {
            Path place = folder.resolve("index" + run[0]++);
            int count = 1 + random.nextInt(500);
            String words = "w" + random.nextInt(1000);
            List<Document> all = IntStream.range(0, count)
                    // Every tenth text stands there twice, so that there are draws.
                    .mapToObj(i -> new Document("d" + i, "", words + " " + (i % 10 == 9 ? i - 1 : i)))
                    .toList();
            WholeIndex.write(
                    place,
                    all.stream(),
                    MODEL,
                    Optional.of(SPARSE),
                    IndexForm.defaults(),
                    WholeIndex.MOST_EXACT,
                    random.nextInt(2) == 0 ? 0.2 : 64);
            try (TextIndex index = TextIndex.open(place)) {
                for (int k : new int[] {1, 2, 10, count, 2 * count}) {
                    String query = words + " asked " + k;
                    assertThat(bare(index.searchSparse(query, SPARSE, k))).isEqualTo(products(weights(query), all, k));
                }
            }
        });
    }

    @Test
    void an_explanation_has_the_weights_of_both_sides_and_their_products_sum_to_the_score() {
        List<Document> all = documents(0, 200).toList();
        write(folder, all.stream());
        String query = "cloud3 text asked";
        float[] vector = MODEL.embed(List.of(query), TextRole.QUERY)[0];
        SparseVector asked = weights(query);
        HybridShares shares = HybridShares.of(0.5, 0.4);
        try (TextIndex index = TextIndex.open(folder)) {
            List<TextHit> byTokens = index.searchSparse(asked, 200);
            List<TextHit> fused = index.searchHybrid(query, vector, asked, Fusion.SCORES, shares, 100);
            for (TextHit hit : List.of(fused.get(0), fused.get(2), fused.get(60))) {
                HitExplanation why = index.explain(
                                hit.id(), query, vector, Optional.of(asked), Fusion.SCORES, shares, 0)
                        .orElseThrow();
                HitExplanation.Tokens tokens = why.tokens().orElseThrow();
                SparseVector own = weights(why.document().text());
                Map<Integer, Float> expected = new TreeMap<>();
                for (int i = 0; i < asked.size(); i++) {
                    for (int k = 0; k < own.size(); k++) {
                        if (asked.ids()[i] == own.ids()[k]) {
                            expected.put(asked.ids()[i], asked.weights()[i] * SparseField.rounded(own.weights()[k]));
                        }
                    }
                }
                Map<Integer, Float> found = new TreeMap<>();
                tokens.shares().forEach(share -> found.put(share.token(), share.share()));
                assertThat(found).isEqualTo(expected).isNotEmpty();
                assertThat(tokens.shares()).isSortedAccordingTo((a, b) -> Float.compare(b.share(), a.share()));
                assertThat(tokens.score())
                        .isCloseTo(
                                byTokens.stream()
                                        .filter(one -> one.id().equals(hit.id()))
                                        .findFirst()
                                        .orElseThrow()
                                        .score(),
                                within(1e-5f));
                int rank = byTokens.stream().map(TextHit::id).toList().indexOf(hit.id()) + 1;
                assertThat(tokens.rank().orElse(0)).isEqualTo(rank > 100 ? 0 : rank);
                TextHit same = fused.get(why.fusedRank().orElseThrow() - 1);
                assertThat(same.id()).isEqualTo(hit.id());
                assertThat(why.fused()).isEqualTo(same.score());
            }
            String first = byTokens.get(0).id();
            HitExplanation aside = index.explain(
                            first, query, vector, Optional.of(asked), Fusion.RANKS, HybridShares.of(0.3), 0)
                    .orElseThrow();
            HitExplanation without =
                    index.explain(first, query, vector, Fusion.RANKS, 0.3, 0).orElseThrow();
            assertThat(aside.tokens()).isPresent();
            assertThat(without.tokens()).isEmpty();
            assertThat(aside.fused()).as("no share, no part").isEqualTo(without.fused());
            assertThatThrownBy(() -> index.explain(first, query, vector, Optional.empty(), Fusion.SCORES, shares, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void the_rounding_of_documents_moves_a_score_by_less_than_its_five_hundredth() {
        List<Document> all = documents(0, 400).toList();
        write(folder, all.stream());
        SparseRanker exact = SparseRanker.create(SPARSE, all.stream());
        try (TextIndex index = TextIndex.open(folder)) {
            for (int q = 0; q < 10; q++) {
                Map<String, Float> scores = new TreeMap<>();
                exact.rank("asked " + q, 400).forEach(hit -> scores.put(hit.id(), hit.score()));
                List<TextHit> hits = index.searchSparse("asked " + q, SPARSE, 400);
                assertThat(hits).hasSameSizeAs(scores.keySet());
                for (TextHit hit : hits) {
                    float plain = scores.getOrDefault(hit.id(), Float.NaN);
                    assertThat(hit.score()).isCloseTo(plain, within(plain / 500));
                }
            }
        }
    }

    /** Whatever was done to an index, it ranks as plain products over what a map holds after the same. */
    @Test
    void weights_follow_their_documents_through_any_changes() {
        int[] run = {0};
        Property.check(2, random -> {
            Path place = folder.resolve("index" + run[0]++);
            Map<String, Document> expected = new TreeMap<>();
            for (int session = 0; session < 3; session++) {
                try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description(), SPARSE.description())) {
                    for (int commit = random.nextInt(4); commit >= 0; commit--) {
                        int from = random.nextInt(150);
                        String words = "word" + random.nextInt(1000);
                        List<Document> added = IntStream.range(from, from + random.nextInt(90))
                                .mapToObj(i -> document(i, words))
                                .toList();
                        writer.add(added.stream(), MODEL, Optional.of(SPARSE));
                        added.forEach(document -> expected.put(document.id(), document));
                        List<String> gone = IntStream.range(from, from + 7)
                                .mapToObj(i -> "d" + i)
                                .toList();
                        writer.delete(gone);
                        gone.forEach(expected::remove);
                        assertThat(writer.commit().sparse()).contains(new SparseModel("tokens", "def", 300, 100));
                    }
                    writer.add(Stream.of(document(7, "uncommitted")), MODEL, Optional.of(SPARSE));
                }
                try (TextIndex index = TextIndex.open(place)) {
                    assertThat(bare(index.searchSparse("asked", SPARSE, 20)))
                            .isEqualTo(products(weights("asked"), expected.values(), 20));
                }
            }
        });
    }

    @Test
    void a_filter_works_inside_the_search() {
        write(folder, documents(0, 200));
        List<Document> some = documents(0, 200)
                .filter(document -> Integer.parseInt(document.id().substring(1)) % 3 == 1)
                .toList();
        try (TextIndex whole = TextIndex.open(folder);
                TextIndex index = whole.where(Filter.equal("part", "1"))) {
            assertThat(bare(index.searchSparse("asked", SPARSE, 15))).isEqualTo(products(weights("asked"), some, 15));
        }
    }

    @Test
    void hybrid_search_fuses_the_three_rankings_by_their_shares() {
        write(folder, documents(0, 300));
        String query = "cloud3 text 17";
        float[] vector = MODEL.embed(List.of(query), TextRole.QUERY)[0];
        try (TextIndex index = TextIndex.open(folder)) {
            for (Fusion fusion : Fusion.values()) {
                List<Hit> expected = fusion.of(
                        List.of(
                                new Fusion.Ranking(bare(index.searchWords(query, 100)), 0.6 * 0.75, 0),
                                new Fusion.Ranking(bare(index.search(vector, 100)), 0.6 * 0.25, -1),
                                new Fusion.Ranking(bare(index.searchSparse(query, SPARSE, 100)), 0.4, 0)),
                        10);
                assertThat(bare(index.searchHybrid(
                                query, vector, weights(query), fusion, HybridShares.of(0.25, 0.4), 10)))
                        .isEqualTo(expected);
                assertThat(bare(index.searchHybrid(
                                query, vector, weights(query), fusion, HybridShares.of(0.25, 1), 10)))
                        .extracting(Hit::id)
                        .startsWith(index.searchSparse(query, SPARSE, 1).get(0).id());
            }
        }
    }

    @Test
    void weights_of_another_model_and_documents_without_are_refused() {
        Tokens other = new Tokens("other", 300);
        Path place = folder.resolve("weighed");
        assertThat(write(place, documents(0, 10)).sparse()).isPresent();
        try (TextIndex index = TextIndex.open(place);
                TextIndexWriter writer = TextIndexWriter.open(place)) {
            refused(() -> index.searchSparse("asked", other, 5), "that weighed the index's documents");
            refused(
                    () -> writer.add(documents(0, 2), MODEL),
                    "expected documents with weights of the sparse model tokens");
            refused(
                    () -> writer.add(List.of(document(1, "x")), MODEL.embed(List.of("x"), TextRole.DOCUMENT)),
                    "expected documents with weights");
            refused(() -> writer.add(documents(0, 2), MODEL, Optional.of(other)), "that weighed the index's documents");
            SparseVector beyond = new SparseVector(new int[] {4, 300}, new float[] {1, 1});
            refused(
                    () -> writer.add(
                            List.of(document(1, "x")),
                            MODEL.embed(List.of("x"), TextRole.DOCUMENT),
                            Optional.of(List.of(beyond))),
                    "rising ids of tokens below 300, but found 300 after 4 for document d1");
            assertThat(writer.commit().documents()).as("nothing came in").isEqualTo(10);
        }
        refused(
                () -> TextIndexWriter.open(place, MODEL.description(), other.description()),
                "that weighed the index's documents");
        Path without = folder.resolve("without");
        TextIndex.write(without, documents(0, 10), MODEL);
        try (TextIndex index = TextIndex.open(without);
                TextIndexWriter writer = TextIndexWriter.open(without)) {
            refused(() -> index.searchSparse("asked", SPARSE, 5), "expected an index with sparse vectors");
            refused(() -> writer.add(documents(0, 2), MODEL, Optional.of(SPARSE)), "with sparse vectors");
        }
        refused(
                () -> TextIndexWriter.open(without, MODEL.description(), SPARSE.description()),
                "expected an index with sparse vectors");
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable action, String message) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.MODEL))
                .hasMessageContaining(message);
    }

    @Test
    void broken_weights_are_refused() {
        SparseVector dense = new SparseVector(IntStream.range(0, 60_001).toArray(), new float[60_001]);
        refused(() -> SparseField.check("m", 70_000, "document d", dense), "at most 60000 weights");
        for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1}) {
            SparseVector vector = new SparseVector(new int[] {1}, new float[] {broken});
            refused(() -> SparseField.check("m", 10, "document d", vector), "finite weights of at least 0");
        }
        SparseVector twice = new SparseVector(new int[] {1, 1}, new float[] {1, 1});
        refused(() -> SparseField.check("m", 10, "document d", twice), "rising ids");
    }

    /** As many numbers as any may have, at a size that a logarithm hardly reaches. */
    @Test
    void a_vector_with_as_many_numbers_as_are_allowed_is_kept_and_asked_for() {
        float[] all = new float[60_000];
        java.util.Arrays.fill(all, 88);
        SparseVector full = SparseVector.of(all);
        Tokens wide = new Tokens("wide", 60_000);
        try (LiveIndex live = open(wide)) {
            live.write(
                    List.of(document(1, "x")),
                    MODEL.embed(List.of("x"), TextRole.DOCUMENT),
                    MODEL.description(),
                    List.of(full),
                    wide.description());
            try (TextIndex index = live.snapshot();
                    TextIndex filtered = index.where(Filter.equal("part", "1"))) {
                assertThat(filtered.searchSparse(full, 3))
                        .singleElement()
                        .satisfies(hit -> assertThat(hit.score()).isCloseTo(60_000f * 88 * 88, within(1e4f)));
            }
            refused(
                    () -> live.write(
                            List.of(document(1, "x")),
                            MODEL.embed(List.of("x"), TextRole.DOCUMENT),
                            MODEL.description(),
                            List.of(full),
                            SPARSE.description()),
                    "that weighed the index's documents");
        }
    }

    private LiveIndex open(Tokens tokens) {
        try (TextIndexWriter writer = TextIndexWriter.open(folder, MODEL.description(), tokens.description())) {
            writer.commit();
        }
        return LiveIndex.open(folder);
    }
}
