package io.chiaro.objective;

/** Slot 4: what says how near things should be. */
public sealed interface Supervision
        permits Supervision.SameItem,
                Supervision.SameLabel,
                Supervision.GoldScores,
                Supervision.TeacherSoftmax,
                Supervision.TeacherMargins {

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
