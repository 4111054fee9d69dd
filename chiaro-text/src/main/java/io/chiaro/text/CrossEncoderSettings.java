package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.RunFile;
import io.chiaro.data.ExampleShape;
import io.chiaro.objective.list.ListLoss;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code --set} says of a run that trains a cross-encoder.
 *
 * <ul>
 *   <li>{@code loss}: one of {@link ListLoss#names}; by the data if it is left out;
 *   <li>{@code mu}, {@code sigma}: the numbers of {@code lambda-loss} and {@code ranknet};
 *   <li>{@code list}: how many candidates of a query a step looks at, the others in another epoch;
 *   <li>those of {@link PairSettings}.
 * </ul>
 *
 * @param loss what is made small
 * @param list most candidates of a list
 * @param pairs what any cross-encoder is told
 */
record CrossEncoderSettings(ListLoss loss, int list, PairSettings pairs) {

    static final String LOSS = "loss";

    private static final String LIST = "list";
    private static final String MU = "mu";
    private static final String SIGMA = "sigma";
    private static final int USUAL_LIST = 8;
    private static final int LONGEST_LIST = 4096;
    private static final double USUAL_MU = 10;

    private static final List<String> NAMES = List.of(LOSS, LIST, MU, SIGMA);

    /** The settings of a run on data of some shape. */
    static CrossEncoderSettings of(RunFile run, ExampleShape shape) {
        Map<String, String> told = run.set();
        PairSettings pairs = PairSettings.of(told, NAMES);
        refuseData(shape);
        ListLoss loss = loss(told, told.getOrDefault(LOSS, usualLoss(shape)));
        refuseUnfit(loss.name(), shape);
        int list = new ToldValues(told).whole(LIST, 2, LONGEST_LIST).orElse(USUAL_LIST);
        return new CrossEncoderSettings(loss, list, pairs);
    }

    private static void refuseData(ExampleShape shape) {
        boolean fit = switch (shape.kind()) {
            case TRIPLETS, PAIRS_WITH_NEGATIVES, SCORED_NEGATIVES, LABELLED_PAIRS, SCORED_PAIRS -> true;
            case TEXTS, LABELLED_TEXTS, PAIRS -> false;
        };
        if (!fit) {
            throw ChiaroException.usage("recipe " + ScorerTraining.CROSS_ENCODER
                    + ": expected pairs with a label or a score, or" + " with negatives, but the data are " + shape
                    + ". Find negatives for pairs with chiaro mine.");
        }
    }

    private static String usualLoss(ExampleShape shape) {
        return switch (shape.kind()) {
            case LABELLED_PAIRS, SCORED_PAIRS -> "pointwise";
            case SCORED_NEGATIVES -> "margin-mse";
            default -> "contrastive";
        };
    }

    /** A teacher's scores are no grades, and grades are no margins. */
    private static void refuseUnfit(String loss, ExampleShape shape) {
        boolean taught = shape.kind() == ExampleShape.Kind.SCORED_NEGATIVES;
        List<String> ofTeacher = shape.scores() == 1
                ? List.of("margin-mse")
                : List.of("margin-mse", "mse", "listnet", "ranknet", "list-mle", "p-list-mle", "adr-mse");
        if (taught && !ofTeacher.contains(loss)) {
            throw ChiaroException.usage("set loss: " + loss + " reads grades, but the data are " + shape
                    + ", a teacher's scores. Take " + String.join(" or ", ofTeacher)
                    + ", or leave the scores out with --roles.");
        }
        if (!taught && loss.equals("margin-mse")) {
            throw ChiaroException.usage(
                    "set loss: margin-mse reads a teacher's scores of the positive and each negative, but"
                            + " the data are " + shape + ". chiaro mine --rescore MODEL --with-scores writes them.");
        }
    }

    private static ListLoss loss(Map<String, String> told, String name) {
        List<String> known = ScorerTraining.losses(ScorerTraining.CROSS_ENCODER);
        if (!known.contains(name)) {
            throw ChiaroException.usage("set loss: unknown name \"" + name + "\". " + Names.hint(name, known));
        }
        ListLoss named = ListLoss.named(name);
        boolean lambda = name.equals("lambda-loss");
        boolean steep = lambda || name.equals("ranknet");
        for (String key : List.of(MU, SIGMA)) {
            if (told.containsKey(key) && !(key.equals(MU) ? lambda : steep)) {
                throw ChiaroException.usage("set " + key + ": has no effect on the loss " + name
                        + ", and nothing is ignored silently. Leave it out.");
            }
        }
        ToldValues values = new ToldValues(told);
        double sigma = values.number(SIGMA, 1, 1e-3, 1e3);
        if (lambda) {
            return ListLoss.lambda(values.number(MU, USUAL_MU, 0, 1e6), sigma);
        }
        return steep ? ListLoss.pairwise(sigma) : named;
    }

    /** The loss and its numbers, for people to read. */
    Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put(LOSS, loss.name());
        slots.put("divergence", String.valueOf(loss.divergence()));
        slots.put(LIST, String.valueOf(list));
        return slots;
    }
}
