package io.chiaro.eval.diagnostics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What can be said of embeddings without judging them on a task: each with what it needs and the papers whose figure it is. */
public enum Diagnostic {
    /** {@link io.chiaro.core.metric.EmbeddingGeometry#alignment}. */
    ALIGNMENT("how near the two sides of a pair are", Need.PAIRS, 163),
    /** {@link io.chiaro.core.metric.EmbeddingGeometry#uniformity}. */
    UNIFORMITY("how evenly items lie on the sphere", Need.VECTORS, 163),
    /** {@link Tolerance}. */
    TOLERANCE("how near items of one class are left", Need.LABELS, 160),
    /** {@link ScoreDistribution}. */
    SCORES("cosines of what belongs together beside all others", Need.PAIRS_OR_LABELS, 33),
    /** {@link HardnessProfile}. */
    HARDNESS("which negatives the softmax listens to", Need.VECTORS, 160),
    /** {@link io.chiaro.core.metric.EmbeddingGeometry#effectiveRank(float[][])}. */
    EFFECTIVE_RANK("how many directions are used", Need.VECTORS),
    /** {@link SingularSpectrum}. */
    SPECTRUM("what each direction carries", Need.VECTORS),
    /** {@link Isotropy}. */
    ISOTROPY("whether all directions are used alike", Need.VECTORS, 108),
    /** {@link ModalityGap}. */
    MODALITY_GAP("whether both sides of pairs live apart", Need.PAIRS, 182),
    /** {@link UpdateDecomposition}. */
    UPDATES("weight and direction of a contrast and of cross-entropy", Need.PAIRS, 16),
    /** {@link NeuralCollapse}. */
    NEURAL_COLLAPSE("how near classes are to points of a regular figure", Need.LABELS, 176),
    /** {@link MeanClassifier}. */
    MEAN_CLASSIFIER("what the contrast promises to a classifier", Need.LABELS, 183),
    /** {@link LabelProbe}. */
    LABEL_PROBE("which properties a straight cut can tell", Need.LABELS, 106, 192),
    /** {@link SubclassProbe}. */
    CLASS_COLLAPSE("whether kinds within a class are still told apart", Need.FINER_LABELS, 192),
    /** {@link AugmentationConcentration}. */
    CONCENTRATION("how sharply views of a class concentrate", Need.PAIRS_AND_LABELS, 247),
    /** {@link GeneralizationGap}. */
    GENERALIZATION_GAP("loss on new pairs less loss on learned ones, by negatives", Need.SEEN_PAIRS, 212),
    /** {@link LayerProbe}. */
    LAYERS("what each layer tells", Need.MODEL, 67),
    /** How fast the loss rises around the weights. */
    SHARPNESS("how fast the loss rises around the weights", Need.MODEL_AND_PAIRS, 223),
    /** {@link NeighbourOverlap}. */
    NEIGHBOUR_OVERLAP("whether another space has the same neighbourhoods", Need.OTHER, 197),
    /** {@link ReconstructionLoss}. */
    RECONSTRUCTION("what cannot be read off another space", Need.OTHER, 197),
    /** {@link EigenspaceAlignment}. */
    EIGENSPACE_ALIGNMENT("whether a linear predictor has the directions of its inputs", Need.PREDICTOR, 1);

    /** What must be at hand. */
    public enum Need {
        /** Nothing but the vectors. */
        VECTORS("vectors"),
        /** Two views of each item, or pairs of texts. */
        PAIRS("pairs, or a second view"),
        /** A class of each item. */
        LABELS("labels"),
        /** One of the two. */
        PAIRS_OR_LABELS("pairs or labels"),
        /** Both. */
        PAIRS_AND_LABELS("pairs or a second view, and labels"),
        /** Two labels of each item, of which one divides the other. */
        FINER_LABELS("second labels that divide the classes"),
        /** Pairs that the model learned from. */
        SEEN_PAIRS("pairs, and pairs that the model learned from"),
        /** A model whose layers can be looked into, and labels or pairs to probe by. */
        MODEL("a model with weights, and labels or pairs"),
        /** A model that can be trained, and pairs. */
        MODEL_AND_PAIRS("a model with weights, and pairs"),
        /** The same items in another space. */
        OTHER("another model or other vectors"),
        /** The matrix of a linear predictor, with its inputs as vectors. */
        PREDICTOR("a linear predictor, and its inputs as vectors");

        private final String words;

        Need(String words) {
            this.words = words;
        }

        /** In words. */
        public String words() {
            return words;
        }
    }

    private final String words;
    private final Need need;
    private final List<Integer> papers;

    Diagnostic(String words, Need need, Integer... papers) {
        this.words = words;
        this.need = need;
        this.papers = List.of(papers);
    }

    /** The name in documents and on the command line. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it says, in a few words. */
    public String words() {
        return words;
    }

    /** What must be at hand. */
    public Need need() {
        return need;
    }

    /** The papers whose figure it computes, by their numbers in the list of papers. */
    public List<Integer> papers() {
        return papers;
    }

    /** The names of all. */
    public static List<String> keys() {
        return Arrays.stream(values()).map(Diagnostic::key).toList();
    }
}
