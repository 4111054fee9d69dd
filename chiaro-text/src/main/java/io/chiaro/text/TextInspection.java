package io.chiaro.text;

import io.chiaro.model.TextRole;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.Batch;
import io.chiaro.train.ContrastiveLearning;
import io.chiaro.train.Sharpness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Looks into a text model: what its layers hold, and how its loss lies around its weights. */
public final class TextInspection {

    private static final int CHUNK_TOKENS = 4096;

    private TextInspection() {}

    /**
     * The vectors of texts as if each layer were the last: what enters the first layer, then the states after each, all
     * pooled as the model pools. They are not divided by their lengths.
     *
     * @return layers + 1 times [texts][dimension]
     */
    public static List<float[][]> layers(TextModel model, List<String> texts, TextRole role) {
        TextTower tower = model.tower();
        int layers = tower.encoder().config().layers() + 1;
        List<float[][]> vectors = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            vectors.add(new float[texts.size()][]);
        }
        List<int[]> tokens = tokens(model, texts, role);
        for (int[] chunk : TokenChunks.cut(tokens, CHUNK_TOKENS)) {
            PackedSequences packed = packed(tokens, chunk);
            try (Scope scope = Scope.open("layers");
                    Grad off = Grad.disabled()) {
                List<BertEncoder.States> states = tower.encoder().statesOfLayers(packed, Dropout.off());
                Tensor places = Tensor.indices(packed.places());
                for (int layer = 0; layer < layers; layer++) {
                    float[][] rows = tower.pool(states.get(layer).tensor(), packed)
                            .indexSelect(0, places)
                            .toRows();
                    for (int i = 0; i < chunk.length; i++) {
                        vectors.get(layer)[chunk[i]] = rows[i];
                    }
                }
            }
        }
        return vectors;
    }

    /**
     * The sharpness of a recipe's loss on pairs, without dropout. The model's weights are as before afterwards.
     *
     * @param recipe one that needs pairs and remembers nothing
     * @param anchors texts
     * @param positives a text that belongs to each
     * @param radius length of the steps
     * @param directions random directions
     */
    public static Sharpness sharpness(
            TextModel model,
            Recipe recipe,
            List<String> anchors,
            List<String> positives,
            double radius,
            int directions,
            long seed) {
        List<int[]> tokens = new ArrayList<>(tokens(model, anchors, TextRole.QUERY));
        tokens.addAll(tokens(model, positives, TextRole.DOCUMENT));
        List<Batch.Chunk<PackedSequences>> chunks = new ArrayList<>();
        for (int[] chunk : TokenChunks.cut(tokens, CHUNK_TOKENS)) {
            chunks.add(new Batch.Chunk<>(packed(tokens, chunk), chunk));
        }
        Map<String, Long> contents = new HashMap<>();
        Batch<PackedSequences> batch = new Batch<>(
                anchors.size(),
                List.of(
                        new Batch.Column(ViewRole.ANCHOR, numbers(anchors, contents)),
                        new Batch.Column(ViewRole.POSITIVE, numbers(positives, contents))),
                chunks,
                new double[0],
                new double[0][],
                new int[0],
                LongStream.range(0, anchors.size()).toArray(),
                tokens.stream().mapToLong(text -> text.length).sum(),
                0,
                0);
        return Sharpness.measure(
                new ContrastiveLearning<>(model.tower(), recipe.create(), 0, null), batch, radius, directions, seed);
    }

    /** Equal texts have equal numbers. */
    private static long[] numbers(List<String> texts, Map<String, Long> known) {
        return texts.stream()
                .mapToLong(text -> known.computeIfAbsent(text, absent -> (long) known.size()))
                .toArray();
    }

    private static List<int[]> tokens(TextModel model, List<String> texts, TextRole role) {
        String prompt = model.specification().prompts().of(role);
        return model.tokenizer()
                .encodeAll(
                        texts.stream().map(text -> prompt + text).toList(),
                        model.specification().maxTokens());
    }

    private static PackedSequences packed(List<int[]> tokens, int[] chunk) {
        List<int[]> some = new ArrayList<>(chunk.length);
        for (int place : chunk) {
            some.add(tokens.get(place));
        }
        return PackedSequences.of(some);
    }
}
