package io.chiaro.nn;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A multilayer perceptron as data, for projection heads and predictors. Papers and libraries agree on the name of a head and differ
 * in what follows its last layer, so all of it is written: {@code 512-128}, {@code 512-128,last-norm=true}, {@code 64}. Several such
 * perceptrons may stand side by side, {@code 3x512-128}: each has numbers of its own, and what they make of a row stands one behind the
 * other. A head without layers, {@code reweighting,decay=0.95}, only weighs the numbers of a row.
 *
 * @param parts how many stand side by side, at least one
 * @param widths the width behind each linear layer of a part; none for a head that weighs its input
 * @param norm what stands between a linear layer and its activation
 * @param activation behind each layer but the last
 * @param last what follows the last layer
 * @param bias whether linear layers that no norm follows have one; before a norm it would have no effect
 */
public record HeadShape(int parts, List<Integer> widths, Norm norm, Activation activation, Last last, boolean bias) {

    /** What stands between a linear layer and its activation. */
    public enum Norm {
        NONE,
        /** Over the rows that pass at once (Ioffe and Szegedy, 2015): those of a view, or of all views of the batch. */
        BATCH,
        /** Over the numbers of a row (Ba et al., 2016). */
        LAYER
    }

    /** What a layer's numbers are cut by. */
    public enum Activation {
        NONE,
        RELU,
        GELU
    }

    /** Which norm follows the last layer. */
    public enum LastNorm {
        NONE("false"),
        /** The one that follows the others. */
        SAME("true"),
        /**
         * All directions of the rows that pass at once get one variance, by iterations of Newton (Huang et al., "Iterative Normalization",
         * CVPR 2019, algorithm 1; the last layer of VIbCReg, Lee and Aune, 2021).
         */
        WHITENING("whitening");

        private final String written;

        LastNorm(String written) {
            this.written = written;
        }
    }

    /**
     * What follows the last layer, in this order.
     *
     * @param norm which norm
     * @param scale whether that norm has a scale and shift of its own; whitening has none
     * @param activation behind it: a ReLU makes embeddings of one class orthogonal to those of others (Kini et al., "Symmetric
     *     Neural-Collapse Representations with Supervised Contrastive Loss", ICLR 2024)
     * @param decay number k of a row, from 0, is weighted by {@code decay^k}, fixed, above 0; 1 for no weights (after the fixed
     *     reweighting head of Xue et al., "Investigating the Benefits of Projection Head for Representation Learning", ICLR 2024)
     */
    public record Last(LastNorm norm, boolean scale, Activation activation, double decay) {

        /** Nothing. */
        static final Last NOTHING = new Last(LastNorm.NONE, true, Activation.NONE, 1);

        public Last {
            if (!(decay > 0 && decay <= 1)) {
                throw new IllegalArgumentException(
                        "HeadShape: expected a decay above 0 and up to 1, but found " + decay);
            }
            if (norm == LastNorm.WHITENING && !scale) {
                throw new IllegalArgumentException("HeadShape: whitening has no scale that could be left out");
            }
        }
    }

    private static final Pattern SEVERAL = Pattern.compile("([1-9][0-9]?)x(.*)");
    private static final String REWEIGHTING = "reweighting";
    private static final List<String> OPTIONS =
            List.of("norm", "activation", "last-norm", "last-scale", "last-activation", "decay", "bias");

    public HeadShape {
        widths = List.copyOf(widths);
        if (parts < 1) {
            throw new IllegalArgumentException("HeadShape: expected at least one part, but found " + parts);
        }
        if (widths.stream().anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException("HeadShape: expected widths of at least 1, but found " + widths);
        }
        if (widths.isEmpty() && (parts > 1 || last.norm() != LastNorm.NONE || last.decay() == 1)) {
            throw new IllegalArgumentException(
                    "HeadShape: a head without layers is one part, has no norm and a decay below 1");
        }
    }

    /** Batch norm and ReLU between the layers, nothing behind the last. */
    public static HeadShape of(int... widths) {
        List<Integer> list = Arrays.stream(widths).boxed().toList();
        return new HeadShape(1, list, Norm.BATCH, Activation.RELU, Last.NOTHING, true);
    }

    /** The same with another norm between the layers. */
    public HeadShape withNorm(Norm other) {
        return new HeadShape(parts, widths, other, activation, last, bias);
    }

    /**
     * The width of what comes out of all parts together.
     *
     * @param input the width of what comes in
     */
    public int width(int input) {
        return widths.isEmpty() ? input : parts * widths.get(widths.size() - 1);
    }

    /** Whether it is one product with a matrix: one layer, without bias, norm, activation, weights or others beside it. */
    boolean isMatrix() {
        boolean plainEnd = norm == Norm.NONE && last.norm != LastNorm.WHITENING || last.norm == LastNorm.NONE;
        return parts == 1
                && widths.size() == 1
                && !bias
                && plainEnd
                && last.activation == Activation.NONE
                && last.decay == 1;
    }

    /** Whether rows of a batch depend on each other. */
    public boolean couplesRows() {
        boolean batch = norm == Norm.BATCH && (widths.size() > 1 || last.norm() == LastNorm.SAME);
        return batch || last.norm() == LastNorm.WHITENING;
    }

