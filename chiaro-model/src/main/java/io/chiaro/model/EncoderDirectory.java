package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Safetensors;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory that holds an encoder and what stands on top of it: where its files are, and what they say of the model. Its kinds read and
 * write one form each.
 *
 * <p>Nothing executable is loaded: no pickled weights, no code that comes with a model. Immutable; safe for any thread.
 *
 * @param <S> what the directory says of the model
 */
public abstract sealed class EncoderDirectory<S>
        permits ModelDirectory, CrossEncoderDirectory, LateInteractionDirectory, SparseDirectory {

    private final EncoderFolder folder;
    private final BertConfig config;
    private final S specification;

    EncoderDirectory(EncoderFolder folder, BertConfig config, S specification) {
        this.folder = folder;
        this.config = config;
        this.specification = specification;
    }

    /** The directory, absolute. */
    public final Path path() {
        return folder.path();
    }

    /** What the directory says of the model. */
    public final S specification() {
        return specification;
    }

    /** The safetensors file of the encoder's weights, or the index of its shards, if there is one. */
    public final Optional<Path> weights() {
        return folder.weights();
    }

    /** The weights of the encoder, opened; {@link BertWeightNames} tells which tensor is which parameter. */
    public final Safetensors openWeights() {
        return folder.openWeights();
    }

    /** The ONNX graph that an exported model carries, if there is one. */
    public final Optional<Path> onnx() {
        return folder.onnx();
    }

    /** Where the tokenizer.json is, or should be. */
    public final Path tokenizerFile() {
        return folder.tokenizerFile();
    }

    /**
     * Opens the tokenizer; the caller closes it.
     *
     * @throws ChiaroException of kind model if its ids are no rows of the encoder's table
     */
    public Tokenizer openTokenizer() {
        return folder.openTokenizer(config);
    }

    /** SHA-256 of the weights (all shards in their order), or of the ONNX graph if there are no others. Reads them whole. */
    public String hash() {
        return folder.hash();
    }
}
