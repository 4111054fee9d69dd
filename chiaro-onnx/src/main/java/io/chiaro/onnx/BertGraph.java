package io.chiaro.onnx;

import static io.chiaro.onnx.GraphNodes.attribute;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Pooling;
import java.util.ArrayList;
import java.util.List;

/**
 * The forward pass of a BERT encoder (Devlin et al., 2019) with its poolings as an ONNX graph of opset 17, still without
 * weights. The nodes follow PyTorch's exporter, because that is the pattern that runtimes know how to fuse.
 */
final class BertGraph {

    static final int OPSET = 17;
    static final int IR_VERSION = 8;

    static final String INPUT_IDS = "input_ids";
    static final String ATTENTION_MASK = "attention_mask";
    static final String TOKEN_TYPE_IDS = "token_type_ids";
    static final String TOKEN_EMBEDDINGS = "token_embeddings";
    static final String SENTENCE_EMBEDDING = "sentence_embedding";
    static final String LOGITS = "logits";
    static final String TOKEN_VECTORS = "token_vectors";
    static final String SPARSE_EMBEDDING = "sparse_embedding";
    static final String PROJECTION = "projection.weight";

    private static final float SMALLEST_COUNT = 1e-9f;
    private static final float SMALLEST_NORM = 1e-12f;

    private final BertConfig config;
    private final GraphNodes nodes = new GraphNodes();

    private BertGraph(BertConfig config) {
        this.config = config;
    }

    static GraphProto of(BertConfig config, OnnxHead head) {
        return new BertGraph(config).build(head);
    }

    /** The graph of a cross-encoder: the encoder with the pooler and the classifier of a BertForSequenceClassification. */
    static GraphProto scorer(BertConfig config, int outputs) {
        return new BertGraph(config).buildScorer(outputs);
    }

    /** The graph of a late-interaction model: the encoder with a projection of each token's state, brought to length one. */
    static GraphProto tokenVectors(BertConfig config, int dimension) {
        return new BertGraph(config).buildTokenVectors(dimension);
    }

    /** The name in the graph of a parameter; a linear layer's matrix is stored transposed and says so. */
    static String initializer(String parameter, boolean transposed) {
        return transposed ? parameter + ".transposed" : parameter;
    }

    private GraphProto build(OnnxHead head) {
        encoder();
        pool(head);
        int dimension = config.hiddenSize() * head.poolings().size();
        nodes.output(TOKEN_EMBEDDINGS, DataType.FLOAT, "batch_size", "sequence_length", config.hiddenSize());
        nodes.output(SENTENCE_EMBEDDING, DataType.FLOAT, "batch_size", dimension);
        return nodes.graph().build();
    }

    private GraphProto buildScorer(int outputs) {
        encoder();
        maskOfTokens();
        nodes.node("Tanh", "pooled", List.of(linear("pooler.dense", pool(Pooling.CLS, "first"))));
        nodes.node("MatMul", "classifier.product", List.of("pooled", initializer("classifier.weight", true)));
        nodes.node("Add", LOGITS, List.of("classifier.product", "classifier.bias"));
        nodes.output(LOGITS, DataType.FLOAT, "batch_size", outputs);
        return nodes.graph().build();
    }

    /** The graph of a sparse encoder: the encoder with the head of a BertForMaskedLM, the largest score of each token of the vocabulary. */
    static GraphProto sparse(BertConfig config) {
        return new BertGraph(config).buildSparse();
    }

