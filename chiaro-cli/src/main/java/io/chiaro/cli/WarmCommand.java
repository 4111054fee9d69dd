package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Loads the classes that short commands need: the launcher runs it once after a build to make the archive of classes that
 * the JVM starts from.
 */
@Command(name = "warm", hidden = true, header = "Load the classes of the short commands.")
final class WarmCommand extends RunnableCommand {

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    void run(Output output) throws Exception {
        if (spec != null) {
            DocsCommand.page(spec.root().commandLine());
        }
        Path folder = Files.createTempDirectory("chiaro-warm-");
        Path texts = folder.resolve("text.txt");
        Path vectors = folder.resolve("text.jsonl");
        PrintStream nothing = new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        try {
            Files.writeString(texts, "a text\n");
            String[] line = {
                "embed", "--model", "all-MiniLM-L6-v2", "--in", texts.toString(), "--out", vectors.toString()
            };
            Main.run(line, nothing, nothing);
        } finally {
            Files.deleteIfExists(vectors);
            Files.deleteIfExists(texts);
            Files.deleteIfExists(folder);
        }
    }
}
