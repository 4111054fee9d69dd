package io.chiaro.vision;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RandomStream;
import io.chiaro.onnx.OnnxConvNet;
import io.chiaro.onnx.OnnxConvWriter;
import io.chiaro.onnx.OnnxHead;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.train.ParameterFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A picture-embedding model that can be trained, and its directory: {@code config.json} (the {@link ConvConfig}, the {@link
 * BorderShape} of a learned border, and the version of the format) and {@code model.safetensors}. Nothing in it is executable.
 *
 * <p>Not thread-safe. Closing it releases the encoder.
 */
public final class PictureModel implements AutoCloseable {

    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String BORDER = "border";
    private static final String FORMAT = "chiaro-vision";
    private static final int VERSION = 1;
    private static final int SAMPLES = 9;

    private final ConvEncoder encoder;

    private PictureModel(ConvEncoder encoder) {
        this.encoder = encoder;
    }

    /** A model that has learned nothing. */
    public static PictureModel fresh(ConvConfig config, long seed) {
        return fresh(config, seed, builder -> {});
    }

    /** A model that has learned nothing; more parameters, such as a head's, may be declared beside its own. They stay zero. */
    public static PictureModel fresh(ConvConfig config, long seed, Consumer<ParameterStore.Builder> more) {
        return fresh(config, seed, PictureTuning.NONE, more);
    }

    /** The same, of which only some learns. */
    static PictureModel fresh(
            ConvConfig config, long seed, PictureTuning tuning, Consumer<ParameterStore.Builder> more) {
        ConvEncoder encoder = ConvEncoder.create(config, builder -> {
            tuning.declare(builder, config);
            more.accept(builder);
        });
        return new PictureModel(encoder.initialize(seed));
    }

    /**
     * Loads a model that {@link #save} has written.
     *
     * @throws ChiaroException of kind model for another format or version, an unknown or missing key, or weights that do not fit
     */
    public static PictureModel load(Path directory) {
        return load(directory, builder -> {});
    }

    /** As {@link #load(Path)}; more parameters, such as a head's, may be declared beside its own. They stay zero. */
    public static PictureModel load(Path directory, Consumer<ParameterStore.Builder> more) {
        return load(directory, PictureTuning.NONE, more);
    }

    /** The same, of which only some learns; a border that shall learn begins as the model's own, if it has one. */
    static PictureModel load(Path directory, PictureTuning tuning, Consumer<ParameterStore.Builder> more) {
        JsonObject file = file(directory);
        ConvConfig config = Json.read(file.object("encoder"), ConvConfig.class);
        Optional<BorderShape> border = border(file);
        ConvEncoder encoder = ConvEncoder.create(config, builder -> {
            if (tuning.border().isEmpty()) {
                border.ifPresent(shape -> BorderPrompt.declare(builder, shape, config.channels()));
            }
            tuning.declare(builder, config);
            more.accept(builder);
        });
        try {
            ParameterFiles.read(
                    directory.resolve(WEIGHTS),
                    encoder.parameters(),
                    border.isPresent() ? encoder.arrayNames() : encoder.convolutionNames());
        } catch (RuntimeException e) {
            encoder.close();
            throw e;
        }
        return new PictureModel(encoder);
    }

    /** The shape of a model that {@link #save} has written, as {@link #load(Path)} reads it. */
    public static ConvConfig config(Path directory) {
        return Json.read(file(directory).object("encoder"), ConvConfig.class);
    }

    /** The border that such a model adds to pictures, if it has learned one. */
    public static Optional<BorderShape> border(Path directory) {
        return border(file(directory));
    }

    private static Optional<BorderShape> border(JsonObject file) {
        return file.has(BORDER) ? Optional.of(Json.read(file.object(BORDER), BorderShape.class)) : Optional.empty();
    }

    private static JsonObject file(Path directory) {
        JsonObject file = Json.object(ChiaroException.Kind.MODEL, directory.resolve(CONFIG));
        file.refuseUnknownKeys(Set.of("format", "version", "encoder", BORDER));
        String format = file.string("format");
        int version = file.integer("version");
        if (!format.equals(FORMAT) || version != VERSION) {
            throw file.error("expected the format " + FORMAT + " in version " + VERSION + ", but found " + format
                    + " in version " + version + ". Save the model anew with this library.");
        }
        return file;
    }