    /** log(1 + max(0, largest score over the text's tokens)). */
    private GraphProto buildSparse() {
        encoder();
        String head = "cls.predictions.";
        String transformed = gelu(head, linear(head + "transform.dense", TOKEN_EMBEDDINGS));
        String states = layerNorm(head + "transform.LayerNorm", transformed, head + "states");
        nodes.node(
                "Transpose",
                head + "table",
                List.of("embeddings.word_embeddings.weight"),
                attribute("perm", List.of(1L, 0L)));
        nodes.node("MatMul", head + "product", List.of(states, head + "table"));
        nodes.node("Cast", head + "real", List.of(ATTENTION_MASK), attribute("to", DataType.BOOL.getNumber()));
        nodes.node("Unsqueeze", head + "column", List.of(head + "real", "axis.2"));
        nodes.node("Where", head + "there", List.of(head + "column", head + "product", "lowest"));
        nodes.node(
                "ReduceMax",
                head + "largest",
                List.of(head + "there"),
                attribute("axes", List.of(1L)),
                attribute("keepdims", 0));
        nodes.node("Add", head + "scores", List.of(head + "largest", head + "bias"));
        nodes.node("Relu", head + "positive", List.of(head + "scores"));
        nodes.node("Add", head + "grown", List.of(head + "positive", "one"));
        nodes.node("Log", SPARSE_EMBEDDING, List.of(head + "grown"));
        nodes.output(SPARSE_EMBEDDING, DataType.FLOAT, "batch_size", config.vocabularySize());
        return nodes.graph().build();
    }

    private GraphProto buildTokenVectors(int dimension) {
        encoder();
        nodes.node("MatMul", "projected", List.of(TOKEN_EMBEDDINGS, initializer(PROJECTION, true)));
        nodes.scalar("smallest.norm", SMALLEST_NORM);
        nodes.node("ReduceL2", "norm", List.of("projected"), attribute("axes", List.of(-1L)), attribute("keepdims", 1));
        nodes.node("Max", "norm.positive", List.of("norm", "smallest.norm"));
        nodes.node("Div", TOKEN_VECTORS, List.of("projected", "norm.positive"));
        nodes.output(TOKEN_VECTORS, DataType.FLOAT, "batch_size", "sequence_length", dimension);
        return nodes.graph().build();
    }

    /** Everything up to the states of the last layer. */
    private void encoder() {
        nodes.graph().setName("chiaro-bert");
        for (String input : List.of(INPUT_IDS, ATTENTION_MASK, TOKEN_TYPE_IDS)) {
            nodes.input(input, DataType.INT64, "batch_size", "sequence_length");
        }
        constants();
        String states = embeddings();
        for (int layer = 0; layer < config.layers(); layer++) {
            boolean last = layer == config.layers() - 1;
            states = layer(layer, states, last ? TOKEN_EMBEDDINGS : "layer." + layer);
        }
    }

    private void constants() {
        nodes.scalar("half", 0.5f);
        nodes.scalar("one", 1);
        nodes.scalar("sqrt.two", (float) Math.sqrt(2));
        nodes.scalar("sqrt.head.size", (float) Math.sqrt(config.headSize()));
        nodes.scalar("lowest", -Float.MAX_VALUE);
        nodes.scalar("smallest.count", SMALLEST_COUNT);
        nodes.integers("axis.0", 0);
        nodes.integers("axis.1", 1);
        nodes.integers("axis.2", 2);
        nodes.integers("heads.shape", 0, 0, config.heads(), config.headSize());
        nodes.integers("hidden.shape", 0, 0, config.hiddenSize());

        // 0 for a token, the lowest float for padding: [batch, 1, 1, sequence], added to the scores of attention.
        nodes.node("Unsqueeze", "mask.rows", List.of(ATTENTION_MASK, "axis.1"));
        nodes.node("Unsqueeze", "mask.heads", List.of("mask.rows", "axis.2"));
        nodes.node("Cast", "mask.float", List.of("mask.heads"), attribute("to", DataType.FLOAT.getNumber()));
        nodes.node("Sub", "padding", List.of("one", "mask.float"));
        nodes.node("Mul", "attention.bias", List.of("padding", "lowest"));
    }

