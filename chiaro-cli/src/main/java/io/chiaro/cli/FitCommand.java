package io.chiaro.cli;

import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
            "  chiaro fit --data stsb/train.tsv --roles anchor=sentence1,positive=sentence2,score=score \\",
            "      --recipe cosent --eval sts:stsb --out out/sts",
            "  chiaro fit out/faq/run.json --seed 43 --out out/faq-43"
        })
final class FitCommand extends RunnableCommand {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "RUN.json",
            description = "A run file: what another run wrote as DIR/run.json, or your own.")
    @Nullable
    Path runFile;

    @Option(names = "--data", paramLabel = "FILE", description = "The records: .jsonl, .csv, .tsv or .parquet.")
    @Nullable
    Path data;

    @Option(
            names = "--roles",
            paramLabel = "ROLE=COLUMN,...",
            description = "Which column plays which role: anchor, positive, negative, label, score.")
    @Nullable
    String roles;

    @Option(
            names = "--base",
            paramLabel = "NAME|DIR",
            description = "The model to start from: all-MiniLM-L6-v2 (default), bge-small-en-v1.5, or a folder.")
    @Nullable
    String base;

    @Option(names = "--recipe", paramLabel = "NAME", description = "The training recipe (default: by the roles).")
    @Nullable
    String recipe;

    @Option(
            names = "--set",
            paramLabel = "SLOT=VALUE",
            description = "Changes a slot of the recipe; can be given more than once.")
    Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of the run; must be new or empty.")
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
            description = "Judge during training, for example sts:stsb; can be given more than once.")
    List<String> evaluations = new ArrayList<>();

    @Option(names = "--skip-bad", description = "Count and report bad records instead of stopping at the first.")
    boolean skipBad;

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
        OptionValues.positive("--chunk-tokens", chunkTokens);
        OptionValues.positive("--checkpoint-steps", checkpointSteps);
        if (runFile == null && data == null) {
            throw ChiaroException.usage(
                    "fit: expected --data FILE or a run file, but found neither. See chiaro fit --help.");
        }
        if (out == null) {
            throw ChiaroException.usage("fit: expected --out DIR, the folder of the run, but found none.");
        }
        throw Pending.command("fit");
    }
}
