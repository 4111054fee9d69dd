package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.CrossEncoderSpecification;
import io.chiaro.model.PairClassifier;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.Tokenizer;
import java.util.List;

/**
 * A {@link PairClassifier} that computes in ONNX Runtime: the directory of a cross-encoder with classes that holds {@code onnx/model.onnx} or
 * {@code model.onnx}. Pairs are computed in batches of a token budget, longest first.
 *
 * <p>Safe for several threads, which then share the processors. Holds native memory: close it when done; use after close is an
 * {@link IllegalStateException}.
 */
public final class OnnxPairClassifier implements PairClassifier {

    private final ExportedGraph<CrossEncoderDirectory> graph;
    private final Tokenizer tokenizer;
    private final OnnxSettings settings;

    private OnnxPairClassifier(ExportedGraph<CrossEncoderDirectory> graph, Tokenizer tokenizer, OnnxSettings settings) {
        this.graph = graph;
        this.tokenizer = tokenizer;
        this.settings = settings;
    }

    /**
     * Opens a directory that holds an ONNX graph.
     *
     * @throws ChiaroException of kind MODEL if it holds none, or one that cannot be used, or that scores pairs
     */
    public static OnnxPairClassifier open(CrossEncoderDirectory directory, OnnxSettings settings) {
        directory.specification().requireClasses();
        int outputs = directory.specification().outputs();
        ExportedGraph<CrossEncoderDirectory> graph =
                ExportedGraph.open(directory, file -> OnnxSession.openScorer(file, outputs, settings.threads()));
        try {
            return new OnnxPairClassifier(graph, directory.openTokenizer(), settings);
        } catch (RuntimeException | Error e) {
            graph.close();
            throw e;
        }
    }

    private CrossEncoderSpecification specification() {
        return graph.directory().specification();
    }

    @Override
    public List<String> classes() {
        return specification().classes();
    }

    @Override
    public float[][] logits(List<Pair> pairs) {
        int most = specification().maxTokens();
        return graph.session()
                .logits(
                        pairs.stream()
                                .map(pair -> tokenizer.encodePair(pair.first(), pair.second(), most))
                                .toList(),
                        settings.batchTokens());
    }

    /**
     * What model this is. The hash of the weights is computed at the first call.
     *
     * @throws ChiaroException of kind MODEL if the graph was exported before the weights beside it were trained further
     */
    @Override
    public RerankerDescription description() {
        return specification().description(graph.hash());
    }

    @Override
    public void close() {
        graph.close();
        tokenizer.close();
    }
}