    /**
     * The shape of a text: widths joined by hyphens, before them the number of parts and an x if there are several, or
     * {@code reweighting}; then choices such as {@code norm=layer}, {@code activation=gelu}, {@code last-norm=true}, {@code
     * last-norm=whitening}, {@code last-scale=false}, {@code last-activation=relu}, {@code decay=0.95}, {@code bias=false}.
     *
     * @param name of the setting, for the error
     */
    public static HeadShape parse(String name, String text) {
        String[] written = text.strip().split(",", -1);
        Map<String, String> told = told(name, written);
        boolean reweighting = written[0].strip().equals(REWEIGHTING);
        if (reweighting && !told.keySet().equals(Set.of("decay"))) {
            throw ChiaroException.usage("set " + name + ": " + REWEIGHTING + " has a decay and no other choice, as in "
                    + REWEIGHTING + ",decay=0.95, but found \"" + text + "\".");
        }
        if ("none".equals(told.get("norm")) && "true".equals(told.get("last-norm"))) {
            throw ChiaroException.usage(
                    "set " + name + ": last-norm=true repeats the norm between the layers, and norm=none is"
                            + " none, so it would have no effect. Choose a norm, or leave last-norm out.");
        }
        Matcher several = SEVERAL.matcher(written[0].strip());
        int count = several.matches() ? Integer.parseInt(several.group(1)) : 1;
        List<Integer> widths =
                reweighting ? List.of() : widths(name, several.matches() ? several.group(2) : written[0], text);
        try {
            return new HeadShape(
                    count,
                    widths,
                    constant(name, "norm", told, Norm.BATCH),
                    constant(name, "activation", told, Activation.RELU),
                    new Last(
                            lastNorm(name, told),
                            truth(name, "last-scale", told, true),
                            constant(name, "last-activation", told, Activation.NONE),
                            decay(name, told)),
                    truth(name, "bias", told, true));
        } catch (IllegalArgumentException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.USAGE,
                    "set " + name + ": \"" + text + "\" does not fit together (" + e.getMessage() + "). Mend it.",
                    e);
        }
    }

    private static List<Integer> widths(String name, String part, String text) {
        List<Integer> widths = new ArrayList<>();
        for (String width : part.split("-", -1)) {
            if (!width.strip().matches("[1-9][0-9]{0,4}")) {
                throw ChiaroException.usage("set " + name + ": expected widths joined by hyphens, such as 512-128, "
                        + "and choices behind commas, but found \"" + text + "\".");
            }
            widths.add(Integer.parseInt(width.strip()));
        }
        return widths;
    }

    private static Map<String, String> told(String name, String[] written) {
        Map<String, String> told = new LinkedHashMap<>();
        for (int i = 1; i < written.length; i++) {
            String[] sides = written[i].strip().split("=", -1);
            if (sides.length != 2 || !OPTIONS.contains(sides[0])) {
                throw ChiaroException.usage(
                        "set " + name + ": unknown choice \"" + written[i] + "\". " + Names.hint(sides[0], OPTIONS));
            }
            told.put(sides[0], sides[1]);
        }
        return told;
    }

    private static LastNorm lastNorm(String name, Map<String, String> told) {
        String text = told.getOrDefault("last-norm", LastNorm.NONE.written);
        List<String> valid =
                Arrays.stream(LastNorm.values()).map(each -> each.written).toList();
        return LastNorm.values()[place(name, "last-norm", text, valid)];
    }

    private static <E extends Enum<E>> E constant(String name, String key, Map<String, String> told, E usual) {
        String text = told.get(key);
        if (text == null) {
            return usual;
        }
        E[] constants = usual.getDeclaringClass().getEnumConstants();
        List<String> valid = Arrays.stream(constants).map(HeadShape::written).toList();
        return constants[place(name, key, text, valid)];
    }

    private static int place(String name, String key, String text, List<String> valid) {
        int found = valid.indexOf(text);
        if (found < 0) {
            throw ChiaroException.usage(
                    "set " + name + ": " + key + " has no value \"" + text + "\". " + Names.hint(text, valid));
        }
        return found;
    }

    private static double decay(String name, Map<String, String> told) {
        String text = told.getOrDefault("decay", "1");
        try {
            double decay = Double.parseDouble(text);
            if (decay > 0 && decay <= 1) {
                return decay;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.usage(
                "set " + name + ": decay expects a number above 0 and up to 1, but found \"" + text + "\".");
    }

    private static boolean truth(String name, String key, Map<String, String> told, boolean usual) {
        String text = told.getOrDefault(key, String.valueOf(usual));
        if (!text.equals("true") && !text.equals("false")) {
            throw ChiaroException.usage(
                    "set " + name + ": " + key + " expects true or false, but found \"" + text + "\".");
        }
        return text.equals("true");
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** The text from which {@link #parse} makes an equal shape. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(parts == 1 ? "" : parts + "x")
                .append(
                        widths.isEmpty()
                                ? REWEIGHTING
                                : String.join(
                                        "-",
                                        widths.stream().map(String::valueOf).toList()));
        HeadShape plain = of(1);
        append(text, "norm", written(norm), written(plain.norm));
        append(text, "activation", written(activation), written(plain.activation));
        append(text, "last-norm", last.norm.written, plain.last.norm.written);
        append(text, "last-scale", last.scale, plain.last.scale);
        append(text, "last-activation", written(last.activation), written(plain.last.activation));
        append(text, "decay", last.decay, plain.last.decay);
        append(text, "bias", bias, plain.bias);
        return text.toString();
    }

    private static void append(StringBuilder text, String name, Object value, Object plain) {
        if (!value.equals(plain)) {
            text.append(',').append(name).append('=').append(value);
        }
    }
}
