package io.chiaro.vision;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;
import io.chiaro.nn.Pass;
import io.chiaro.onnx.OnnxConvNet;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A convolutional encoder of pictures: stages of 3 x 3 convolutions with group normalisation (Wu and He, 2018) and rectifier,
 * residual blocks (He et al., 2016, figure 2) where its {@link ConvConfig} says so, and the mean over all places at the end:
 *
 * <pre>
 * stage     y = relu(norm(conv(x)))
 * residual  z = relu(y + norm(conv(relu(norm(conv(y))))))
 * </pre>
 *
 * A {@link BorderPrompt} is added to pictures where one was learned. Group normalisation looks at one picture only, so the encoder is separable: a batch may be cut into chunks without
 * changing anything. Pictures may be of any size, but for a border's, which has its own. It has no dropout.
 *
 * <p>Not thread-safe. Closing it releases its parameters.
 */
public final class ConvEncoder implements Encoder<PictureChunk> {

    private static final String STAGES = "stages.";
    private static final String OF_STAGE = "stage";
    private static final String RESIDUAL = "residual";

    /** The layers of a stage. */
    private record Layers(NormalizedConv first, List<NormalizedConv> residual) {

        Tensor forward(Tensor pictures) {
            Tensor x = first.forward(pictures).relu();
            for (int k = 0; k < residual.size(); k += 2) {
                Tensor inner = residual.get(k).forward(x).relu();
                x = x.add(residual.get(k + 1).forward(inner)).relu();
            }
            return x;
        }
    }

    private final ConvConfig config;
    private final ParameterStore parameters;
    private final List<Layers> stages = new ArrayList<>();
    private final Optional<BorderPrompt> prompt;

    private ConvEncoder(ConvConfig config, ParameterStore parameters) {
        this.config = config;
        this.parameters = parameters;
        this.prompt = BorderPrompt.of(parameters);
        for (int i = 0; i < config.stages().size(); i++) {
            ConvConfig.Stage stage = config.stages().get(i);
            List<NormalizedConv> residual = new ArrayList<>();
            for (int k = 0; k < 2 * stage.residualBlocks(); k++) {
                residual.add(layer(residualPrefix(i, k), 1, 1));
            }
            stages.add(new Layers(layer(firstPrefix(i), stage.stride(), config.padding(i)), residual));
        }
    }

    private NormalizedConv layer(String prefix, int stride, int padding) {
        return new NormalizedConv(parameters, prefix, stride, padding, config.groups(), config.epsilon());
    }

    /** An encoder whose numbers are all zero, to be filled from weights or by {@link #initialize}. */
    public static ConvEncoder create(ConvConfig config) {
        return create(config, builder -> {});
    }

    /** An encoder whose numbers are all zero; more parameters, such as a head's, may be declared beside its own. */
    public static ConvEncoder create(ConvConfig config, Consumer<ParameterStore.Builder> more) {
        ParameterStore.Builder builder = ParameterStore.builder("encoder");
        weights(config, kinds(config))
                .forEach(layer -> NormalizedConv.declare(builder, layer.prefix(), layer.in(), layer.out()));
        more.accept(builder);
        return new ConvEncoder(config, builder.create());
    }

    /** The kinds of convolutions that an encoder has, as settings name them: those of stages, and those of residual blocks. */
    static List<String> kinds(ConvConfig config) {
        boolean blocks = config.stages().stream().anyMatch(stage -> stage.residualBlocks() > 0);
        return blocks ? List.of(OF_STAGE, RESIDUAL) : List.of(OF_STAGE);
    }

    /** The weights of its convolutions of some kinds, first to last. */
    static List<NormalizedConv.Weight> weights(ConvConfig config, List<String> kinds) {
        List<NormalizedConv.Weight> weights = new ArrayList<>();
        int in = config.channels();
        for (int i = 0; i < config.stages().size(); i++) {
            ConvConfig.Stage stage = config.stages().get(i);
            if (kinds.contains(OF_STAGE)) {
                weights.add(new NormalizedConv.Weight(firstPrefix(i), in, stage.width()));
            }
            for (int k = 0; kinds.contains(RESIDUAL) && k < 2 * stage.residualBlocks(); k++) {
                weights.add(new NormalizedConv.Weight(residualPrefix(i, k), stage.width(), stage.width()));
            }
            in = stage.width();
        }
        return weights;
    }

