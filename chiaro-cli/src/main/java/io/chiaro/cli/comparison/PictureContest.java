package io.chiaro.cli.comparison;

import io.chiaro.cli.console.Interruption;
import io.chiaro.cli.fitting.PictureFitting;
import io.chiaro.cli.judging.PictureJudging;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.train.TrainingEvent;
import io.chiaro.vision.PictureFiles;
import io.chiaro.vision.PictureModel;
import io.chiaro.vision.PictureSubsets;
import io.chiaro.vision.PictureTraining;
import io.chiaro.vision.Pictures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two recipes for pictures: the same pictures, batches, steps and rate; the classes of a fifth of the pictures, which nothing learned
 * from, told by the nearest of the others.
 *
 * @param budget what both have in common
 * @param learned pictures to learn from
 * @param judged the others
 * @param threads compute threads
 */
public record PictureContest(Budget budget, Pictures learned, Pictures judged, int threads)
        implements Comparing.Contest {

    private static final String METRIC = "knn-accuracy";
    private static final double SHARE = 0.8;

    /** What both have in common. */
    record Budget(
            String base,
            String baseHash,
            int steps,
            int batch,
            double learningRate,
            String data,
            String dataHash,
            String judged) {}

    /** The contest on the pictures of a file or folder, parted by the first seed. */
    public static PictureContest of(
            Path data,
            String base,
            String baseHash,
            int steps,
            int batch,
            double learningRate,
            long seed,
            int threads) {
        Pictures all = PictureFiles.read(data, PictureFiles.Options.defaults());
        if (!all.labelled()) {
            throw ChiaroException.data(
                    data + ": expected a class for each picture to judge by, but found none. Sort them "
                            + "into a folder for each class.");
        }
        List<Pictures> parts = PictureSubsets.bySeed(all, (int) (SHARE * all.count()), seed);
        Budget budget = new Budget(
                base,
                baseHash,
                steps,
                batch,
                learningRate,
                data.toString(),
                all.hash(),
                "a fifth, drawn by seed " + seed);
        return new PictureContest(budget, parts.get(0), parts.get(1), threads);
    }

    @Override
    public String metric() {
        return METRIC;
    }

    @Override
    public String words() {
        return String.format(
                Locale.ROOT,
                "%s of held-out pictures; %d steps of %d pictures from %s at a rate of %s",
                METRIC,
                budget.steps(),
                budget.batch(),
                budget.base(),
                budget.learningRate());
    }

    @Override
    public void check(Comparing.Side side) {
        Recipes.named(side.recipe());
    }

    @Override
    public double base(long seed) {
        try (PictureModel model = PictureTraining.base(budget.base(), learned.size(), seed)) {
            return PictureJudging.probe(model, learned, judged).neighbourAccuracy();
        }
    }

    @Override
    public double value(Comparing.Side side, long seed, Path folder) {
        Map<String, Object> told = new LinkedHashMap<>(PictureFitting.defaults());
        told.put("data", List.of(Map.of("path", budget.data())));
        told.put("base", budget.base());
        told.put("recipe", side.recipe());
        told.put("set", side.set());
        told.put("out", folder.toString());
        told.put("steps", budget.steps());
        told.put("batch", budget.batch());
        told.put("learning-rate", budget.learningRate());
        told.put("seed", seed);
        told.put("threads", threads);
        RunFile run = RunFile.defaults().with("compare", told);
        try (PictureTraining training = PictureTraining.start(run, learned, PictureTraining.Options.defaults())) {
            TrainingEvent.Ending ending = Interruption.during(training::requestStop, training::run);
            if (ending == TrainingEvent.Ending.INTERRUPTED) {
                throw Comparing.stopped();
            }
            return PictureJudging.probe(training.model(), learned, judged).neighbourAccuracy();
        }
    }
}
