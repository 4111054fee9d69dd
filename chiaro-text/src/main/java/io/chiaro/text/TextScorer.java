package io.chiaro.text;

import io.chiaro.data.TextEncoder;
import io.chiaro.model.BertConfig;
import io.chiaro.model.ModelCard;
import io.chiaro.model.Reranker;
import io.chiaro.nn.Encoder;
import io.chiaro.nn.PackedSequences;
import io.chiaro.onnx.OnnxAgreement;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A model that a {@link ScorerTraining} trains: it scores texts by a query, and does not make one vector of a few hundred numbers of each.
 *
 * <p>Not thread-safe. Closing it releases parameters and tokenizer.
 */
public interface TextScorer extends Encoder<PackedSequences> {

    /** The encoder inside. */
    BertEncoder encoder();

    /** The encoder's shape. */
    BertConfig config();

    /** How texts become tokens, by their role. */
    TextEncoder texts();

    /**
     * Numbers that are made of a text, or of a query with it.
     *
     * @param tokens of the longest text
     */
    int numbers(int tokens);

    /** Of so many tokens of a chunk, those whose whole vocabulary is scored at once. */
    long predicted(long tokens);

    /** Makes room for texts of so many tokens, the longest of a run. */
    void room(int tokens);

    /** The model as others see it, by the current parameters. It lives as long as this model; closing it does nothing. */
    Reranker reranker();

    /** What a person should know before it is trained, if there is something. */
    Optional<String> remark();

    /**
     * Fits what is new in the model to the texts of a run, before its first step.
     *
     * @param texts different ones, as tokens; asked for if there is something to fit
     * @return what a person should know of it
     */
    default Optional<String> begin(Supplier<List<int[]>> texts) {
        return Optional.empty();
    }

    /** SHA-256 of the current parameters. */
    String hash();

    /** Writes the model into a directory. */
    void save(Path directory, ModelCard card);

    /**
     * Writes the model as an ONNX graph into a directory that {@link #save} has written, as {@code onnx/model.onnx}; then runs it in ONNX
     * Runtime and compares.
     *
     * @return how well both agree
     * @throws io.chiaro.core.ChiaroException of kind model if they do not
     */
    OnnxAgreement export(Path directory);
}
