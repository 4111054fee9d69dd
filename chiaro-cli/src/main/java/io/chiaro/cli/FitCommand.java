package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.fitting.Fitting;
import io.chiaro.cli.fitting.PictureFitting;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.text.ScorerTraining;
import io.chiaro.vision.PictureFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a model on a file of pairs, triplets, scored pairs, labelled texts or bare texts. */
@Command(
        name = "fit",
        header = "Train a model on your own file.",
        description = {
            "Reads JSONL, CSV, TSV or Parquet by column roles. Columns called anchor, positive, negative, label and score"
                    + " need no --roles. The final model is in DIR/model, checkpoints, events and the report are beside"
                    + " it; a run that was stopped goes on with chiaro resume DIR.",
            "A run can be a file: chiaro fit run.json; flags override what it says."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro fit --data pairs.jsonl --out out/run",
            "  chiaro fit --data questions.csv --roles anchor=question,positive=answer --base bge-small-en-v1.5 \\",
            "      --epochs 3 --batch 512 --out out/faq",
            "  chiaro fit --data stsb/stsb-en-train.csv --roles anchor=#1,positive=#2,score=#3 \\",
            "      --recipe cosent --eval sts:stsb --out out/sts",
            "  chiaro fit --data photos/ --recipe byol --set head=256-128 --epochs 20 --out out/photos",
            "  chiaro fit --data mined.jsonl --recipe cross-encoder --set loss=lambda-loss --out out/reranker",
            "  chiaro fit --data nli.tsv --roles anchor=a,positive=b,label=relation --recipe cross-encoder \\",
            "      --set loss=cross-entropy --eval classify:dev.tsv --out out/entailment",
            "  chiaro fit --task retrieval=pairs.jsonl --task similarity=sts.csv --task-recipe codiemb-similarity \\",
            "      --task-set score-range=0:5 --task-batch 32 --out out/both",
            "  chiaro fit out/faq/run.json --seed 43 --out out/faq-43"
        })
final class FitCommand extends RunnableCommand {

