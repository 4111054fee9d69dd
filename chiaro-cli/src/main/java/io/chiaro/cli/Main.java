package io.chiaro.cli;

import io.chiaro.cli.console.Interruption;
import io.chiaro.cli.console.Output;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;

/** The program: parses a command line, runs its command, ends with the exit code that COMMANDS.md names. */
public final class Main {

    private Main() {}

    /** Runs the command that the arguments name and ends the process. */
    public static void main(String[] arguments) {
        PrintStream output = utf8(FileDescriptor.out);
        PrintStream errors = utf8(FileDescriptor.err);
        // Only this program may write to standard output: a library that prints there must not spoil a JSON document.
        System.setOut(errors);
        System.setErr(errors);
        Interruption.watch();
        int exitCode = run(arguments, output, errors);
        output.flush();
        errors.flush();
        Interruption.over(exitCode);
        System.exit(exitCode);
    }

    /**
     * Runs the command that the arguments name.
     *
     * @param output where results go
     * @param errors where progress, notes and errors go
     * @return the exit code: 0 done, 1 unexpected error, 2 usage, 3 data, 4 model, 5 resources, 130 interrupted
     */
    public static int run(String[] arguments, PrintStream output, PrintStream errors) {
        CommandLine line = commandLine(new Output(output, errors));
        line.setOut(new PrintWriter(output, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(errors, true, StandardCharsets.UTF_8));
        boolean stacktrace = Arrays.asList(arguments).contains("--stacktrace");
        line.setExecutionExceptionHandler(
                (exception, failed, parsed) -> Failure.of(exception).report(errors, stacktrace));
        try {
            return line.execute(arguments);
        } catch (Throwable error) { // an Error too must end in one readable line
            return Failure.of(error).report(errors, stacktrace);
        }
    }

    /** The commands, ready to parse. */
    static CommandLine commandLine(Output output) {
        CommandLine line = new CommandLine(new ChiaroCommand());
        configure(line, output);
        return line;
    }

    private static void configure(CommandLine line, Output output) {
        if (line.getCommand() instanceof RunnableCommand command) {
            command.output = output;
        }
        line.setUsageHelpWidth(110);
        line.setUsageHelpLongOptionsMaxWidth(32);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        line.setParameterExceptionHandler(Failure::usage);
        line.getSubcommands().values().forEach(subcommand -> configure(subcommand, output));
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
