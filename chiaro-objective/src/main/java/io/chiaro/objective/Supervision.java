package io.chiaro.objective;

import io.chiaro.tensor.Tensor;

/** Slot 4: what says how near things should be. */
public sealed interface Supervision
        permits Supervision.SameItem,
                Supervision.SameLabel,
                Supervision.GoldScores,
                Supervision.TeacherSoftmax,
                Supervision.TeacherMargins,
                Supervision.Graded {

    /** The other texts of an item belong to it, each to the same degree. */
    record SameItem() implements Supervision {}

    /** Texts of one class belong together, each to the same degree. */
    record SameLabel() implements Supervision {}

    /** A gold similarity for each pair. */
    record GoldScores() implements Supervision {}

    /**
     * The teacher's distribution over the candidates, {@code softmax(scores / temperature)}.
     *
     * @param temperature above 0
     */
    record TeacherSoftmax(double temperature) implements Supervision {
        public TeacherSoftmax {
            if (!(temperature > 0) || Double.isInfinite(temperature)) {
                throw new IllegalArgumentException(
                        "TeacherSoftmax: the temperature must be above 0, but was " + temperature);
            }
        }
    }

    /** By how much the teacher prefers the positive to each negative. */
    record TeacherMargins() implements Supervision {}

    /**
     * Rows belong together by degrees, which a divergence that takes shares makes into p: each row of degrees divided by its sum.
     * A row without any is counted and left out.
     */
    sealed interface Graded extends Supervision
            permits LabelKernel, GuideSoftmax, GuideNeighbours, SharedLabels, TeacherView {

        /** How much every candidate belongs to every anchor, at least 0, [n, m]; cells that are no candidates do not matter. */
        Tensor degrees(Sides sides);

        /** What it looks at. */
        Basis basis();
    }

    /** What degrees are made of. */
    enum Basis {
        /** The numbers that supervise rows: how far two are apart. */
        NUMBERS,
        /** The embeddings of a guide: their cosines. */
        GUIDE,
        /** Sets of labels: how much two have in common. */
        LABEL_SETS,
        /** The rows of the second view: their cosines with candidates. */
        SECOND_VIEW
    }

    /**
     * What is known of anchors and candidates.
     *
     * @param known |y_i - y_j| of their numbers, the cosines of their guide embeddings, or what their sets of labels have in common
     *     divided by what they have together, as the basis says, [n, m]
     * @param candidates which cells are candidates, [n, m]
     */
    record Sides(Tensor known, Tensor candidates) {

        /** Shares of a softmax over candidates, but for a factor of each row. */
        Tensor softmax(double temperature) {
            // Cosines are at least -1, so a row keeps a degree of 1 once its largest is taken off.
            Tensor shown = known.maskedFill(candidates.not(), -1);
            return shown.subtract(shown.max(1, true)).divide(temperature).exp();
        }
    }

    /**
     * Near numbers belong together: exp(-(y_i - y_j)^2 / (2 bandwidth^2)) (Dufumier et al., "Contrastive Learning with Continuous
     * Proxy Meta-Data for 3D MRI Classification", MICCAI 2021, eq. 3).
     *
     * @param bandwidth above 0
     */
    record LabelKernel(double bandwidth) implements Graded {
        public LabelKernel {
            if (!(bandwidth > 0)) {
                throw new IllegalArgumentException("LabelKernel: the bandwidth must be above 0, but was " + bandwidth);
            }
        }

        @Override
        public Tensor degrees(Sides sides) {
            return sides.known().square().divide(-2 * bandwidth * bandwidth).exp();
        }

        @Override
        public Basis basis() {
            return Basis.NUMBERS;
        }
    }

    /**
     * What a guide holds to be near belongs together: the softmax of its cosines over the candidates (Sobal et al., "X-Sample
     * Contrastive Loss: Improving Contrastive Learning with Sample Similarity Graphs", 2024, section 3).
     *
     * @param guideTemperature above 0
     */
    record GuideSoftmax(double guideTemperature) implements Graded {
        public GuideSoftmax {
            if (!(guideTemperature > 0)) {
                throw new IllegalArgumentException(
                        "GuideSoftmax: the temperature must be above 0, but was " + guideTemperature);
            }
        }

        @Override
        public Tensor degrees(Sides sides) {
            return sides.softmax(guideTemperature);
        }

        @Override
        public Basis basis() {
            return Basis.GUIDE;
        }
    }

    /**
     * The candidates that a guide holds to be nearest belong to an anchor, each to the same degree (El Banani et al., "Learning
     * Visual Representations via Language-Guided Sampling", CVPR 2023, section 3). Equally near ones count together.
     *
     * @param neighbours at least 1
     */
    record GuideNeighbours(int neighbours) implements Graded {
        public GuideNeighbours {
            if (neighbours < 1) {
                throw new IllegalArgumentException("GuideNeighbours: expected at least 1, but found " + neighbours);
            }
        }

        @Override
        public Tensor degrees(Sides sides) {
            Tensor shown = sides.known().maskedFill(sides.candidates().not(), -2);
            int last = Math.toIntExact(Math.min(neighbours, shown.size(1))) - 1;
            Tensor threshold = shown.gather(1, shown.largestIndices(last + 1).narrow(1, last, 1));
            return threshold.isGreater(shown).not().to(shown.type());
        }

        @Override
        public Basis basis() {
            return Basis.GUIDE;
        }
    }

    /**
     * Candidates belong to an anchor as far as the second view of its item says, held fixed: softmax over candidates of cos(y_i, c_j) /
     * teacherTemperature (Zheng et al., "ReSSL: Relational Self-Supervised Learning with Weak Augmentation", NeurIPS 2021, eq. 4; with the item's
     * own key among the candidates: Fang et al., "SEED: Self-supervised Distillation for Visual Representation", ICLR 2021, eq. 3).
     *
     * @param teacherTemperature above 0; below that of the anchors, so that the teacher is the surer of both
     */
    record TeacherView(double teacherTemperature) implements Graded {
        public TeacherView {
            if (!(teacherTemperature > 0)) {
                throw new IllegalArgumentException(
                        "TeacherView: the temperature must be above 0, but was " + teacherTemperature);
            }
        }

        @Override
        public Tensor degrees(Sides sides) {
            return sides.softmax(teacherTemperature);
        }

        @Override
        public Basis basis() {
            return Basis.SECOND_VIEW;
        }
    }

    /**
     * Rows with labels in common belong together by |A and B| / |A or B| of their sets of labels (Lin et al., "An Effective Deployment
     * of Contrastive Learning in Multi-label Text Classification", ACL Findings 2023, section 3, the Jaccard similarity). Row k of the
     * memory {@code label-sets}, of zeros and ones, is the set of rows with label k. Where each set is one label this is {@link
     * SameLabel}.
     */
    record SharedLabels() implements Graded {
        @Override
        public Tensor degrees(Sides sides) {
            return sides.known();
        }

        @Override
        public Basis basis() {
            return Basis.LABEL_SETS;
        }
    }

    /** The other texts of an item belong to it. */
    static Supervision sameItem() {
        return new SameItem();
    }

    /** Texts of one class belong together. */
    static Supervision sameLabel() {
        return new SameLabel();
    }

    /** A gold similarity for each pair. */
    static Supervision goldScores() {
        return new GoldScores();
    }

    /** The teacher's distribution over the candidates. */
    static Supervision teacherSoftmax(double temperature) {
        return new TeacherSoftmax(temperature);
    }

    /** By how much the teacher prefers the positive to each negative. */
    static Supervision teacherMargins() {
        return new TeacherMargins();
    }
}