    private String embeddings() {
        nodes.integer("index.sequence", 1);
        nodes.node("Shape", "shape", List.of(INPUT_IDS));
        nodes.node("Gather", "length", List.of("shape", "index.sequence"), attribute("axis", 0));
        nodes.node("Unsqueeze", "length.vector", List.of("length", "axis.0"));
        nodes.node(
                "Slice",
                "position.states",
                List.of("embeddings.position_embeddings.weight", "axis.0", "length.vector", "axis.0"));
        nodes.node(
                "Gather", "word.states", List.of("embeddings.word_embeddings.weight", INPUT_IDS), attribute("axis", 0));
        nodes.node(
                "Gather",
                "type.states",
                List.of("embeddings.token_type_embeddings.weight", TOKEN_TYPE_IDS),
                attribute("axis", 0));
        nodes.node("Add", "word.type.states", List.of("word.states", "type.states"));
        nodes.node("Add", "embeddings.sum", List.of("word.type.states", "position.states"));
        return layerNorm("embeddings.LayerNorm", "embeddings.sum", "embeddings");
    }

    private String layer(int index, String states, String output) {
        String prefix = BertShapes.layer(index);
        String self = prefix + "attention.self.";
        String query = heads(self + "query", states, List.of(0L, 2L, 1L, 3L));
        String key = heads(self + "key", states, List.of(0L, 2L, 3L, 1L));
        String value = heads(self + "value", states, List.of(0L, 2L, 1L, 3L));

        // softmax(q k' / sqrt(head size) + bias) v
        nodes.node("MatMul", self + "products", List.of(query, key));
        nodes.node("Div", self + "scores", List.of(self + "products", "sqrt.head.size"));
        nodes.node("Add", self + "masked", List.of(self + "scores", "attention.bias"));
        nodes.node("Softmax", self + "weights", List.of(self + "masked"), attribute("axis", -1));
        nodes.node("MatMul", self + "mixed", List.of(self + "weights", value));
        nodes.node("Transpose", self + "rows", List.of(self + "mixed"), attribute("perm", List.of(0L, 2L, 1L, 3L)));
        nodes.node("Reshape", self + "context", List.of(self + "rows", "hidden.shape"));

        String attended = linear(prefix + "attention.output.dense", self + "context");
        nodes.node("Add", prefix + "attention.sum", List.of(attended, states));
        String middle =
                layerNorm(prefix + "attention.output.LayerNorm", prefix + "attention.sum", prefix + "attention");

        String expanded = gelu(prefix + "intermediate.", linear(prefix + "intermediate.dense", middle));
        nodes.node("Add", prefix + "sum", List.of(linear(prefix + "output.dense", expanded), middle));
        return layerNorm(prefix + "output.LayerNorm", prefix + "sum", output);
    }

    private String heads(String name, String states, List<Long> permutation) {
        nodes.node("Reshape", name + ".split", List.of(linear(name, states), "heads.shape"));
        return nodes.node("Transpose", name + ".heads", List.of(name + ".split"), attribute("perm", permutation));
    }

    private String linear(String name, String input) {
        nodes.node("MatMul", name + ".product", List.of(input, initializer(name + ".weight", true)));
        return nodes.node("Add", name, List.of(name + ".bias", name + ".product"));
    }

    /** x (1 + erf(x / sqrt(2))) / 2, exactly. */
    private String gelu(String prefix, String input) {
        nodes.node("Div", prefix + "scaled", List.of(input, "sqrt.two"));
        nodes.node("Erf", prefix + "erf", List.of(prefix + "scaled"));
        nodes.node("Add", prefix + "gate", List.of(prefix + "erf", "one"));
        nodes.node("Mul", prefix + "gated", List.of(input, prefix + "gate"));
        return nodes.node("Mul", prefix + "gelu", List.of(prefix + "gated", "half"));
    }

    private String layerNorm(String parameters, String input, String output) {
        return nodes.node(
                "LayerNormalization",
                output,
                List.of(input, parameters + ".weight", parameters + ".bias"),
                attribute("axis", -1),
                attribute("epsilon", (float) config.layerNormEpsilon()));
    }