    @Spec
    @Nullable
    CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "RUN.json",
            description = "A run file: what another run wrote as DIR/run.json, or your own.")
    @Nullable
    Path runFile;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "The records: .jsonl, .csv, .tsv, .txt (each also with .gz) or .parquet. Or pictures: a folder or .zip"
                            + " of PNG and JPEG files, .npz, or an IDX file.")
    @Nullable
    Path data;

    @Option(
            names = "--roles",
            paramLabel = "ROLE=COLUMN,...",
            description =
                    "Which column plays which role: anchor, positive, negative, label, score, and domain, whose texts get"
                            + " experts of their own; several columns with |. In a .csv or .tsv without a header columns are"
                            + " named by position: #1, #2 ...")
    @Nullable
    String roles;

    @ArgGroup(exclusive = false, multiplicity = "0..*", heading = "%nSeveral tasks, instead of --data and --recipe:%n")
    List<TaskOptions> tasks = new ArrayList<>();

    @Option(
            names = "--base",
            paramLabel = "NAME|DIR",
            description = "The model to start from: all-MiniLM-L6-v2 (default), bge-small-en-v1.5, or a folder.")
    @Nullable
    String base;

    @Option(
            names = "--recipe",
            paramLabel = "NAME",
            description =
                    "The training recipe (default: by the roles). cross-encoder trains a reranker on pairs with labels or"
                            + " negatives, or with --set loss=cross-entropy what sorts pairs into classes, late-interaction one that compares tokens, splade a sparse encoder.")
    @Nullable
    String recipe;

    @Option(
            names = "--set",
            paramLabel = "SLOT=VALUE",
            description = "Changes a slot of the recipe; can be given more than once.")
    Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of the run; must not hold another run.")
    @Nullable
    Path out;

    @ArgGroup(exclusive = true)
    @Nullable
    Length length;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Records that are contrasted with each other in one step: a statistical choice.")
    @Nullable
    Integer batch;

    @Option(
            names = "--accumulate",
            paramLabel = "N",
            description =
                    "Batches whose mean is the gradient of a step (default: 1). Each is contrasted only with itself:"
                            + " this adds no negatives. A larger --batch does, and --chunk-tokens bounds its memory.")
    @Nullable
    Integer accumulate;

    @Option(
            names = "--chunk-tokens",
            paramLabel = "N",
            description = "Tokens that pass the encoder at once: only memory, it does not change the result.")
    @Nullable
    Integer chunkTokens;

    @Option(names = "--checkpoint-steps", paramLabel = "N", description = "Save a checkpoint every N steps.")
    @Nullable
    Integer checkpointSteps;

    @Option(
            names = "--eval",
            paramLabel = "TASK:PATH",
            description = "Judge at each checkpoint, for example sts:stsb@dev; can be given more than once.")
    List<String> evaluations = new ArrayList<>();

    @Option(names = "--learning-rate", paramLabel = "X", description = "Base learning rate (default: 2e-5).")
    @Nullable
    Double learningRate;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "adamw (default), lazy-adamw, sgd, lars or lars-clipped.")
    @Nullable
    String optimizer;

    @Option(
            names = "--schedule",
            paramLabel = "TEXT",
            description = "constant, linear(warmup=0.1) (default) or cosine(warmup=0.1).")
    @Nullable
    String schedule;

    @Option(names = "--weight-decay", paramLabel = "X", description = "Decoupled weight decay (default: 0.01).")
    @Nullable
    Double weightDecay;

    @Option(names = "--clip", paramLabel = "X", description = "Largest norm of the gradient; 0 for none (default: 1).")
    @Nullable
    Double clip;

    @Option(
            names = "--best-metric",
            paramLabel = "KEY",
            description = "Keep the best model by this metric (default: the main metric of the first --eval).")
    @Nullable
    String bestMetric;

    @Option(names = "--patience", paramLabel = "N", description = "Stop after N judgements without a better one.")
    @Nullable
    Integer patience;

    @Option(names = "--skip-bad", description = "Count and report bad records instead of stopping at the first.")
    boolean skipBad;

    /** One of several tasks; what follows its file belongs to it. */
    static final class TaskOptions {

        @Option(
                names = "--task",
                required = true,
                paramLabel = "NAME=FILE",
                description =
                        "Records of one of several tasks, each with a recipe of its own: every batch is of one task, and"
                                + " they take turns. Given once for each task; the options below belong to the task before"
                                + " them.")
        String task = "";

        @Option(names = "--task-roles", paramLabel = "ROLE=COLUMN,...", description = "Its columns, as --roles.")
        @Nullable
        String roles;

        @Option(
                names = "--task-recipe",
                paramLabel = "NAME",
                description = "Its recipe (default: by the roles of its columns).")
        @Nullable
        String recipe;

        @Option(
                names = "--task-set",
                paramLabel = "SLOT=VALUE",
                description =
                        "Changes a slot of its recipe, or prompts, score-range, text-views or view-rate; can be given more"
                                + " than once.")
        Map<String, String> set = new LinkedHashMap<>();

        @Option(names = "--task-batch", paramLabel = "N", description = "Records of its batches (default: --batch).")
        @Nullable
        Integer batch;

        @Option(
                names = "--task-share",
                paramLabel = "X",
                description = "Its share of the batches, in proportion to the others (default: 1).")
        @Nullable
        Double share;

        /** As a source of a run file. */
        Map<String, Object> source() {
            int at = task.indexOf('=');
            if (at < 1 || at == task.length() - 1) {
                throw ChiaroException.usage("--task: expected NAME=FILE, but found \"" + task
                        + "\". Write for example retrieval=pairs.jsonl.");
            }
            OptionValues.positive("--task-batch", batch);
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("name", task.substring(0, at));
            put(told, "recipe", recipe);
            told.put("set", set);
            put(told, "batch", batch);
            Map<String, Object> source = new LinkedHashMap<>();
            source.put("path", task.substring(at + 1));
            source.put("roles", rolesByName(roles));
            source.put("weight", share == null ? 1.0 : share);
            source.put("task", told);
            return source;
        }
    }

    /** How long to train: one of the two. */
    static final class Length {

        @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data (default: 1).")
        @Nullable
        Integer epochs;

        @Option(names = "--steps", paramLabel = "N", description = "Training steps, instead of --epochs.")
        @Nullable
        Integer steps;
    }

    @Override
    void run(Output output) throws Exception {
        if (length != null) {
            OptionValues.positive("--epochs", length.epochs);
            OptionValues.positive("--steps", length.steps);
        }
        OptionValues.positive("--batch", batch);
        OptionValues.positive("--accumulate", accumulate);
        OptionValues.positive("--chunk-tokens", chunkTokens);
        OptionValues.positive("--checkpoint-steps", checkpointSteps);
        if (runFile == null && data == null && tasks.isEmpty()) {
            throw ChiaroException.usage(
                    "fit: expected --data FILE, --task NAME=FILE or a run file, but found none. See chiaro fit --help.");
        }
        if (data != null && !tasks.isEmpty()) {
            throw ChiaroException.usage(
                    "--data: has no place beside --task, since every record belongs to a task. Give it"
                            + " as one more task.");
        }
        boolean pictures = runFile == null && data != null && PictureFiles.recognizes(data);
        RunFile usual = pictures
                ? RunFile.defaults().with("pictures", PictureFitting.defaults())
                : recipe != null && ScorerTraining.recipes().contains(recipe)
                        ? RunFile.defaults().with(recipe, ScorerTraining.usual(recipe))
                        : RunFile.defaults();
        RunFile run = runFile == null ? usual : RunFile.load(runFile);
        Fitting.start(run.with("command line", flags()), skipBad, output);
    }

    /** What the flags say, by the keys of a run file. */
    private Map<String, Object> flags() {
        Map<String, Object> flags = new LinkedHashMap<>();
        if (data != null) {
            flags.put("data", List.of(Map.of("path", data.toString(), "roles", rolesByName(roles))));
        } else if (!tasks.isEmpty()) {
            if (roles != null) {
                throw ChiaroException.usage(
                        "--roles: has no effect beside --task, and nothing is ignored silently. Give"
                                + " --task-roles after the task.");
            }
            flags.put("data", tasks.stream().map(TaskOptions::source).toList());
        } else if (roles != null) {
            throw ChiaroException.usage("--roles: expected beside --data FILE, but found no --data.");
        }
        put(flags, "base", base);
        put(flags, "recipe", recipe);
        if (!set.isEmpty()) {
            flags.put("set", set);
        }
        put(flags, "out", out == null ? null : out.toString());
        if (length != null) {
            put(flags, "epochs", length.epochs);
            put(flags, "steps", length.steps);
        }
        put(flags, "batch", batch);
        put(flags, "accumulate", accumulate);
        put(flags, "chunk-tokens", chunkTokens);
        put(flags, "checkpoint-steps", checkpointSteps);
        if (!evaluations.isEmpty()) {
            flags.put("eval", evaluations.stream().map(FitCommand::evaluation).toList());
        }
        put(flags, "learning-rate", learningRate);
        put(flags, "optimizer", optimizer);
        put(flags, "schedule", schedule);
        put(flags, "weight-decay", weightDecay);
        put(flags, "clip", clip);
        put(flags, "best-metric", bestMetric);
        put(flags, "patience", patience);
        if (runFile == null || seedGiven()) {
            flags.put("seed", seed);
        }
        if (runFile == null || threads != null) {
            flags.put("threads", computeThreads());
        }
        return flags;
    }

    private boolean seedGiven() {
        return spec != null && spec.commandLine().getParseResult().hasMatchedOption("--seed");
    }

    private static void put(Map<String, Object> flags, String key, @Nullable Object value) {
        if (value != null) {
            flags.put(key, value);
        }
    }

    static Map<String, String> rolesByName(@Nullable String roles) {
        Map<String, String> byName = new LinkedHashMap<>();
        if (roles != null) {
            for (String part : roles.split(",", -1)) {
                int at = part.indexOf('=');
                if (at < 1 || at == part.length() - 1) {
                    throw ChiaroException.usage("--roles: expected ROLE=COLUMN, but found \"" + part
                            + "\". Write for example anchor=question,positive=answer.");
                }
                byName.merge(
                        part.substring(0, at).strip(),
                        part.substring(at + 1).strip(),
                        (before, now) -> before + "|" + now);
            }
        }
        return byName;
    }

    static Map<String, String> evaluation(String written) {
        int at = written.indexOf(':');
        if (at < 1 || at == written.length() - 1) {
            throw ChiaroException.usage("--eval: expected TASK:PATH, but found \"" + written
                    + "\". Write for example sts:stsb, or sts:stsb@dev for another split.");
        }
        return Map.of("task", written.substring(0, at), "path", written.substring(at + 1));
    }
}