    private static String firstPrefix(int stage) {
        return STAGES + stage + ".";
    }

    private static String residualPrefix(int stage, int layer) {
        return STAGES + stage + ".residual." + layer / 2 + "." + layer % 2 + ".";
    }

    /** Draws fresh numbers for the encoder's own arrays; each is a function of the seed and its name. */
    public ConvEncoder initialize(long seed) {
        convolutionNames().forEach(name -> NormalizedConv.initialize(parameters, name, seed));
        return this;
    }

    @Override
    public Pass forward(PictureChunk chunk, Dropout dropout) {
        Tensor output = encode(chunk);
        return new Pass() {
            @Override
            public Tensor output() {
                return output;
            }

            @Override
            public void backward(Tensor gradient) {
                output.backward(gradient);
            }
        };
    }

    private Tensor encode(PictureChunk chunk) {
        Tensor x = entered(chunk);
        for (Layers stage : stages) {
            x = stage.forward(x);
        }
        return x.globalMean2d();
    }

    /** What each stage makes of pictures, as if it were the last: the mean over all places, [pictures, width of the stage]. */
    List<Tensor> stages(PictureChunk chunk) {
        List<Tensor> means = new ArrayList<>();
        Tensor x = entered(chunk);
        for (Layers stage : stages) {
            x = stage.forward(x);
            means.add(x.globalMean2d());
        }
        return means;
    }

    /** What enters the first stage. */
    private Tensor entered(PictureChunk chunk) {
        PictureSize size = chunk.size();
        if (size.channels() != config.channels()) {
            throw new IllegalArgumentException("ConvEncoder: expected pictures of " + config.channels()
                    + " channels, but found " + size + ". Make the encoder for such pictures.");
        }
        border().filter(shape -> !shape.fits(size)).ifPresent(shape -> {
            throw new IllegalArgumentException(
                    "ConvEncoder: expected pictures of " + shape.height() + "x" + shape.width()
                            + ", to which its border belongs, but found " + size + ". Bring them to that size.");
        });
        Tensor x = Tensor.of(normalized(chunk), chunk.count(), size.height(), size.width(), size.channels())
                .permute(0, 3, 1, 2);
        return prompt.isPresent() ? x.add(prompt.get().frame()) : x;
    }

    private float[] normalized(PictureChunk chunk) {
        int channels = config.channels();
        float[] mean = new float[channels];
        float[] factor = new float[channels];
        for (int c = 0; c < channels; c++) {
            mean[c] = config.mean().get(c).floatValue();
            factor[c] = (float) (1 / config.deviation().get(c));
        }
        float[] from = chunk.values();
        float[] to = new float[from.length];
        for (int i = 0; i < from.length; i += channels) {
            for (int c = 0; c < channels; c++) {
                to[i + c] = (from[i + c] - mean[c]) * factor[c];
            }
        }
        return to;
    }

    /** The encoder's shape. */
    public ConvConfig config() {
        return config;
    }

    /** The length of an embedding. */
    public int dimension() {
        return config.dimension();
    }

    /** The border that is added to pictures, if one was learned. */
    public Optional<BorderShape> border() {
        return prompt.map(BorderPrompt::shape);
    }

    /** The numbers of that border, for an export. */
    Optional<OnnxConvNet.Frame> frame() {
        return prompt.map(border -> {
            try (Scope scope = Scope.open("frame");
                    Grad off = Grad.disabled()) {
                return new OnnxConvNet.Frame(
                        border.shape().height(),
                        border.shape().width(),
                        border.frame().toFloats());
            }
        });
    }

    /** The names of the encoder's own arrays, a border's among them, without those that were declared beside them. */
    public List<String> arrayNames() {
        return names(Stream.of(STAGES, BorderPrompt.PREFIX));
    }

    /** The same without a border's. */
    List<String> convolutionNames() {
        return names(Stream.of(STAGES));
    }

    private List<String> names(Stream<String> prefixes) {
        return prefixes.flatMap(prefix -> parameters.named().keySet().stream().filter(name -> name.startsWith(prefix)))
                .toList();
    }

    @Override
    public ParameterStore parameters() {
        return parameters;
    }

    @Override
    public Coupling coupling() {
        return Coupling.SEPARABLE;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