    /** Whether a directory holds such a model. */
    public static boolean isIn(Path directory) {
        Path file = directory.resolve(CONFIG);
        return Files.isRegularFile(file)
                && Json.object(ChiaroException.Kind.MODEL, file).has("format");
    }

    /** Writes the model's own arrays and its shape into a directory. */
    public void save(Path directory) {
        AtomicFiles.createFolder(directory);
        ParameterFiles.write(directory.resolve(WEIGHTS), encoder.parameters(), encoder.arrayNames());
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("format", FORMAT);
        config.put("version", VERSION);
        config.put("encoder", encoder.config());
        encoder.border().ifPresent(shape -> config.put(BORDER, shape));
        Json.write(directory.resolve(CONFIG), config);
    }

    /**
     * Writes the model as an ONNX graph from {@code pixel_values} to {@code picture_embedding} into a directory that {@link #save}
     * has written, as {@code onnx/model.onnx}; then runs it in ONNX Runtime and compares. The graph bears the hash of the weights
     * beside it.
     *
     * @return how well both agree
     * @throws ChiaroException of kind model if they do not
     */
    public OnnxParity export(Path directory) {
        Path file = directory.resolve("onnx").resolve("model.onnx");
        AtomicFiles.createFolder(directory.resolve("onnx"));
        ConvConfig config = encoder.config();
        OnnxConvNet net = new OnnxConvNet(
                config.channels(),
                config.stages().stream()
                        .map(stage -> new OnnxConvNet.Stage(stage.width(), stage.stride(), stage.residualBlocks()))
                        .toList(),
                config.groups(),
                config.epsilon(),
                config.mean(),
                config.deviation(),
                config.padding(0),
                encoder.frame());
        OnnxConvWriter.write(
                file,
                net,
                name -> encoder.parameters().array(name).toFloats(),
                Map.of("model", config.name(), OnnxHead.WEIGHTS_HASH, Hashes.sha256(directory.resolve(WEIGHTS))));
        Pictures samples = samples();
        PictureSize size = samples.size();
        float[][] pixels = IntStream.range(0, samples.count())
                .mapToObj(samples::channelsFirst)
                .toArray(float[][]::new);
        return OnnxParity.check(file, pixels, size.channels(), size.height(), size.width(), embed(samples));
    }

    /** Pictures that an export is checked with: noise, each brighter and of more contrast than the one before. */
    private Pictures samples() {
        PictureSize size = encoder.border()
                .map(shape -> new PictureSize(
                        shape.height(), shape.width(), encoder.config().channels()))
                .orElseGet(() -> new PictureSize(33, 48, encoder.config().channels()));
        byte[][] pixels = new byte[SAMPLES][size.numbers()];
        for (int i = 0; i < SAMPLES; i++) {
            RandomStream random = RandomStream.of(i, "parity picture");
            for (int k = 0; k < pixels[i].length; k++) {
                pixels[i][k] = (byte) (8 * i + random.nextInt(8 + 20 * i));
            }
        }
        return Pictures.of(size, pixels, new int[0], List.of(), "noise");
    }

    /** The part that is trained. */
    public ConvEncoder encoder() {
        return encoder;
    }

    /**
     * The vectors of pictures, not normalised. Where the model has a border, they are brought to its size.
     *
     * @return [pictures][dimension]
     * @throws ChiaroException of kind data for pictures of other channels
     */
    public float[][] embed(Pictures pictures) {
        return PictureEmbedder.of(encoder).embed(fitting(pictures));
    }

    /**
     * The same of one view of each picture, drawn by the seed.
     *
     * @param view which one, from 0
     */
    public float[][] embed(Pictures pictures, AugmentationRecipe augmentation, long seed, int view) {
        return PictureEmbedder.of(encoder).embed(fitting(pictures), augmentation, seed, view);
    }

    /** The pictures as the model takes them. */
    Pictures fitting(Pictures pictures) {
        int channels = encoder.config().channels();
        if (pictures.size().channels() != channels) {
            throw ChiaroException.data(pictures.source() + ": expected pictures of " + channels
                    + " channels, as the model has learned from, but found " + pictures.size() + ".");
        }
        return encoder.border()
                .map(shape -> pictures.resized(new Resize(shape.height(), shape.width())))
                .orElse(pictures);
    }

    /** SHA-256 of the encoder's current parameters. */
    public String hash() {
        return ParameterFiles.hash(encoder.parameters(), encoder.arrayNames());
    }

    @Override
    public void close() {
        encoder.close();
    }
}
