package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelCard;
import io.chiaro.model.Pooling;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class ModelSoupTest {

    private static final String QUERY = "encoder.layer.0.attention.self.query.weight";
    private static final String BIAS = "encoder.layer.1.output.dense.bias";

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @BeforeEach
    void write() {
        TinyModel.write(folder.resolve("shape"));
        for (int seed = 0; seed < 4; seed++) {
            try (TextModel model = TextModel.load("fresh:" + folder.resolve("shape"), seed)) {
                model.save(folder.resolve("m" + seed), ModelCard.of("test"));
            }
        }
    }

    private String model(int number) {
        return folder.resolve("m" + number).toString();
    }

    private static float[] values(TextModel model, String array) {
        try (Scope scope = Scope.open("values")) {
            return model.parameters().array(array).toFloats();
        }
    }

    private float[] values(int number, String array) {
        try (TextModel model = TextModel.load(model(number), 0)) {
            return values(model, array);
        }
    }

    @Test
    void a_uniform_soup_is_the_mean_and_weights_are_proportions() {
        ModelSoup.Soup uniform = ModelSoup.uniform(List.of(model(1), model(2), model(3)));
        ModelSoup.Soup mixed = ModelSoup.mixed(List.of(model(1), model(2), model(3)), List.of(2.0, 6.0, 0.0));
        try (TextModel mean = uniform.model();
                TextModel other = mixed.model()) {
            for (String name : List.of(QUERY, "embeddings.word_embeddings.weight")) {
                float[] a = values(1, name);
                float[] b = values(2, name);
                float[] c = values(3, name);
                float[] found = values(mean, name);
                float[] weighted = values(other, name);
                for (int i = 0; i < a.length; i++) {
                    assertThat(found[i]).isEqualTo((float) (((double) a[i] + b[i] + c[i]) / 3), within(1e-7f));
                    assertThat(weighted[i]).isEqualTo((float) (0.25 * a[i] + 0.75 * b[i]), within(1e-7f));
                }
            }
            assertThat(mixed.shares()).containsExactly(0.25, 0.75, 0.0);
        }
    }

    @Test
    void the_delta_guided_merge_goes_further_towards_who_has_moved_further() {
        // The second model is the base with one matrix moved; the third has it moved three times as far elsewhere.
        float[] base = values(0, QUERY);
        float[] near = base.clone();
        float[] far = base.clone();
        near[0] += 1;
        far[5] -= 3;
        save("near", near);
        save("far", far);

        ModelSoup.Soup soup = ModelSoup.deltaGuided(
                model(0),
                List.of(folder.resolve("near").toString(), folder.resolve("far").toString()));

        try (TextModel merged = soup.model()) {
            float[] found = values(merged, QUERY);
            assertThat(found[0]).isEqualTo(base[0] + 0.25f, within(1e-6f));
            assertThat(found[5]).isEqualTo(base[5] - 0.75f * 3, within(1e-6f));
            assertThat(found[7]).isEqualTo(base[7], within(1e-7f));
            // What nobody has moved is the base.
            assertThat(values(merged, BIAS)).containsExactly(values(0, BIAS));
            assertThat(soup.shares().get(1)).isGreaterThan(0.5);
        }
    }

    private void save(String name, float[] query) {
        try (TextModel model = TextModel.load(model(0), 0)) {
            model.parameters().array(QUERY).put(query);
            model.save(folder.resolve(name), ModelCard.of("test"));
        }
    }

    @Test
    void a_greedy_soup_takes_the_best_first_and_only_what_does_not_harm() {
        // The figure is highest where one number is near 1; models have it at 1.4, 0.6, and 3.
        float[] base = values(0, QUERY);
        double[] at = {0.6, 1.3, 3};
        for (int k = 0; k < at.length; k++) {
            float[] query = base.clone();
            query[0] = (float) at[k];
            save("k" + k, query);
        }
        ToDoubleFunction<TextModel> judge = model -> -Math.abs(values(model, QUERY)[0] - 1);

        ModelSoup.Soup soup = ModelSoup.greedy(
                List.of(
                        folder.resolve("k0").toString(),
                        folder.resolve("k1").toString(),
                        folder.resolve("k2").toString()),
                judge);

        try (TextModel merged = soup.model()) {
            // 1.3 alone, with 0.6 it is 0.95 and better, with 3 as well it would be 1.63 and worse.
            assertThat(values(merged, QUERY)[0]).isEqualTo(0.95f, within(1e-6f));
            assertThat(soup.shares()).containsExactly(0.5, 0.5, 0.0);
            assertThat(soup.figures().get(2)).isCloseTo(-2, within(1e-6));
        }
    }

    @Test
    void the_soup_is_a_whole_model_whose_export_agrees() {
        try (TextModel merged = ModelSoup.uniform(List.of(model(1), model(2))).model()) {
            Path out = folder.resolve("out");
            io.chiaro.core.AtomicFiles.createFolder(out.resolve("onnx"));
            merged.save(out, ModelCard.of("test"));
            assertThat(merged.export(out).minimumCosine()).isGreaterThanOrEqualTo(0.99999);
        }
    }

    @Test
    void models_that_cannot_share_weights_are_refused() {
        Path wide = TinyModel.write(folder.resolve("wide-shape"), TinyModel.config(32, 2), List.of(Pooling.MEAN), true);
        Path first = TinyModel.write(folder.resolve("cls-shape"), TinyModel.config(16, 2), List.of(Pooling.CLS), true);
        assertThatThrownBy(() -> ModelSoup.uniform(List.of(model(1), "fresh:" + wide)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("another shape");
        assertThatThrownBy(() -> ModelSoup.uniform(List.of(model(1), "fresh:" + first)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("another pooling");
        assertThatThrownBy(() -> ModelSoup.mixed(List.of(model(1), model(2)), List.of(1.0)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("a number of at least 0 for each of the 2 models");
    }
}