    /**
     * The poolings. All but the maximum are a row of token weights times the token states; the weights come from the
     * mask m and its running sum c, in which the t-th real token has the value t wherever the padding stands. So neither
     * the first nor the last token is searched for with an ArgMax over integers, which not all runtimes have.
     */
    private void pool(OnnxHead head) {
        maskOfTokens();
        nodes.node("ReduceSum", "count", List.of("mask", "axis.1"), attribute("keepdims", 1));
        nodes.node("Max", "count.positive", List.of("count", "smallest.count"));

        List<String> pooled = new ArrayList<>();
        for (int i = 0; i < head.poolings().size(); i++) {
            pooled.add(pool(head.poolings().get(i), "pooled." + i));
        }
        String last = head.normalized() ? "pooled" : SENTENCE_EMBEDDING;
        nodes.node("Concat", last, pooled, attribute("axis", 1));
        if (head.normalized()) {
            nodes.scalar("smallest.norm", SMALLEST_NORM);
            nodes.node("ReduceL2", "norm", List.of("pooled"), attribute("axes", List.of(1L)), attribute("keepdims", 1));
            nodes.node("Max", "norm.positive", List.of("norm", "smallest.norm"));
            nodes.node("Div", SENTENCE_EMBEDDING, List.of("pooled", "norm.positive"));
        }
    }

    /** The mask as numbers, and the ordinal of each real token. */
    private void maskOfTokens() {
        nodes.node("Cast", "mask", List.of(ATTENTION_MASK), attribute("to", DataType.FLOAT.getNumber()));
        nodes.integer("sequence.axis", 1);
        nodes.node("CumSum", "ordinal", List.of("mask", "sequence.axis"));
    }

    private String pool(Pooling pooling, String name) {
        return switch (pooling) {
            case CLS -> weightedSum(name, tokenAt(name, "one"));
            case LAST -> weightedSum(name, tokenAt(name, "count"));
            case MEAN -> nodes.node("Div", name, List.of(weightedSum(name + ".sum", "mask"), "count.positive"));
            case MEAN_SQRT -> {
                nodes.node("Sqrt", name + ".root", List.of("count.positive"));
                yield nodes.node("Div", name, List.of(weightedSum(name + ".sum", "mask"), name + ".root"));
            }
            case WEIGHTED_MEAN -> {
                nodes.node("Mul", name + ".weights", List.of("ordinal", "mask"));
                nodes.node(
                        "ReduceSum", name + ".total", List.of(name + ".weights", "axis.1"), attribute("keepdims", 1));
                nodes.node("Max", name + ".positive", List.of(name + ".total", "smallest.count"));
                yield nodes.node(
                        "Div", name, List.of(weightedSum(name + ".sum", name + ".weights"), name + ".positive"));
            }
            case MAX -> {
                nodes.node("Cast", name + ".real", List.of(ATTENTION_MASK), attribute("to", DataType.BOOL.getNumber()));
                nodes.node("Unsqueeze", name + ".column", List.of(name + ".real", "axis.2"));
                nodes.node("Where", name + ".states", List.of(name + ".column", TOKEN_EMBEDDINGS, "lowest"));
                yield nodes.node(
                        "ReduceMax",
                        name,
                        List.of(name + ".states"),
                        attribute("axes", List.of(1L)),
                        attribute("keepdims", 0));
            }
        };
    }

    /** Weights that are one at the real token whose ordinal is given, and zero elsewhere. */
    private String tokenAt(String name, String ordinal) {
        nodes.node("Equal", name + ".equal", List.of("ordinal", ordinal));
        nodes.node("Cast", name + ".found", List.of(name + ".equal"), attribute("to", DataType.FLOAT.getNumber()));
        return nodes.node("Mul", name + ".weights", List.of(name + ".found", "mask"));
    }

    /** [batch, sequence] weights and [batch, sequence, hidden] states to [batch, hidden]. */
    private String weightedSum(String name, String weights) {
        nodes.node("Unsqueeze", name + ".row", List.of(weights, "axis.1"));
        nodes.node("MatMul", name + ".product", List.of(name + ".row", TOKEN_EMBEDDINGS));
        return nodes.node("Squeeze", name, List.of(name + ".product", "axis.1"));
    }
}
