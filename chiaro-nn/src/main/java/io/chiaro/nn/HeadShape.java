package io.chiaro.nn;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A multilayer perceptron as data, for projection heads and predictors. Papers and libraries agree on the name of a head and differ
 * in what follows its last layer, so all of it is written: {@code 512-128}, {@code 512-128,last-norm=true}, {@code 64}. Several such
 * perceptrons may stand side by side, {@code 3x512-128}: each has numbers of its own, and what they make of a row stands one behind the
 * other.
 *
 * @param parts how many stand side by side, at least one
 * @param widths the width behind each linear layer of a part, at least one
 * @param norm what stands between a linear layer and its activation
 * @param activation behind each layer but the last
 * @param lastNorm whether the norm follows the last layer too
 * @param lastScale whether that last norm has a scale and shift of its own
 * @param bias whether linear layers that no norm follows have one; before a norm it would have no effect
 */
public record HeadShape(
        int parts,
        List<Integer> widths,
        Norm norm,
        Activation activation,
        boolean lastNorm,
        boolean lastScale,
        boolean bias) {

    /** What stands between a linear layer and its activation. */
    public enum Norm {
        NONE,
        /** Over the rows of the batch (Ioffe and Szegedy, 2015), those of each view apart. */
        BATCH,
        /** Over the numbers of a row (Ba et al., 2016). */
        LAYER
    }

    /** What follows each layer but the last. */
    public enum Activation {
        RELU,
        GELU
    }

    private static final Pattern SEVERAL = Pattern.compile("([1-9][0-9]?)x(.*)");
    private static final List<String> OPTIONS = List.of("norm", "activation", "last-norm", "last-scale", "bias");

    public HeadShape {
        widths = List.copyOf(widths);
        if (parts < 1) {
            throw new IllegalArgumentException("HeadShape: expected at least one part, but found " + parts);
        }
        if (widths.isEmpty() || widths.stream().anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException("HeadShape: expected widths of at least 1, but found " + widths);
        }
    }

    /** Batch norm and ReLU between the layers, nothing behind the last. */
    public static HeadShape of(int... widths) {
        return new HeadShape(1, Arrays.stream(widths).boxed().toList(), Norm.BATCH, Activation.RELU, false, true, true);
    }

    /** The width of what comes out of all parts together. */
    public int width() {
        return parts * widths.get(widths.size() - 1);
    }

    /** Whether rows of a batch depend on each other. */
    public boolean couplesRows() {
        return norm == Norm.BATCH && (widths.size() > 1 || lastNorm);
    }

    /**
     * The shape of a text: widths joined by hyphens, before them the number of parts and an x if there are several, then choices such as {@code norm=layer}, {@code activation=gelu}, {@code
     * last-norm=true}, {@code last-scale=false}, {@code bias=false}.
     *
     * @param name of the setting, for the error
     */
    public static HeadShape parse(String name, String text) {
        String[] parts = text.strip().split(",", -1);
        Matcher several = SEVERAL.matcher(parts[0].strip());
        int count = several.matches() ? Integer.parseInt(several.group(1)) : 1;
        String one = several.matches() ? several.group(2) : parts[0];
        List<Integer> widths = new ArrayList<>();
        for (String width : one.split("-", -1)) {
            if (!width.strip().matches("[1-9][0-9]{0,4}")) {
                throw ChiaroException.usage("set " + name + ": expected widths joined by hyphens, such as 512-128, "
                        + "and choices behind commas, but found \"" + text + "\".");
            }
            widths.add(Integer.parseInt(width.strip()));
        }
        Map<String, String> told = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] sides = parts[i].strip().split("=", -1);
            if (sides.length != 2 || !OPTIONS.contains(sides[0])) {
                throw ChiaroException.usage(
                        "set " + name + ": unknown choice \"" + parts[i] + "\". " + Names.hint(sides[0], OPTIONS));
            }
            told.put(sides[0], sides[1]);
        }
        return new HeadShape(
                count,
                widths,
                constant(name, "norm", told, Norm.BATCH),
                constant(name, "activation", told, Activation.RELU),
                truth(name, "last-norm", told, false),
                truth(name, "last-scale", told, true),
                truth(name, "bias", told, true));
    }

    private static <E extends Enum<E>> E constant(String name, String key, Map<String, String> told, E usual) {
        String text = told.get(key);
        if (text == null) {
            return usual;
        }
        List<String> valid = Arrays.stream(usual.getDeclaringClass().getEnumConstants())
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .toList();
        int found = valid.indexOf(text);
        if (found < 0) {
            throw ChiaroException.usage(
                    "set " + name + ": " + key + " has no value \"" + text + "\". " + Names.hint(text, valid));
        }
        return usual.getDeclaringClass().getEnumConstants()[found];
    }

    private static boolean truth(String name, String key, Map<String, String> told, boolean usual) {
        String text = told.getOrDefault(key, String.valueOf(usual));
        if (!text.equals("true") && !text.equals("false")) {
            throw ChiaroException.usage(
                    "set " + name + ": " + key + " expects true or false, but found \"" + text + "\".");
        }
        return text.equals("true");
    }

    /** The text from which {@link #parse} makes an equal shape. */
    @Override
    public String toString() {
        HeadShape plain = new HeadShape(parts, widths, Norm.BATCH, Activation.RELU, false, true, true);
        StringBuilder text = new StringBuilder(parts == 1 ? "" : parts + "x")
                .append(String.join("-", widths.stream().map(String::valueOf).toList()));
        if (norm != plain.norm) {
            text.append(",norm=").append(norm.name().toLowerCase(Locale.ROOT));
        }
        if (activation != plain.activation) {
            text.append(",activation=").append(activation.name().toLowerCase(Locale.ROOT));
        }
        if (lastNorm != plain.lastNorm) {
            text.append(",last-norm=").append(lastNorm);
        }
        if (lastScale != plain.lastScale) {
            text.append(",last-scale=").append(lastScale);
        }
        if (bias != plain.bias) {
            text.append(",bias=").append(bias);
        }
        return text.toString();
    }
}
