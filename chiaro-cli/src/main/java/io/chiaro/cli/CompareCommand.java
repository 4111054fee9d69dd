package io.chiaro.cli;

import io.chiaro.cli.comparison.Comparing;
import io.chiaro.cli.comparison.HeldOut;
import io.chiaro.cli.comparison.PictureContest;
import io.chiaro.cli.comparison.TextContest;
import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.fitting.Fitting;
import io.chiaro.cli.fitting.PictureFitting;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.opening.Fingerprint;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.Task;
import io.chiaro.vision.PictureFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lays two recipes side by side. */
@Command(
        name = "compare",
        header = "Train two recipes under one budget and print the paired difference.",
        description = {
            "Both learn from the same records in the same number of steps at the same rate, once for each seed; the"
                    + " difference is paired by seed and given with its 95 %% interval of Student's t. Without --eval a"
                    + " fifth of the records, at most 2,000, is held out and judged; records that share a text with them"
                    + " are dropped.",
            "Finished runs are kept in DIR/runs.jsonl: the same command goes on where it was stopped, and more seeds"
                    + " are added."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro compare dcl nt-xent --data pairs.jsonl --steps 100",
            "  chiaro compare info-nce info-nce --set-a temperature=0.02 --set-b temperature=0.1 --data pairs.jsonl",
            "  chiaro compare byol simsiam --data photos/ --steps 200",
            "  chiaro compare sup-con triplet-margin --data intents.jsonl --eval classify:banking77 --json -"
        })
final class CompareCommand extends ReportingCommand {

    @Parameters(index = "0", paramLabel = "A", description = "A recipe; chiaro recipes lists them.")
    String first = "";

    @Parameters(index = "1", paramLabel = "B", description = "Another, or the same with other settings.")
    String second = "";

    @Option(
            names = "--data",
            paramLabel = "FILE",
            required = true,
            description = "The records, or pictures in a folder for each class, as for chiaro fit.")
    Path data = Path.of("");

    @Option(
            names = "--roles",
            paramLabel = "ROLE=COLUMN,...",
            description = "Which column plays which role, as for chiaro fit.")
    @Nullable
    String roles;

    @Option(
            names = "--eval",
            paramLabel = "TASK:PATH",
            description = "Judge by this, for example sts:stsb@dev, and learn from all records.")
    @Nullable
    String evaluation;

    @Option(
            names = "--base",
            paramLabel = "NAME|DIR",
            description = "The model to start from (default: all-MiniLM-L6-v2; for pictures fresh:tiny).")
    @Nullable
    String base;

    @Option(names = "--seeds", paramLabel = "N", description = "How many seeds (default: 5), from --seed on.")
    int seeds = 5;

    @Option(names = "--steps", paramLabel = "N", description = "Training steps of each run (default: 100).")
    int steps = 100;

    @Option(names = "--batch", paramLabel = "N", description = "Records of a step (default: 64).")
    int batch = 64;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "Base learning rate (default: 2e-5; for pictures 1e-3).")
    @Nullable
    Double learningRate;

    @Option(names = "--set-a", paramLabel = "SLOT=VALUE", description = "Changes a slot of A.")
    Map<String, String> setFirst = new LinkedHashMap<>();

    @Option(names = "--set-b", paramLabel = "SLOT=VALUE", description = "Changes a slot of B.")
    Map<String, String> setSecond = new LinkedHashMap<>();

    @Option(names = "--out", paramLabel = "DIR", description = "Where the runs are kept (default: out/compare).")
    Path out = Path.of("out", "compare");

    @Override
    Object report(Output output) throws Exception {
        OptionValues.positive("--seeds", seeds);
        OptionValues.positive("--steps", steps);
        OptionValues.positive("--batch", batch);
        Path file = Judging.located(data);
        Files.createDirectories(out);
        Comparing comparing =
                new Comparing(output, out, PictureFiles.recognizes(file) ? pictures(file) : texts(file, output));
        return comparing.run(new Comparing.Side(first, setFirst), new Comparing.Side(second, setSecond), seeds, seed);
    }

    private Comparing.Contest pictures(Path file) {
        if (evaluation != null || roles != null) {
            throw ChiaroException.usage(
                    "compare: pictures are judged by a fifth of their own and have no roles. Leave --eval and --roles out.");
        }
        return PictureContest.of(
                file,
                base == null ? PictureFitting.FRESH : base,
                base == null ? "" : hash(base),
                steps,
                batch,
                rate(PictureFitting.RATE),
                seed,
                computeThreads());
    }

    /** Of a model's folder, which may hold another model tomorrow. */
    private static String hash(String model) {
        String path = model.startsWith("fresh:") ? model.substring("fresh:".length()) : model;
        return Files.isDirectory(Path.of(path)) ? Fingerprint.of(Path.of(path)) : "";
    }

    private double rate(double usual) {
        return learningRate == null ? usual : learningRate;
    }

    private Comparing.Contest texts(Path file, Output output) {
        Path train = file;
        Map<String, String> told = Map.of();
        Task task;
        Path judged;
        String split = "test";
        if (evaluation == null) {
            HeldOut cut = HeldOut.cut(file, roles, out.resolve("data"));
            output.note(String.format(
                    Locale.ROOT,
                    "%,d records to learn from, %,d held out, %,d dropped because they share a text with those",
                    cut.learned(),
                    cut.heldOut(),
                    cut.crossing()));
            train = cut.train();
            task = cut.task();
            judged = cut.judged();
        } else {
            Map<String, String> written = FitCommand.evaluation(evaluation);
            Fitting.Judgement judgement = Fitting.Judgement.of(
                    Objects.requireNonNull(written.get("task")), Objects.requireNonNull(written.get("path")));
            task = judgement.task();
            judged = judgement.path();
            split = judgement.split();
            told = FitCommand.rolesByName(roles);
        }
        TextContest.Budget budget = new TextContest.Budget(
                base == null ? "all-MiniLM-L6-v2" : base,
                base == null ? "" : hash(base),
                steps,
                batch,
                rate(2e-5),
                file.toString(),
                Hashes.sha256(file),
                roles == null ? "" : roles,
                task.key(),
                evaluation == null ? "held out" : evaluation,
                evaluation == null ? "" : Fingerprint.of(Evaluation.dependsOn(task, judged)));
        return new TextContest(output, budget, train, told, task, judged, split, computeThreads());
    }
}
