package io.chiaro.example.papers;

import io.chiaro.core.ChiaroException;
import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program: a command for each part of a reading room. */
@Command(
        name = "papers",
        description = "A reading room over a feed of papers.",
        mixinStandardHelpOptions = true,
        subcommands = {LearnCommand.class, UpdateCommand.class, ServeCommand.class, DigestCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class Main {

    // Held, because a logger that nobody holds forgets its level. Lucene's notes are about the JVM, not about papers.
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

    private Main() {}

    /** Runs the command that the arguments name and ends the process. */
    public static void main(String[] arguments) {
        LUCENE.setLevel(Level.SEVERE);
        System.exit(run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
    }

    /**
     * Runs the command that the arguments name.
     *
     * @return 0, or what went wrong: 2 the command line, 3 data, 4 a model, 5 the machine or the mail server, 1 a mistake of the program
     */
    static int run(String[] arguments, PrintWriter output, PrintWriter errors) {
        return new CommandLine(new Main())
                .setOut(output)
                .setErr(errors)
                .setExecutionExceptionHandler((exception, failed, parsed) -> {
                    if (exception instanceof ChiaroException said) {
                        errors.println("papers: " + said.getMessage());
                        return said.kind().exitCode();
                    }
                    throw exception;
                })
                .execute(arguments);
    }
}
