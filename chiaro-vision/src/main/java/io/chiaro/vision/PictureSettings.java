package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.nn.HeadShape;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Towers;
import io.chiaro.objective.ViewRole;
import io.chiaro.train.Memories;
import io.chiaro.train.MemorySettings;
import io.chiaro.train.SeveralSettings;
import io.chiaro.train.StepSettings;
import io.chiaro.train.TemperatureSchedule;
import io.chiaro.train.TowerSettings;
import io.chiaro.train.TuningSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a run on pictures is told beside its recipe's slots, by {@code --set}.
 *
 * @param own those of pictures and of towers, by name
 * @param slots all others
 * @param temperature how it changes, if it does
 */
record PictureSettings(Map<String, String> own, Map<String, String> slots, Optional<TemperatureSchedule> temperature) {

    private static final String STEM_PADDING = "stem-padding";
    private static final List<String> OWN = List.of("augmentation", "views", "chunk-pictures", "guide", STEM_PADDING);

    static final List<String> NAMES = Stream.of(
                    OWN,
                    MemorySettings.NAMES,
                    PictureGroups.NAMES,
                    TowerSettings.NAMES,
                    StepSettings.NAMES,
                    TuningSettings.NAMES,
                    SeveralSettings.NAMES)
            .flatMap(List::stream)
            .toList();

    private static final int MOST = 1 << 20;
    /** A hidden layer as wide as twice the embedding, and an output as wide as itself, with batch norm between. */
    private static final int WIDER = 2;

    /**
     * The settings of a run.
     *
     * @param usual those that belong to its recipe, where it is not told otherwise; of them only what pictures know
     */
    static PictureSettings of(RunFile run, Map<String, String> usual) {
        Map<String, String> own = new TreeMap<>(usual);
        if (usual.containsKey("auxiliary")) {
            throw ChiaroException.usage("recipe: the term " + usual.get("auxiliary")
                    + " reads texts, and pictures have none. Take another recipe, such as nt-xent.");
        }
        own.keySet().retainAll(NAMES);
        Map<String, String> slots = new LinkedHashMap<>();
        run.set().forEach((key, value) -> (NAMES.contains(key) ? own : slots).put(key, value));
        Optional<TemperatureSchedule> temperature = TemperatureSchedule.of(slots);
        return new PictureSettings(
                own, temperature.map(schedule -> schedule.filled(slots)).orElse(slots), temperature);
    }

    /** The objective of a recipe and those beside it with these slots, and an error for what pictures cannot give it. */
    Objective objective(String recipe, boolean labelled) {
        Objective objective = SeveralSettings.parse(own).objective(recipe, slots);
        Needs needs = objective.needs();
        Memories.requireRun(recipe, needs);
        Memories.requireOneLayer(recipe, needs);
        if (needs.labels() && !labelled) {
            throw ChiaroException.usage("recipe " + recipe + ": needs a class for each picture, but the pictures have "
                    + "none. Sort them into a folder for each class.");
        }
        if (needs.scores() || needs.teacherScores()) {
            throw ChiaroException.usage("recipe " + recipe
                    + ": needs scores, which pictures do not have. Take another, such as " + "nt-xent.");
        }
        if (needs.roles().contains(ViewRole.NEGATIVE)) {
            throw ChiaroException.usage("recipe " + recipe + ": needs negatives that the data name, which pictures do "
                    + "not have. Take another, such as nt-xent.");
        }
        if (needs.guide() != own.containsKey("guide")) {
            throw ChiaroException.usage("recipe " + recipe + ": "
                    + (needs.guide()
                            ? "needs a guide that says which pictures are alike. Give --set guide=autoencoder, labels or "
                                    + "the folder of a picture model."
                            : "has no use for a guide. Leave it out."));
        }
        MemorySettings.refuseUnread(own, recipe, needs);
        int views = views(needs);
        if (needs.inputs() > views
                || !needs.towers().takesMore() && views > needs.towers().inputs()) {
            throw ChiaroException.usage("set views: the recipe " + recipe + " compares " + needs.inputs()
                    + " views of a picture, but found " + views + ".");
        }
        return objective;
    }

    /** The augmentations; the usual ones unless they are named. */
    AugmentationRecipe augmentation(PictureSize size) {
        String name = own.get("augmentation");
        return name == null ? AugmentationRecipe.usual(size) : AugmentationRecipe.named(name);
    }

    /** Views of a picture: two, or as many as the recipe asks for at the least. */
    int views(Needs needs) {
        return whole("views", Math.max(2, needs.inputs()), MOST);
    }

    /** What says which pictures are alike, if anything does. */
    Optional<PictureTeacher> guide() {
        return Optional.ofNullable(own.get("guide")).map(name -> PictureTeacher.of("guide", name, true));
    }

    /** Which pictures share a batch of so many. */
    PictureGroups groups(int batch) {
        return PictureGroups.of(own, batch);
    }

    /** Pictures that are encoded at once; does not change the result. */
    int chunk() {
        return whole("chunk-pictures", 512, MOST);
    }

    /** Rows of each memory. */
    Memories.Sizes memories(int batch, List<String> classes, int records) {
        return MemorySettings.parse(own, batch, classes, records);
    }

    /** What stands between encoder and objective: a projection head, unless told otherwise. */
    TowerSettings towers(Towers towers, int encoded) {
        return TowerSettings.parse(own, towers, encoded, Optional.of(HeadShape.of(WIDER * encoded, encoded)));
    }

    /** What is said of a step. */
    StepSettings step() {
        return StepSettings.parse(own);
    }

    /** What is said of the encoder's own numbers. */
    TuningSettings tuning() {
        return TuningSettings.parse(own);
    }

    /** The same for an encoder and pictures of a size: unless told, all convolutions have low-rank updates. */
    PictureTuning tuning(ConvConfig config, PictureSize size) {
        TuningSettings told = tuning();
        List<String> kinds = ConvEncoder.kinds(config);
        int mostRank = ConvEncoder.weights(config, kinds).stream()
                .mapToInt(NormalizedConv.Weight::mostRank)
                .min()
                .orElseThrow();
        int border = told.softPrompt(BorderShape.most(size.height(), size.width()));
        return new PictureTuning(
                told.freezes(),
                told.lowRank(mostRank, kinds, kinds),
                border == 0 ? Optional.empty() : Optional.of(new BorderShape(border, size.height(), size.width())));
    }

    /** The shape of a net that has learned nothing, with what is said of it. */
    ConvConfig fresh(ConvConfig named) {
        String written = own.get(STEM_PADDING);
        if (written == null) {
            return named;
        }
        if (!written.matches("[12]")) {
            throw ChiaroException.usage("set " + STEM_PADDING + ": expected 1 or 2, but found \"" + written + "\".");
        }
        return named.withStemPadding(Integer.parseInt(written));
    }

    /** An error for what is said of the shape of a net that a base has already. */
    void refuseShape(ConvConfig base) {
        if (own.containsKey(STEM_PADDING)) {
            throw ChiaroException.usage(
                    "set " + STEM_PADDING + ": belongs to a fresh net, and the base has a padding of " + base.padding(0)
                            + ". Leave it out, or take a fresh base.");
        }
    }

    private int whole(String key, int standard, int most) {
        String written = own.get(key);
        if (written == null) {
            return standard;
        }
        if (!written.matches("[1-9][0-9]{0,7}") || Integer.parseInt(written) > most) {
            throw ChiaroException.usage(
                    "set " + key + ": expected a whole number from 1 to " + most + ", but found \"" + written + "\".");
        }
        return Integer.parseInt(written);
    }
}
