package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory that holds a text-embedding model in the layout of sentence-transformers, or a plain Hugging Face directory
 * of an encoder. Old and new key names are read; the old ones, which every reader accepts, are written. What a directory
 * asks for and Chiaro cannot do is an error, never passed over.
 *
 * <p>Nothing executable is loaded: no pickled weights, no code that comes with a model. Immutable; safe for any thread.
 */
public final class ModelDirectory extends EncoderDirectory<ModelSpecification> {

    private ModelDirectory(EncoderFolder folder, ModelSpecification specification) {
        super(folder, specification.config(), specification);
    }

    /**
     * Reads the configuration files of a directory; weights and tokenizer are only looked for when asked for.
     *
     * <p>A directory without {@code modules.json} is a bare encoder: mean pooling, vectors not brought to length one, no
     * prompts, as sentence-transformers takes it.
     *
     * @throws ChiaroException of kind model, naming the file, for what is missing, damaged or not supported
     */
    public static ModelDirectory open(Path directory) {
        Path path = EncoderFolder.existing(directory);
        if (CrossEncoderDirectory.isOne(path)) {
            throw ChiaroException.model(path.resolve("config.json")
                    + ": expected an encoder, but found the architecture of a cross-encoder, which scores texts and does"
                    + " not embed them. It belongs behind --rerank.");
        }
        if (LateInteractionDirectory.isOne(path)) {
            throw ChiaroException.model(path.resolve("config_sentence_transformers.json")
                    + ": expected a model of one vector a text, but found \"ColBERT\", a late-interaction model, which makes a vector of"
                    + " every token. It belongs behind --rerank, or in chiaro eval.");
        }
        if (SparseDirectory.isOne(path)) {
            throw ChiaroException.model(path.resolve("config_sentence_transformers.json")
                    + ": expected a model of dense vectors, but found \"SparseEncoder\", a sparse encoder. It belongs in chiaro embed --sparse, or"
                    + " in chiaro eval.");
        }
        ModelFiles files = new ModelFiles(path);
        return new ModelDirectory(new EncoderFolder(path, files.encoder()), files.specification());
    }

    /**
     * Writes all files of a model but its weights, which belong in {@code model.safetensors} beside them. Each file is
     * replaced atomically; other files of the directory stay.
     *
     * @throws ChiaroException of kind resources if the disk does not take them
     */
    public static void write(Path directory, ModelSpecification specification, Tokenizer tokenizer, ModelCard card) {
        new ModelWriter(directory.toAbsolutePath().normalize(), specification, tokenizer).write(card);
    }

    /**
     * The ONNX graph of a domain, in a model with experts, if it was exported.
     *
     * @throws ChiaroException of kind usage if the model has no such domain
     */
    public Optional<Path> onnx(String domain) {
        Path file = path().resolve(graphOf(specification().config().expert(domain)));
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /** Where the ONNX graph of an expert stands in a model's directory. */
    public static String graphOf(int expert) {
        return "onnx/expert-" + expert + ".onnx";
    }

    /** Opens the tokenizer; the caller closes it. */
    @Override
    public Tokenizer openTokenizer() {
        Tokenizer tokenizer = super.openTokenizer();
        int around = tokenizer.specialTokens();
        if (around >= specification().maxTokens()) {
            tokenizer.close();
            throw ChiaroException.model(path() + ": expected a limit above the " + around
                    + " tokens that stand around every text, but found max_seq_length "
                    + specification().maxTokens()
                    + ". Raise it.");
        }
        return tokenizer;
    }

    /** What a reader of results must know; reads the weights for their hash. */
    public ModelDescription description() {
        return specification().description(hash());
    }
}
