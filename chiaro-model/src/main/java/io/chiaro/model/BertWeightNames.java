package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Safetensors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Which tensor of a weight file is which parameter of a BERT encoder. Files differ in the prefix {@code bert.}, in the
 * old names {@code LayerNorm.gamma} and {@code LayerNorm.beta}, and in what they hold besides: a buffer of position ids,
 * the pooler and the heads of pre-training, which an encoder of texts does not use.
 *
 * @param inFile the name in the file of each parameter found, by its canonical name, in the order of the forward pass
 * @param missing canonical names of parameters that the file does not have
 * @param unused names in the file of known parts that embedding does not use: position ids, pooler, pre-training heads
 * @param unexpected names in the file that are none of these
 */
public record BertWeightNames(
        Map<String, String> inFile, List<String> missing, List<String> unused, List<String> unexpected) {

    private static final String PREFIX = "bert.";
    private static final String HEAD = "cls.predictions.";
    private static final String EXPERTS = "experts.";
    private static final Pattern FEED_FORWARD =
            Pattern.compile("(encoder\\.layer\\.\\d+\\.)((?:intermediate|output)\\.dense\\..+)");
    private static final Pattern OF_EXPERT = Pattern.compile("(encoder\\.layer\\.\\d+\\.)experts\\.\\d+\\.(.+)");

    public BertWeightNames {
        inFile = Collections.unmodifiableMap(new LinkedHashMap<>(inFile));
        missing = List.copyOf(missing);
        unused = List.copyOf(unused);
        unexpected = List.copyOf(unexpected);
    }

    /** Canonical names and shapes of the encoder's parameters, in the order of the forward pass, without a pooler. */
    public static Map<String, List<Long>> shapes(BertConfig config) {
        long hidden = config.hiddenSize();
        long inner = config.intermediateSize();
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put("embeddings.word_embeddings.weight", List.of((long) config.vocabularySize(), hidden));
        shapes.put("embeddings.position_embeddings.weight", List.of((long) config.maxPositions(), hidden));
        shapes.put("embeddings.token_type_embeddings.weight", List.of((long) config.typeVocabularySize(), hidden));
        norm(shapes, "embeddings.LayerNorm", hidden);
        for (int layer = 0; layer < config.layers(); layer++) {
            String at = "encoder.layer." + layer + ".";
            linear(shapes, at + "attention.self.query", hidden, hidden);
            linear(shapes, at + "attention.self.key", hidden, hidden);
            linear(shapes, at + "attention.self.value", hidden, hidden);
            linear(shapes, at + "attention.output.dense", hidden, hidden);
            norm(shapes, at + "attention.output.LayerNorm", hidden);
            for (String feedForward : feedForward(at, config)) {
                linear(shapes, feedForward + "intermediate.dense", inner, hidden);
                linear(shapes, feedForward + "output.dense", hidden, inner);
            }
            norm(shapes, at + "output.LayerNorm", hidden);
        }
        return shapes;
    }

    /** What stands before the matrices of each feed-forward part of a layer. */
    private static List<String> feedForward(String layer, BertConfig config) {
        return config.domains().isEmpty()
                ? List.of(layer)
                : IntStream.range(0, config.domains().size())
                        .mapToObj(expert -> layer + EXPERTS + expert + ".")
                        .toList();
    }

    /**
     * The name of an expert's array by its name in an encoder without experts; all that experts share keeps its name.
     *
     * @param expert its number, the place of its domain
     */
    public static String ofExpert(String canonical, int expert) {
        Matcher matcher = FEED_FORWARD.matcher(canonical);
        return matcher.matches() ? matcher.group(1) + EXPERTS + expert + "." + matcher.group(2) : canonical;
    }

    /** The name in an encoder without experts of an array that may be an expert's. */
    public static String withoutExpert(String canonical) {
        return OF_EXPERT.matcher(canonical).replaceFirst("$1$2");
    }

    /**
     * Canonical names and shapes of a cross-encoder's parameters: those of the encoder, then the pooler and the classifier of a {@code
     * BertForSequenceClassification}.
     *
     * @param outputs numbers that a pair gets: a score, or a logit for each class
     */
    public static Map<String, List<Long>> scorer(BertConfig config, int outputs) {
        long hidden = config.hiddenSize();
        Map<String, List<Long>> shapes = shapes(config);
        linear(shapes, "pooler.dense", hidden, hidden);
        linear(shapes, "classifier", outputs, hidden);
        return shapes;
    }

    /** The name that a {@code BertForSequenceClassification} gives a parameter of {@link #scorer}. */
    public static String inScorer(String canonical) {
        return canonical.startsWith("classifier.") ? canonical : PREFIX + canonical;
    }

    /**
     * Canonical names and shapes of a sparse encoder's parameters: those of the encoder, then the head of a {@code BertForMaskedLM}, whose last
     * matrix is the table of word embeddings.
     */
    public static Map<String, List<Long>> predictor(BertConfig config) {
        long hidden = config.hiddenSize();
        Map<String, List<Long>> shapes = shapes(config);
        linear(shapes, HEAD + "transform.dense", hidden, hidden);
        norm(shapes, HEAD + "transform.LayerNorm", hidden);
        shapes.put(HEAD + "bias", List.of((long) config.vocabularySize()));
        return shapes;
    }

    /** The name that a {@code BertForMaskedLM} gives a parameter of {@link #predictor}. */
    public static String inPredictor(String canonical) {
        return canonical.startsWith(HEAD) ? canonical : PREFIX + canonical;
    }

    private static void linear(Map<String, List<Long>> shapes, String name, long out, long in) {
        shapes.put(name + ".weight", List.of(out, in));
        shapes.put(name + ".bias", List.of(out));
    }

    private static void norm(Map<String, List<Long>> shapes, String name, long width) {
        shapes.put(name + ".weight", List.of(width));
        shapes.put(name + ".bias", List.of(width));
    }

    /**
     * Maps the names of a file.
     *
     * @throws ChiaroException if two names of the file mean one parameter
     */
    public static BertWeightNames of(BertConfig config, Collection<String> namesInFile) {
        return of(shapes(config), namesInFile);
    }

    private static BertWeightNames of(Map<String, List<Long>> wanted, Collection<String> namesInFile) {
        Map<String, String> found = new LinkedHashMap<>();
        wanted.keySet().forEach(name -> found.put(name, ""));
        List<String> unused = new ArrayList<>();
        List<String> unexpected = new ArrayList<>();
        for (String name : new TreeSet<>(namesInFile)) {
            String canonical = canonical(name);
            if (wanted.containsKey(canonical)) {
                String twin = found.put(canonical, name);
                if (twin != null && !twin.isEmpty()) {
                    throw ChiaroException.model("BertWeightNames: expected one tensor for \"" + canonical
                            + "\", but found \"" + twin + "\" and \"" + name + "\". Remove one of them from the file.");
                }
            } else if (isUnused(canonical)) {
                unused.add(name);
            } else {
                unexpected.add(name);
            }
        }
        List<String> missing = new ArrayList<>();
        found.forEach((canonical, name) -> {
            if (name.isEmpty()) {
                missing.add(canonical);
            }
        });
        missing.forEach(found::remove);
        return new BertWeightNames(found, missing, unused, unexpected);
    }

    /**
     * Maps the names of an opened file and holds it to the configuration: every parameter there, in its shape, and
     * nothing that the encoder does not know.
     *
     * @throws ChiaroException of kind model, naming the first tensors that do not fit
     */
    public static BertWeightNames checked(BertConfig config, Safetensors weights) {
        return checked(shapes(config), weights);
    }

    /** As {@link #checked}, for the parameters of {@link #scorer}. */
    public static BertWeightNames checkedScorer(BertConfig config, int outputs, Safetensors weights) {
        return checked(scorer(config, outputs), weights);
    }

    /** As {@link #checked}, for the parameters of {@link #predictor}. */
    public static BertWeightNames checkedPredictor(BertConfig config, Safetensors weights) {
        return checked(predictor(config), weights);
    }

    private static BertWeightNames checked(Map<String, List<Long>> wanted, Safetensors weights) {
        BertWeightNames names = of(wanted, weights.names());
        if (!names.missing.isEmpty()) {
            throw ChiaroException.model(weights.origin() + ": expected all "
                    + wanted.size() + " parameters of the model in config.json, but " + names.missing.size()
                    + " are missing: "
                    + some(names.missing) + ". Fetch or save the model again.");
        }
        if (!names.unexpected.isEmpty()) {
            throw ChiaroException.model(weights.origin() + ": expected the parameters of a BERT encoder, but found "
                    + names.unexpected.size() + " others: " + some(names.unexpected)
                    + ". The model has parts that are not supported, or config.json has too few layers.");
        }
        wanted.forEach((canonical, shape) -> {
            String name = names.inFile.getOrDefault(canonical, canonical);
            List<Long> actual = weights.tensor(name).shape();
            if (!actual.equals(shape)) {
                throw ChiaroException.model(weights.origin() + ": tensor \"" + name + "\": expected the shape " + shape
                        + " by config.json, but found " + actual + ". The files belong to two models.");
            }
        });
        return names;
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(3, names.size()))) + (names.size() > 3 ? ", ..." : "");
    }

    private static String canonical(String name) {
        String bare = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        if (bare.endsWith("LayerNorm.gamma")) {
            return bare.substring(0, bare.length() - "gamma".length()) + "weight";
        }
        if (bare.endsWith("LayerNorm.beta")) {
            return bare.substring(0, bare.length() - "beta".length()) + "bias";
        }
        return bare;
    }

    private static boolean isUnused(String canonical) {
        return canonical.equals("embeddings.position_ids")
                || canonical.startsWith("pooler.dense.")
                || canonical.startsWith("cls.predictions.")
                || canonical.startsWith("cls.seq_relationship.");
    }
}
