package io.chiaro.search;

import io.chiaro.core.RandomStream;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseVector;
import java.util.List;

/** Random sparse vectors, the same for the same text; low tokens stand in many texts. */
record Tokens(String hash, int vocabulary) implements SparseEmbedder {

    @Override
    public List<SparseVector> embed(List<String> texts) {
        return texts.stream().map(this::vector).toList();
    }

    private SparseVector vector(String text) {
        RandomStream random = RandomStream.of(3, text);
        float[] dense = new float[vocabulary];
        for (int i = 5 + random.nextInt(30); i > 0; i--) {
            double place = random.nextDouble();
            dense[(int) (vocabulary * place * place * place)] = (float) Math.log1p(4 * random.nextDouble());
        }
        return SparseVector.of(dense);
    }

    @Override
    public String token(int id) {
        return "t" + id;
    }

    @Override
    public ModelDescription description() {
        return new ModelDescription("tokens", hash, vocabulary, 100, List.of(), false, Prompts.NONE);
    }

    @Override
    public void close() {}
}
