package io.chiaro.objective.recipe;

import io.chiaro.objective.Needs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The recipes by what they compare: what a model's similarities are made into, q, against what says how near things should be,
 * p (after Alshammari et al., "I-Con", ICLR 2025, figure 1, whose Gaussian of the data is a kernel of what a guide sees; with columns for
 * queues, prototypes and teachers, and rows for what is no distribution). A recipe's cell follows from its slots, by kind and not by number;
 * an empty cell is an open question. Figure 1's two limits of a Gaussian have rows: a wide one leaves mean squared distances and what keeps
 * them from zero, as in VICReg, and a narrow one the gap of a positive to the nearest other row, as in the hardest triplet.
 */
public final class PeriodicTable {

    /** What the similarities are made into. */
    public enum Learned {
        COSINE_SOFTMAX("softmax of cosines or products"),
        GAUSSIAN_SOFTMAX("softmax of squared distances"),
        WIDE_GAUSSIAN("a Gaussian so wide that means are left"),
        NARROW_GAUSSIAN("a Gaussian so narrow that the nearest is left"),
        DISTANCE_SOFTMAX("softmax of distances"),
        STUDENT_SOFTMAX("softmax of Student's t"),
        SHARED_CLUSTERS("shared clusters"),
        IMPROPER("denominators that do not sum to one"),
        OTHER_MEASURES("other distances between distributions"),
        PAIRS_APART("each pair on its own"),
        MARGINS("margins and hardest pairs"),
        RANKS("ranks"),
        FEATURES("features, spectra and volumes");

        private final String words;

        Learned(String words) {
            this.words = words;
        }

        /** For people to read. */
        public String words() {
            return words;
        }
    }

    /** What says how near things should be. */
    public enum Told {
        SAME_ITEM("views of an item"),
        OTHER_TOWER("another tower"),
        QUEUE("own key or neighbour, and a queue"),
        SAME_CLASS("same class"),
        CLASS_VECTORS("vectors of classes"),
        PROTOTYPES("codes of prototypes"),
        NUMBERS("numbers"),
        KERNEL("a kernel of what a guide sees"),
        STUDENT_KERNEL("Student's t of what a guide sees"),
        NEIGHBOURS("nearest by what a guide sees"),
        GRAPH("edges of a graph"),
        TEACHER("a teacher"),
        ITSELF("the row itself"),
        NOTHING("rows alone");

        private final String words;

        Told(String words) {
            this.words = words;
        }

        /** For people to read. */
        public String words() {
            return words;
        }
    }

    private final Map<Learned, Map<Told, List<Recipe>>> cells = new LinkedHashMap<>();

    private PeriodicTable() {
        for (Learned learned : Learned.values()) {
            Map<Told, List<Recipe>> row = new LinkedHashMap<>();
            for (Told told : Told.values()) {
                row.put(told, new ArrayList<>());
            }
            cells.put(learned, row);
        }
    }

    /** The table of some recipes. */
    public static PeriodicTable of(List<Recipe> recipes) {
        PeriodicTable table = new PeriodicTable();
        recipes.forEach(recipe -> table.at(learned(recipe), told(recipe)).add(recipe));
        return table;
    }

    /** The recipes of a cell; none where the question is open. */
    public List<Recipe> cell(Learned learned, Told told) {
        return List.copyOf(at(learned, told));
    }

    private List<Recipe> at(Learned learned, Told told) {
        return Objects.requireNonNull(Objects.requireNonNull(cells.get(learned)).get(told));
    }

    /** Whether values and gradients of a package outside the project stand behind a recipe. */
    public static boolean hasReference(Recipe recipe) {
        return !recipe.reference().startsWith(Recipe.UNCOMPARED);
    }

    private static Told told(Recipe recipe) {
        Needs needs = recipe.create().needs();
        if (Stream.of("classes", "centres", "pair-weights").anyMatch(needs.memories()::contains)) {
            return Told.CLASS_VECTORS;
        }
        String loss = recipe.slots().getOrDefault("loss", "");
        switch (loss) {
            case "centred-patches",
                    "masked-and-visible-patches",
                    "patch-kernels",
                    "towards-teacher",
                    "towards-guide" -> {
                return Told.TEACHER;
            }
            case "positionwise-codes" -> {
                return Told.PROTOTYPES;
            }
            case "local-matches" -> {
                return Told.SAME_ITEM;
            }
            case "dense-structure" -> {
                return Told.NOTHING;
            }
            default -> {}
        }
        if (needs.memories().contains("prototypes") || needs.memories().contains("clusters")) {
            return Told.PROTOTYPES;
        }
        if (needs.memories().contains("queue")
                || needs.memories().contains("label-banks")
                || needs.memories().contains("bank")) {
            return Told.QUEUE;
        }
        switch (recipe.slots().getOrDefault("supervision", "")) {
            case "guide-softmax" -> {
                return Told.KERNEL;
            }
            case "guide-neighbours" -> {
                return Told.NEIGHBOURS;
            }
            default -> {}
        }
        if (needs.labels()) {
            return Told.SAME_CLASS;
        }
        if (needs.scores() && !recipe.slots().containsValue("teacher-margins")) {
            return Told.NUMBERS;
        }
        boolean teacher = needs.teacherScores()
                || needs.memories().contains("centre")
                || recipe.slots().containsValue("teacher-margins")
                || loss.equals("distilled-clip")
                || loss.equals("weighted-by-frozen")
                || loss.equals("kernel-prior-uniformity");
        if (teacher) {
            return Told.TEACHER;
        }
        String pairing = recipe.slots().getOrDefault("pairing", "");
        // The same text twice comes from one tower, however its rows are crossed.
        boolean other =
                pairing.startsWith("cross") && !"dropout".equals(recipe.slots().get("views"));
        if (other || loss.equals("triples") || loss.equals("cyclic-clip")) {
            return Told.OTHER_TOWER;
        }
        return needs.views() == 1 ? Told.NOTHING : Told.SAME_ITEM;
    }

