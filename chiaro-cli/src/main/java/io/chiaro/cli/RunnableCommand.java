package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all commands that do something have in common: the common flags, and where they write. */
abstract class RunnableCommand implements Callable<Integer> {

    /** Set when the command line is made, before anything is parsed. */
    @Nullable
    Output output;

    @Option(names = "--seed", paramLabel = "N", order = 100, description = "Seed of everything random (default: 42).")
    long seed = 42;

    @Option(
            names = "--threads",
            paramLabel = "N",
            order = 101,
            description = "Compute threads (default: OMP_NUM_THREADS, else the number of cores).")
    @Nullable
    Integer threads;

    @Option(names = "--quiet", order = 102, description = "No progress and no notes.")
    boolean quiet;

    @Option(names = "--stacktrace", order = 103, description = "Show the stack of an error.")
    boolean stacktrace;

    @Option(names = "--help", order = 104, usageHelp = true, description = "Show this help.")
    boolean help;

    @Override
    public final Integer call() throws Exception {
        Output to = output();
        if (threads != null && threads < 1) {
            throw ChiaroException.usage("--threads: expected at least 1, but found " + threads + ".");
        }
        if (quiet) {
            to.beQuiet();
        }
        run(to);
        return 0;
    }

    /** Does the work of the command. */
    abstract void run(Output output) throws Exception;

    final Output output() {
        if (output == null) {
            throw new IllegalStateException(getClass().getSimpleName() + ": no output was set");
        }
        return output;
    }

    /** Compute threads: the flag, else the environment that the launcher sets, else the number of cores. */
    final int computeThreads() {
        if (threads != null) {
            return threads;
        }
        String environment = System.getenv("OMP_NUM_THREADS");
        if (environment != null && environment.matches("[1-9][0-9]{0,4}")) {
            return Integer.parseInt(environment);
        }
        return Runtime.getRuntime().availableProcessors();
    }
}
