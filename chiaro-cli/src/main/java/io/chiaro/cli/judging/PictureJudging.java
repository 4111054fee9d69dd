package io.chiaro.cli.judging;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.data.Npy;
import io.chiaro.eval.ClassProbe;
import io.chiaro.eval.NeighbourVote;
import io.chiaro.eval.Protocol;
import io.chiaro.eval.Report;
import io.chiaro.vision.PictureFiles;
import io.chiaro.vision.PictureModel;
import io.chiaro.vision.PictureSubsets;
import io.chiaro.vision.Pictures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges and applies models of pictures. */
public final class PictureJudging {

    private static final double LEARNED = 0.8;

    private PictureJudging() {}

    /** Whether a folder holds a model of pictures. */
    public static boolean isModel(@Nullable String model) {
        return model != null && Files.isDirectory(Path.of(model)) && PictureModel.isIn(Path.of(model));
    }

    /** Pictures that a probe is fitted on, and others that it is judged by. */
    private record Parts(Pictures fitted, Pictures judged, String rule) {

        static Parts read(Path data, @Nullable Path train, String split, long seed) {
            PictureFiles.Options usual = PictureFiles.Options.defaults();
            if (train != null) {
                return new Parts(
                        PictureFiles.read(train, usual),
                        PictureFiles.read(data, usual.withSplit(split)),
                        train.toString());
            }
            if (String.valueOf(data.getFileName()).endsWith(".npz")) {
                return new Parts(
                        PictureFiles.read(data, usual),
                        PictureFiles.read(data, usual.withSplit(split)),
                        "its part train");
            }
            Pictures all = PictureFiles.read(data, usual);
            List<Pictures> parts = PictureSubsets.bySeed(all, (int) (LEARNED * all.count()), seed);
            return new Parts(parts.get(0), parts.get(1), "80 % of the pictures, drawn at random; judged on the rest");
        }
    }

    /** Judges a model or the pixels themselves, says the table with its protocol, and returns the report's document. */
    public static Object run(
            Output output,
            @Nullable String model,
            @Nullable String baseline,
            String task,
            Path data,
            @Nullable Path train,
            String split,
            long seed,
            Optional<NeighbourVote> told) {
        if (!task.equals("classify")) {
            throw ChiaroException.usage("eval: pictures are judged by --task classify, but found " + task + ".");
        }
        Parts parts = Parts.read(data, train, split, seed);
        if (!parts.judged().labelled() || !parts.fitted().labelled()) {
            throw ChiaroException.data(
                    data + ": expected a class for each picture, but found none. Sort them into a folder "
                            + "for each class.");
        }
        NeighbourVote vote = told.orElse(ClassProbe.VOTE);
        Report report;
        if (model == null) {
            OptionValues.oneOf("--baseline", String.valueOf(baseline), "pixels");
            report = report(
                    parts,
                    data,
                    split,
                    seed,
                    "the pixels themselves",
                    vote,
                    probe(pixels(parts.fitted()), pixels(parts.judged()), parts, vote));
        } else {
            try (PictureModel opened = PictureModel.load(Path.of(model))) {
                report = report(
                        parts,
                        data,
                        split,
                        seed,
                        opened.encoder().config().name() + " " + opened.hash(),
                        vote,
                        probe(opened.embed(parts.fitted()), opened.embed(parts.judged()), parts, vote));
            }
        }
        output.say(report.table().stripTrailing());
        return report.document();
    }

    /** With the usual vote of neighbours. */
    public static ClassProbe probe(PictureModel model, Pictures fitted, Pictures judged) {
        return probe(model.embed(fitted), model.embed(judged), new Parts(fitted, judged, ""), ClassProbe.VOTE);
    }

    private static ClassProbe probe(float[][] fitted, float[][] judged, Parts parts, NeighbourVote vote) {
        if (!parts.fitted().labelNames().equals(parts.judged().labelNames())) {
            throw ChiaroException.data("classify: expected the same classes in both parts, but found "
                    + parts.fitted().labelNames() + " and " + parts.judged().labelNames() + ".");
        }
        return ClassProbe.of(
                fitted,
                parts.fitted().labels(),
                judged,
                parts.judged().labels(),
                parts.fitted().labelNames().size(),
                vote);
    }

    private static float[][] pixels(Pictures pictures) {
        float[][] rows = new float[pictures.count()][pictures.size().numbers()];
        for (int i = 0; i < rows.length; i++) {
            pictures.floats(i, rows[i], 0);
        }
        return rows;
    }

    /** What a probe tells, by the keys of metrics. */
    public static Map<String, Double> metrics(ClassProbe probe) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", probe.accuracy());
        metrics.put("knn-accuracy", probe.neighbourAccuracy());
        return metrics;
    }

    private static Report report(
            Parts parts, Path data, String split, long seed, String system, NeighbourVote vote, ClassProbe probe) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("pictures to fit on", parts.fitted().count());
        sizes.put("pictures to judge by", parts.judged().count());
        sizes.put("classes", parts.fitted().labelNames().size());
        Protocol protocol = new Protocol(
                "classify",
                data.toString(),
                parts.judged().hash(),
                split,
                system,
                system,
                Optional.empty(),
                "cosine",
                sizes,
                Map.of(
                        "accuracy",
                        "logistic regression on frozen features of mean zero and deviation one",
                        "knn-accuracy",
                        vote.words()),
                Map.of("training part", parts.rule()),
                List.of(seed),
                List.of());
        return new Report(metrics(probe), protocol);
    }

    /** Embeds pictures into an array [pictures, dimension]. */
    public static Map<String, Object> embed(Output output, Path model, Path in, Path out) {
        long start = System.nanoTime();
        OutputFiles.refuseOver("--out", out, in);
        try (PictureModel opened = PictureModel.load(model)) {
            Pictures pictures = PictureFiles.read(in, PictureFiles.Options.defaults());
            float[][] vectors = opened.embed(pictures);
            int width = opened.encoder().config().dimension();
            float[] flat = new float[Math.multiplyExact(vectors.length, width)];
            for (int i = 0; i < vectors.length; i++) {
                System.arraycopy(vectors[i], 0, flat, i * width, width);
            }
            Npy.write(out, flat, vectors.length, width);
            output.note(vectors.length + " pictures, " + width + " numbers each, in " + out);
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("pictures", vectors.length);
            document.put("model", model.toString());
            document.put("model-hash", opened.hash());
            document.put("dimension", width);
            document.put("seconds", (System.nanoTime() - start) / 1e9);
            return document;
        }
    }
}