    private static Learned learned(Recipe recipe) {
        Map<String, String> slots = recipe.slots();
        String divergence = slots.getOrDefault("divergence", slots.getOrDefault("loss", ""));
        return switch (divergence) {
            case "debiased-softmax", "robust-softmax", "moving-denominators", "flat-softmax" -> Learned.IMPROPER;
            case "pair-logistic",
                    "spectral-squares",
                    "squared-error",
                    "squared-margin",
                    "squared-to-target",
                    "labelled-pairs",
                    "labelled-logistic",
                    "towards-teacher",
                    "pair-regression",
                    "dynamic-distillation",
                    "towards-guide",
                    "neighbour-as-target",
                    "negative-cosine" -> Learned.PAIRS_APART;
            case "ordered-pairs",
                    "rank-softmax",
                    "fast-average-precision",
                    "smooth-average-precision",
                    "negatives-before",
                    "ranked-list",
                    "overlap-of-histograms",
                    "area-under-curve",
                    "group-order",
                    "pearson-distance",
                    "rank-distribution",
                    "preference-ranking",
                    "score-order" -> Learned.RANKS;
            case "hinge",
                    "triplet-margin",
                    "pair-margins",
                    "margin-around-boundary",
                    "lifted-sum",
                    "multi-similarity",
                    "circle",
                    "tuplet-margin",
                    "consistent-thresholds",
                    "lifted-structure",
                    "angular-margin",
                    "intra-pair-variance",
                    "mined",
                    "chosen-triplets",
                    "pairs-beyond",
                    "angle-mined",
                    "hardest-share",
                    "even-over-bins",
                    "distance-weighted",
                    "semi-hard-negative",
                    "hardest-pair-margins",
                    "hard-labelled-pairs",
                    "dynamic-soft-margin",
                    "proxy-anchor" -> Learned.MARGINS;
            case "shares-apart" ->
                Set.of("kullback-leibler", "cross-entropy").contains(slots.getOrDefault("measure", ""))
                        ? softmaxOrFeatures(divergence, slots)
                        : Learned.OTHER_MEASURES;
            case "variance-invariance-covariance" -> Learned.WIDE_GAUSSIAN;
            case "farthest-and-nearest" -> Learned.NARROW_GAUSSIAN;
            case "shared-clusters" -> Learned.SHARED_CLUSTERS;
            case "expected-costs", "consistency-over-queue", "kernel-contrast" -> Learned.OTHER_MEASURES;
            default -> softmaxOrFeatures(divergence, slots);
        };
    }

    private static Learned softmaxOrFeatures(String divergence, Map<String, String> slots) {
        if ("negatives".equals(slots.get("denominator"))) {
            return Learned.IMPROPER;
        }
        if (slots.containsKey("divergence")) {
            return switch (slots.getOrDefault("similarity", "")) {
                case "student" -> Learned.STUDENT_SOFTMAX;
                case "negative-squared-distance", "unit-negative-squared-distance" -> Learned.GAUSSIAN_SOFTMAX;
                case "negative-distance", "unit-negative-distance" -> Learned.DISTANCE_SOFTMAX;
                default -> Learned.COSINE_SOFTMAX;
            };
        }
        return switch (divergence) {
            case "views-as-set",
                    "poly-view",
                    "triples",
                    "cyclic-clip",
                    "swapped-codes",
                    "centred-teacher",
                    "pairs-of-views",
                    "crossed-predictions",
                    "neighbour-as-positive",
                    "masked-assignments",
                    "distilled-clip",
                    "weighted-by-frozen",
                    "soft-triple",
                    "nearest-centre",
                    "multiplied-angle",
                    "place-of-class",
                    "pair-classifier",
                    "cluster-codes",
                    "prototype-contrast",
                    "moved-groups",
                    "centred-patches",
                    "masked-and-visible-patches",
                    "positionwise-codes",
                    "fused-neighbours",
                    "pooled-regions",
                    "pair-of-each-class",
                    "neighbourhood-invariance",
                    "transformed-features",
                    "dual-view",
                    "contrast-regularized",
                    "hallucinated",
                    "mixed-numbers",
                    "adaptive-heads",
                    "gated-pairs",
                    "own-bank",
                    "energy-hinge",
                    "block-of-positives" -> Learned.COSINE_SOFTMAX;
            default -> Learned.FEATURES;
        };
    }
}
