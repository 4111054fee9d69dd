package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.model.Document;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HitExplanationTest {

    @TempDir
    Path folder;

    private static final Clouds MODEL = new Clouds("abc", 24, Prompts.NONE);

    @Test
    void the_parts_of_an_explanation_are_those_that_the_searches_give() {
        TextIndex.write(
                folder,
                IntStream.range(0, 300)
                        .mapToObj(i -> new Document("d" + i, "", "cloud" + i % 9 + " singing birds number " + i % 50)),
                MODEL);
        String query = "cloud3 birds sing number 12 12 absent";
        float[] vector = MODEL.embed(List.of(query), TextRole.QUERY)[0];
        try (TextIndex index = TextIndex.open(folder)) {
            for (Fusion fusion : Fusion.values()) {
                List<TextHit> words = index.searchWords(query, 100);
                List<TextHit> near = index.search(vector, 100);
                List<TextHit> both = index.searchHybrid(query, vector, fusion, 0.3, 100);
                for (TextHit hit : List.of(words.get(0), words.get(5), near.get(0), near.get(9), both.get(3))) {
                    HitExplanation why = index.explain(hit.id(), query, vector, fusion, 0.3, 4)
                            .orElseThrow();

                    assertThat(why.document().text()).isEqualTo(hit.text());
                    assertThat(why.wordRank().orElse(0)).isEqualTo(rank(words, hit.id()));
                    assertThat(why.vectorRank().orElse(0)).isEqualTo(rank(near, hit.id()));
                    TextHit fused = both.get(why.fusedRank().orElseThrow() - 1);
                    assertThat(fused.id()).isEqualTo(hit.id());
                    assertThat(why.fused()).isEqualTo(fused.score());
                    float whole = index.searchWords(query, 300).stream()
                            .filter(one -> one.id().equals(hit.id()))
                            .findFirst()
                            .orElseThrow()
                            .score();
                    assertThat(why.wordScore()).isCloseTo(whole, within(1e-4f));
                    float cosine = index.search(vector, 300).stream()
                            .filter(one -> one.id().equals(hit.id()))
                            .findFirst()
                            .orElseThrow()
                            .score();
                    assertThat(why.cosine()).isEqualTo(cosine);
                    assertThat(why.words())
                            .extracting(HitExplanation.WordShare::word)
                            .doesNotContain("absent")
                            .contains("birds", "sing", "number");
                    assertThat(why.neighbours())
                            .hasSize(4)
                            .noneMatch(one -> one.id().equals(hit.id()))
                            .isEqualTo(index.search(MODEL.embed(List.of(hit.text()), TextRole.DOCUMENT)[0], 5).stream()
                                    .filter(one -> !one.id().equals(hit.id()))
                                    .limit(4)
                                    .toList());
                }
                HitExplanation twice =
                        index.explain("d12", query, vector, fusion, 0.3, 0).orElseThrow();
                assertThat(twice.words())
                        .filteredOn(share -> share.word().equals("12"))
                        .singleElement()
                        .matches(share -> share.times() == 2 && share.share() > 0);
                assertThat(twice.neighbours()).isEmpty();
            }
            assertThat(index.explain("d300", query, vector, Fusion.SCORES, 0.5, 1))
                    .isEmpty();
        }
    }

    private static int rank(List<TextHit> hits, String id) {
        for (int i = 0; i < hits.size(); i++) {
            if (hits.get(i).id().equals(id)) {
                return i + 1;
            }
        }
        return 0;
    }
}
