package io.chiaro.objective.recipe;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.objective.AdaptiveLayers;
import io.chiaro.objective.Contrast;
import io.chiaro.objective.CrossEntropy;
import io.chiaro.objective.Direction;
import io.chiaro.objective.Divergence;
import io.chiaro.objective.GuideMask;
import io.chiaro.objective.HeadByHead;
import io.chiaro.objective.Hinge;
import io.chiaro.objective.KullbackLeibler;
import io.chiaro.objective.Matryoshka;
import io.chiaro.objective.Objective;
import io.chiaro.objective.OrderedPairs;
import io.chiaro.objective.Pairing;
import io.chiaro.objective.Partition;
import io.chiaro.objective.RecordSlots;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.SquaredError;
import io.chiaro.objective.SquaredMargin;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.Synthetic;
import io.chiaro.objective.TemperaturePolicy;
import io.chiaro.objective.ViewSource;
import io.chiaro.objective.Weights;
import io.chiaro.objective.WholeBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A method by name: the paper it comes from, the reference it agrees with, and how it fills the slots. A recipe is data:
 * {@link #with} fills a slot otherwise, {@link #create} makes the objective, {@link #card} prints it.
 *
 * @param name kebab case
 * @param aliases other names for the same
 * @param paper authors, title and year
 * @param reference whose values it reproduces
 * @param slots what fills each slot, as written on the command line
 * @param usual settings of a run that belong to the method, where the run is not told otherwise
 * @param pattern the objective whose components the slots change; null for a recipe that is told by its slots alone
 */
public record Recipe(
        String name,
        List<String> aliases,
        String paper,
        String reference,
        Map<String, String> slots,
        Map<String, String> usual,
        @Nullable Objective pattern) {

    /** What makes a recipe this recipe; another choice is another recipe. */
    private static final Set<String> FIXED = Set.of("loss", "objective");
    /** The same of a recipe that is told by its slots alone. */
    private static final Set<String> FIXED_BY_SLOTS = Set.of("pairing", "weights");

    private static final String SUPERVISION = "supervision";
    private static final String DIVERGENCE = "divergence";

    /** Begins the reference of what no package has. */
    static final String UNCOMPARED = "no-reference";

    /** What belongs to a kind of a recipe that is told by its slots alone. */
    private static final Map<String, List<String>> NUMBERS_OF_KINDS =
            Map.of("hinge", List.of("margin"), "teacher-softmax", List.of("teacher-temperature"));

    private static final String TEMPERATURE_POLICY = "temperature-policy";
    private static final String NONE = "none";
    private static final String HEADS = "heads";
    private static final String LAYERS = "layers";
    private static final String MATRYOSHKA = "matryoshka";
    private static final String MATRYOSHKA_WEIGHTS = "matryoshka-weights";
    private static final String EVEN = "even";
    /** What may be said of earlier layers, and what they have where it is not. */
    private static final Map<String, Double> OF_LAYERS =
            Map.of("layers-weight", 1.0, "layers-distillation", 1.0, "layers-temperature", 0.3);

    private static final int MOST_HEADS = 99;
    private static final int MOST_LAYERS = 999;

    public Recipe {
        aliases = List.copyOf(aliases);
        slots = Collections.unmodifiableMap(new LinkedHashMap<>(slots));
        usual = Collections.unmodifiableMap(new LinkedHashMap<>(usual));
    }

    /** The recipe of an objective, whose slots are the components of its records. */
    static Recipe of(String name, String paper, String reference, Objective objective, String... aliases) {
        return new Recipe(name, List.of(aliases), paper, reference, objective.slots(), Map.of(), objective);
    }

    /** The same with one more setting that a run has unless it is told otherwise. */
    Recipe usually(String setting, String value) {
        Map<String, String> settings = new LinkedHashMap<>(usual);
        settings.put(setting, value);
        return new Recipe(name, aliases, paper, reference, slots, settings, pattern);
    }

    /** The slots that {@link #with} can fill. */
    public List<String> settable() {
        List<String> names = new ArrayList<>(
                slots.keySet().stream().filter(slot -> !fixed().contains(slot)).toList());
        if (slots.containsKey("scale") && !slots.containsKey("temperature")) {
            names.add("temperature");
        }
        if (!slots.containsKey(HEADS)) {
            names.add(HEADS);
        }
        if (!slots.containsKey(MATRYOSHKA)) {
            names.add(MATRYOSHKA);
            names.add(MATRYOSHKA_WEIGHTS);
        }
        names.add(LAYERS);
        OF_LAYERS.keySet().stream().sorted().forEach(names::add);
        return names;
    }

    private Set<String> fixed() {
        return pattern == null ? FIXED_BY_SLOTS : FIXED;
    }

    /**
     * The slots that {@link #with} can fill beside these: another kind may bring numbers of its own.
     *
     * @throws ChiaroException if a kind is not known, or does not fit
     */
    public List<String> settable(Map<String, String> fillings) {
        return ofKinds(fillings).settable();
    }

    /** What can stand in each slot that holds a part and no number: the names of kinds, by the slot. */
    public Map<String, List<String>> kinds() {
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        if (pattern instanceof Record record) {
            RecordSlots.eachPart(record, (slot, type, part) -> {
                if (!FIXED.contains(slot)) {
                    kinds.put(
                            slot,
                            part instanceof Pairing.Blocks
                                    ? Arrays.stream(Pairing.Among.values())
                                            .map(RecordSlots::written)
                                            .toList()
                                    : Kinds.of(type).keySet().stream()
                                            .filter(kind -> canStand(record, slot, kind))
                                            .toList());
                }
            });
            return kinds;
        }
        for (String slot : List.of(SUPERVISION, DIVERGENCE)) {
            kinds.put(
                    slot,
                    toldBySlots()
                            .filter(recipe -> recipe.slot("pairing").equals(slot("pairing")))
                            .map(recipe -> recipe.slot(slot))
                            .distinct()
                            .toList());
        }
        return kinds;
    }

    /** Whether a kind can be told beside the other parts; whether it fits may depend on what else is chosen. */
    private static boolean canStand(Record record, String slot, String kind) {
        try {
            return RecordSlots.canBeRead(RecordSlots.ofKinds(record, Map.of(slot, kind), Kinds::of));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** The slots that hold a part, whose kind can be chosen. */
    private Set<String> partSlots() {
        Set<String> names = new LinkedHashSet<>();
        if (pattern instanceof Record record) {
            RecordSlots.eachPart(record, (slot, type, part) -> names.add(slot));
            names.removeAll(FIXED);
        } else {
            names.addAll(List.of(SUPERVISION, DIVERGENCE));
        }
        return names;
    }

    /** A part of a recipe, and what its source says of it: formula, paper and numbers, in paragraphs. */
    public record Part(String slot, String kind, String text) {}

    /** What the parts of this recipe are, from the outermost to the innermost. */
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        Objective objective = create();
        if (!(objective instanceof Contrast || objective instanceof WholeBatch)) {
            tell("objective", objective, parts);
        }
        if (objective instanceof Record whole) {
            RecordSlots.eachPart(whole, (slot, type, part) -> tell(slot, part, parts));
        }
        return parts;
    }

    private static void tell(String slot, Object filling, List<Part> parts) {
        // Pairings, the absence of a part and what stays as it is are told by their names.
        if (filling instanceof Record part
                && !(part instanceof Pairing)
                && !part.equals(Weights.NONE)
                && !part.equals(Synthetic.NONE)
                && !part.equals(TemperaturePolicy.FIXED)) {
            PartFormulas.of(part).ifPresent(text -> parts.add(new Part(slot, RecordSlots.kind(part), text)));
        }
    }

    private static Stream<Recipe> toldBySlots() {
        return Recipes.all().stream().filter(recipe -> recipe.pattern() == null);
    }

    /** This recipe with the kinds of parts that are told among fillings, each with the numbers that it has where it is known from. */
    private Recipe ofKinds(Map<String, String> fillings) {
        Map<String, String> told = new LinkedHashMap<>(fillings);
        told.keySet().removeAll(fixed());
        try {
            return pattern instanceof Record record ? ofKinds(record, told) : ofKindsBySlots(told);
        } catch (IllegalArgumentException e) {
            throw misfit(fillings, e);
        }
    }

    private Recipe ofKinds(Record record, Map<String, String> told) {
        Record filled = RecordSlots.with(record, slots);
        Record other = RecordSlots.ofKinds(filled, told, Kinds::of);
        if (kindsIn(other).equals(kindsIn(filled))) {
            return this;
        }
        Map<String, String> around = new LinkedHashMap<>(slots);
        around.keySet().removeAll(RecordSlots.read(filled).keySet());
        Map<String, String> changed = RecordSlots.read(other);
        changed.putAll(around);
        return new Recipe(name, aliases, paper, UNCOMPARED, changed, usual, (Objective) other);
    }

    private static List<String> kindsIn(Record record) {
        List<String> kinds = new ArrayList<>();
        RecordSlots.eachPart(record, (slot, type, part) -> kinds.add(slot + "=" + RecordSlots.named(part)));
        return kinds;
    }

    private Recipe ofKindsBySlots(Map<String, String> told) {
        Map<String, String> changed = new LinkedHashMap<>(slots);
        kinds().forEach((slot, valid) -> {
            String kind = told.getOrDefault(slot, slot(slot));
            if (!kind.equals(slot(slot))) {
                Recipe known = toldBySlots()
                        .filter(recipe -> recipe.slot(slot).equals(kind))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                slot + " has no kind \"" + kind + "\". " + Names.hint(kind, valid) + elsewhere()));
                changed.put(slot, kind);
                NUMBERS_OF_KINDS.getOrDefault(slot(slot), List.of()).forEach(changed::remove);
                NUMBERS_OF_KINDS
                        .getOrDefault(kind, List.of())
                        .forEach(number -> changed.put(number, known.slot(number)));
            }
        });
        return changed.equals(slots) ? this : new Recipe(name, aliases, paper, UNCOMPARED, changed, usual, null);
    }

    /**
     * This recipe with another filling of one slot, for example {@code with("temperature", "0.05")}. The temperature is one
     * over the scale; for a recipe with a teacher's scores it is the teacher's temperature too, unless that is set afterwards. {@code heads} makes
     * it the mean over so many stretches of an embedding ({@link HeadByHead}), {@code layers} a sum over so many earlier layers too ({@link
     * AdaptiveLayers}).
     *
     * @throws ChiaroException if the recipe has no such slot, or the value does not fit it
     */
    public Recipe with(String slot, String value) {
        return with(Map.of(slot, value));
    }

    /**
     * This recipe with other fillings of some slots: first the kinds of parts, each with its usual numbers, then numbers, in their order.
     * Only what comes out in the end must fit together.
     *
     * @throws ChiaroException if the recipe has no such slot, or the values do not fit
     */
    public Recipe with(Map<String, String> fillings) {
        Recipe shaped = ofKinds(fillings);
        Map<String, String> changed = new LinkedHashMap<>(shaped.slots);
        Set<String> parts = shaped.partSlots();
        fillings.forEach((slot, value) -> {
            if (!parts.contains(slot)) {
                shaped.fill(changed, slot, value);
            }
        });
        Recipe recipe = new Recipe(name, aliases, paper, shaped.reference, changed, usual, shaped.pattern);
        Objective objective;
        try {
            objective = recipe.create();
        } catch (IllegalArgumentException e) {
            throw misfit(fillings, e);
        }
        if (shaped == this && changedInNumbers(changed)) {
            return recipe;
        }
        String known = References.OF.getOrDefault(objective, UNCOMPARED);
        return new Recipe(name, aliases, paper, known, changed, usual, shaped.pattern);
    }

    /** The reference of each objective that a recipe has; made when it is first asked for, since it needs all recipes. */
    private static final class References {
        private static final Map<Objective, String> OF = Recipes.all().stream()
                .collect(Collectors.toMap(Recipe::create, Recipe::reference, (first, other) -> first));
    }

    /** Whether slots differ from those of this recipe in numbers alone, so that its reference says the same of them. */
    private boolean changedInNumbers(Map<String, String> changed) {
        return changed.entrySet().stream()
                .filter(slot -> !slot.getValue().equals(slots.getOrDefault(slot.getKey(), slot.getValue())))
                .allMatch(slot -> slot.getValue().matches("[-+0-9.].*"));
    }

    private ChiaroException misfit(Map<String, String> fillings, IllegalArgumentException cause) {
        String written = String.join(
                " ",
                fillings.entrySet().stream()
                        .map(filling -> filling.getKey() + "=" + filling.getValue())
                        .toList());
        return ChiaroException.of(
                ChiaroException.Kind.USAGE,
                "recipe " + name + ": " + written + " does not fit (" + cause.getMessage() + "). Choose another value.",
                cause);
    }

    private void fill(Map<String, String> changed, String slot, String value) {
        if (!settable().contains(slot)) {
            throw ChiaroException.usage("recipe " + name + ": "
                    + (fixed().contains(slot)
                            ? "slot \"" + slot + "\" makes the recipe what it is; choose another recipe." + elsewhere()
                                    + " Settable: " + String.join(", ", settable()) + "."
                            : "unknown slot \"" + slot + "\". " + Names.hint(slot, settable())));
        }
        requireSensible(slot, value);
        if (slot.equals("temperature") && !changed.containsKey(slot)) {
            double temperature = number(slot, value);
            changed.put("scale", RecordSlots.written(1 / temperature));
            if (pattern == null) {
                changed.replace("teacher-temperature", value);
            }
        } else {
            changed.put(slot, value);
        }
    }

    /** Where a softmax of pairs has all parts, if this is one that has not. */
    private String elsewhere() {
        return pattern == null && !slot("pairing").equals("aligned")
                ? " nt-xent with pairing=cross, or cross-both, is the softmax of pairs of which every part can be chosen."
                : "";
    }

    /** Numbers that no source gives a meaning: what is not finite, temperatures of zero and less, and what is added below zero. */
    private void requireSensible(String slot, String value) {
        double number;
        try {
            number = Double.parseDouble(value.strip());
        } catch (NumberFormatException e) {
            return;
        }
        if (slot.equals("temperature") && !(number > 0)) {
            throw wrong(slot, value, "a number above 0");
        }
        if (slot.equals("epsilon") && !(number >= 0)) {
            throw wrong(slot, value, "a number of at least 0");
        }
        if (!Double.isFinite(number)) {
            throw wrong(slot, value, "a finite number");
        }
    }

    /** The objective. */
    public Objective create() {
        Objective ofLayer = ofOneLayer();
        if (!slots.containsKey(LAYERS)) {
            for (String slot : OF_LAYERS.keySet()) {
                if (slots.containsKey(slot)) {
                    throw ChiaroException.usage("recipe " + name + ": slot \"" + slot + "\" has no effect without \""
                            + LAYERS + "\", and nothing is ignored silently. Give both or neither.");
                }
            }
            return ofLayer;
        }
        double layers = number(LAYERS, slot(LAYERS));
        if (layers != Math.rint(layers) || layers < 1 || layers > MOST_LAYERS) {
            throw wrong(LAYERS, slot(LAYERS), "a whole number from 1 to " + MOST_LAYERS);
        }
        return new AdaptiveLayers(
                ofLayer,
                (int) layers,
                ofLayers("layers-weight"),
                ofLayers("layers-distillation"),
                ofLayers("layers-temperature"));
    }

    private double ofLayers(String slot) {
        return slots.containsKey(slot) ? number(slot, slot(slot)) : Objects.requireNonNull(OF_LAYERS.get(slot));
    }

    private Objective ofOneLayer() {
        Objective whole = ofOneHead();
        // A recipe that knows of heads itself has the slot from the start.
        if (!slots.containsKey(HEADS) || whole.slots().containsKey(HEADS)) {
            return whole;
        }
        double heads = number(HEADS, slot(HEADS));
        if (heads != Math.rint(heads) || heads < 1 || heads > MOST_HEADS) {
            throw wrong(HEADS, slot(HEADS), "a whole number from 1 to " + MOST_HEADS);
        }
        return new HeadByHead((int) heads, whole);
    }

    private Objective ofOneHead() {
        return ofWidths(ofWholeWidth());
    }

    /** Also of the first numbers of an embedding, if that is told. */
    private Objective ofWidths(Objective objective) {
        if (slot(MATRYOSHKA).equals(NONE)) {
            if (!slots.getOrDefault(MATRYOSHKA_WEIGHTS, EVEN).equals(EVEN)) {
                throw ChiaroException.usage("recipe " + name + ": slot \"" + MATRYOSHKA_WEIGHTS
                        + "\" has no effect without \"" + MATRYOSHKA
                        + "\", and nothing is ignored silently. Give both or neither.");
            }
            return objective;
        }
        List<Integer> dimensions = list(MATRYOSHKA, text -> {
            double dimension = number(MATRYOSHKA, text);
            if (dimension != Math.rint(dimension) || dimension < 1 || dimension > Integer.MAX_VALUE) {
                throw wrong(MATRYOSHKA, text, "whole numbers of at least 1, such as 384,256,128");
            }
            return (int) dimension;
        });
        List<Double> weights = slots.getOrDefault(MATRYOSHKA_WEIGHTS, EVEN).equals(EVEN)
                ? Collections.nCopies(dimensions.size(), 1.0)
                : list(MATRYOSHKA_WEIGHTS, text -> number(MATRYOSHKA_WEIGHTS, text));
        return new Matryoshka(objective, dimensions, weights);
    }

    private Objective ofWholeWidth() {
        if (pattern instanceof Record record) {
            return (Objective) RecordSlots.with(record, slots);
        }
        Similarity similarity = new Similarity(
                constant("similarity", Similarity.Kind.class), number("scale", slot("scale")), temperaturePolicy());
        return Contrast.of(pairing(), supervision(), similarity, divergence(similarity))
                .withViews(constant("views", ViewSource.class));
    }

    private TemperaturePolicy temperaturePolicy() {
        String told = slots.getOrDefault(TEMPERATURE_POLICY, RecordSlots.named(TemperaturePolicy.FIXED));
        return TemperaturePolicy.OF_RUNS.stream()
                .filter(policy -> RecordSlots.named(policy).equals(told))
                .findFirst()
                .orElseThrow(() -> unknown(
                        TEMPERATURE_POLICY,
                        told,
                        TemperaturePolicy.OF_RUNS.stream()
                                .map(RecordSlots::named)
                                .toList()));
    }

    private Pairing pairing() {
        if (slot("pairing").equals("aligned")) {
            return Pairing.aligned();
        }
        List<Direction> directions = list("directions", text -> constant("directions", text, Direction.class));
        Partition partition = constant("partition", Partition.class);
        if (slot("guide-margin").equals(NONE)) {
            return Pairing.inBatch(directions, partition);
        }
        GuideMask.Form form = constant("guide-form", GuideMask.Form.class);
        return Pairing.inBatch(
                directions, partition, new GuideMask(number("guide-margin", slot("guide-margin")), form));
    }

    private Supervision supervision() {
        return switch (slot(SUPERVISION)) {
            case "same-item" -> Supervision.sameItem();
            case "gold-scores" -> Supervision.goldScores();
            case "teacher-margins" -> Supervision.teacherMargins();
            case "teacher-softmax" ->
                Supervision.teacherSoftmax(number("teacher-temperature", slot("teacher-temperature")));
            default -> throw new IllegalStateException("Recipe " + name + ": supervision " + slot(SUPERVISION));
        };
    }

    private Divergence divergence(Similarity similarity) {
        return switch (slot(DIVERGENCE)) {
            case "cross-entropy" -> new CrossEntropy();
            case "kullback-leibler" -> new KullbackLeibler(similarity.temperature() * similarity.temperature());
            case "hinge" -> new Hinge(number("margin", slot("margin")));
            case "squared-error" -> new SquaredError();
            case "squared-margin" -> new SquaredMargin();
            case "ordered-pairs" -> new OrderedPairs();
            default -> throw new IllegalStateException("Recipe " + name + ": divergence " + slot(DIVERGENCE));
        };
    }

    /** The recipe for people to read: name, paper, reference and slots, a line each. */
    public String card() {
        StringBuilder card = new StringBuilder(name);
        if (!aliases.isEmpty()) {
            card.append(" (also ").append(String.join(", ", aliases)).append(')');
        }
        card.append("\n  paper      ").append(paper);
        card.append("\n  reference  ").append(reference);
        slots.forEach(
                (slot, value) -> card.append("\n  ").append(slot).append(" = ").append(value));
        usual.forEach((setting, value) ->
                card.append("\n  in a run   ").append(setting).append('=').append(value));
        return card.append('\n').toString();
    }

    private String slot(String slot) {
        return slots.getOrDefault(slot, NONE);
    }

    private double number(String slot, String text) {
        try {
            double number = Double.parseDouble(text.strip());
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The sentence below says what is expected.
        }
        throw wrong(slot, text, "a number");
    }

    private <T> List<T> list(String slot, Function<String, T> parse) {
        return Arrays.stream(slot(slot).split(",", -1))
                .map(String::strip)
                .map(parse)
                .toList();
    }

    private <E extends Enum<E>> E constant(String slot, Class<E> type) {
        return constant(slot, slot(slot), type);
    }

    private <E extends Enum<E>> E constant(String slot, String text, Class<E> type) {
        List<String> valid =
                Arrays.stream(type.getEnumConstants()).map(RecordSlots::written).toList();
        int found = valid.indexOf(text);
        if (found < 0) {
            throw unknown(slot, text, valid);
        }
        return type.getEnumConstants()[found];
    }

    private ChiaroException unknown(String slot, String text, List<String> valid) {
        return ChiaroException.usage("recipe " + name + ": slot \"" + slot + "\" has no value \"" + text + "\". "
                + Names.hint(text, valid) + (slot.equals(TEMPERATURE_POLICY) ? elsewhere() : ""));
    }

    private ChiaroException wrong(String slot, String text, String expected) {
        return ChiaroException.usage("recipe " + name + ": slot \"" + slot + "\" expects " + expected + ", but found \""
                + text + "\". Mend the value.");
    }
}
