package io.chiaro.cli.judging;

import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import io.chiaro.eval.NeighbourVote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges models and baselines of texts, and finds the data that they are judged on. */
public final class Judging {

    private Judging() {}

    /** Judges, says the table with its protocol, and returns the report's document. */
    public static Object run(Output output, Judge judge, JudgingSettings on) {
        Judgement judged = judge.judge(on);
        output.say(judged.report().table().stripTrailing());
        judged.remarks().forEach(output::say);
        return judged.document();
    }

    /** How neighbours vote on a class, as --neighbours says it; empty where it says nothing. */
    public static Optional<NeighbourVote> vote(@Nullable String told) {
        return Optional.ofNullable(told).map(text -> NeighbourVote.parse("--neighbours", text));
    }

    /** The path beside a file, or in a folder, if it is there; else as of {@link #located(Path)}. */
    public static Path located(Path fileOrFolder, Path data) {
        Path folder = Files.isDirectory(fileOrFolder)
                ? fileOrFolder
                : fileOrFolder.toAbsolutePath().getParent();
        Path beside = folder == null || data.isAbsolute() ? data : folder.resolve(data);
        return Files.exists(beside) ? beside : located(data);
    }

    /** The path as given, or under the folder that CHIARO_DATA names. */
    public static Path located(Path data) {
        String folder = System.getenv("CHIARO_DATA");
        if (!Files.exists(data) && !data.isAbsolute() && folder != null) {
            Path there = Path.of(folder).resolve(data);
            if (Files.exists(there)) {
                return there;
            }
        }
        if (!Files.exists(data)) {
            throw ChiaroException.data(data.toAbsolutePath() + ": expected the data of the task, but found nothing"
                    + (folder == null ? "" : ", nor under CHIARO_DATA, " + folder)
                    + ". Check the path, or set CHIARO_DATA to the folder that holds the data sets.");
        }
        return data;
    }
}
