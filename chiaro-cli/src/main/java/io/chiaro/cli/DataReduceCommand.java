package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Leaves out of a data set what says again what an earlier item said. */
@Command(
        name = "reduce",
        header = "Leave out of a data set what repeats an earlier item.",
        description = {
            "Items come in their order, and one that is too much like an item kept before is dropped. Pictures, as for chiaro"
                    + " fit, by average-hash, difference-hash, structural-similarity, mutual-information or embedding, or those"
                    + " that show little by entropy; records of texts by equal-texts, min-hash (the share of wording, for near copies)"
                    + " or embedding, where all texts of a record must be alike.",
            "The threshold is the most differing bits of a hash; the least structural similarity, normalised mutual"
                    + " information, share of wording or cosine; or the least entropy in bits."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro data reduce frames/ --by difference-hash --out fewer/",
            "  chiaro data reduce scans.npz --by structural-similarity --threshold 0.85 --window 20 --json -",
            "  chiaro data reduce pairs.jsonl --by embedding --model all-MiniLM-L6-v2 --threshold 0.95 --out fewer.jsonl"
        })
final class DataReduceCommand extends ReportingCommand {

    @Parameters(
            index = "0",
            paramLabel = "FILE|DIR",
            description = "Pictures: a folder, .zip, .npz or IDX file; or records of texts, as for chiaro fit.")
    Path data = Path.of("");

    @Option(
            names = "--by",
            paramLabel = "MEASURE",
            description = "What makes two alike (default: difference-hash for pictures, equal-texts for texts).")
    @Nullable
    String by;

    @Option(
            names = "--threshold",
            paramLabel = "X",
            description = "From which value on (default: average-hash 2, difference-hash 4, structural-similarity 0.9,"
                    + " mutual-information 0.7, min-hash 0.8, embedding 0.95, entropy 1).")
    @Nullable
    Double threshold;

    @Option(
            names = "--window",
            paramLabel = "N",
            description = "Compare with the N items kept last, as for frames in their order (default: all).")
    @Nullable
    Integer window;

    @Option(
            names = "--model",
            paramLabel = "NAME|DIR",
            description = "The model of --by embedding: of texts, or the folder of a picture model.")
    @Nullable
    String model;

    @Option(
            names = "--roles",
            paramLabel = "ROLE=COLUMN,...",
            description = "Which column plays which role, as for chiaro fit; texts only.")
    @Nullable
    String roles;

    @Option(
            names = "--split",
            paramLabel = "NAME",
            description = "The part of an .npz: train (default), val or test; pictures only.")
    @Nullable
    String split;

    @Option(
            names = "--out",
            paramLabel = "FILE|DIR",
            description =
                    "Write what is kept there: pictures as PNG files in a new folder, one folder for each class; records as"
                            + " JSON lines with all their columns.")
    @Nullable
    Path out;

    @Override
    Object report(Output output) throws Exception {
        return DataReducing.run(output, this);
    }
}
