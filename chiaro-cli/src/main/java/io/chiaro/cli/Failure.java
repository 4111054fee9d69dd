package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** How a command failed: one readable line and an exit code. */
record Failure(String message, int exitCode, Throwable cause) {

    /** The line and the exit code for whatever a command threw. */
    static Failure of(Throwable thrown) {
        Throwable error = thrown;
        if (error instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            error = unchecked.getCause();
        }
        if (error instanceof ChiaroException chiaro) {
            return new Failure(oneLine(chiaro.getMessage()), chiaro.kind().exitCode(), error);
        }
        if (error instanceof InterruptedException) {
            return new Failure("interrupted", ChiaroException.Kind.INTERRUPTED.exitCode(), error);
        }
        if (error instanceof OutOfMemoryError) {
            return new Failure(
                    "out of memory (" + oneLine(error.getMessage())
                            + "). Give the JVM more with CHIARO_JAVA_OPTIONS=-Xmx8g, or take smaller batches.",
                    ChiaroException.Kind.RESOURCES.exitCode(),
                    error);
        }
        if (error instanceof IOException io) {
            return ofInputOutput(io);
        }
        String kind = error.getClass().getSimpleName();
        String message = error.getMessage() == null ? kind : kind + ": " + oneLine(error.getMessage());
        return new Failure("unexpected " + message + " (--stacktrace shows where)", 1, error);
    }

    private static Failure ofInputOutput(IOException error) {
        int data = ChiaroException.Kind.DATA.exitCode();
        int resources = ChiaroException.Kind.RESOURCES.exitCode();
        String message = oneLine(error.getMessage());
        if (error instanceof NoSuchFileException) {
            return new Failure(message + ": no such file or folder.", data, error);
        }
        if (error instanceof AccessDeniedException) {
            return new Failure(
                    message + ": access denied. Change its permissions or take another path.", resources, error);
        }
        if (error instanceof NotDirectoryException) {
            return new Failure(message + ": expected a folder, but it is a file.", data, error);
        }
        if (error instanceof FileAlreadyExistsException) {
            return new Failure(message + ": expected a folder or nothing, but a file is there.", data, error);
        }
        if (message.contains("Read-only file system")) {
            return new Failure(message + ". Take another path.", resources, error);
        }
        if (message.contains("No space left on device")) {
            return new Failure(message + ": the disk is full. Make room, or write to another disk.", resources, error);
        }
        return new Failure(message + " (" + error.getClass().getSimpleName() + ").", data, error);
    }

    private static String oneLine(@Nullable String message) {
        return message == null ? "no message" : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** Writes the line, with the stack if asked for, and gives the exit code. */
    int report(PrintStream errors, boolean stacktrace) {
        errors.println("chiaro: " + Output.plain(message));
        if (stacktrace) {
            cause.printStackTrace(errors);
        }
        errors.flush();
        return exitCode;
    }

    /** A command line that cannot be parsed: one line with the nearest valid name, exit code 2. */
    static int usage(CommandLine.ParameterException error, String[] arguments) {
        CommandLine line = error.getCommandLine();
        String name = line.getCommandSpec().qualifiedName();
        line.getErr().println(name + ": " + sentence(error, line, arguments) + " See " + name + " --help.");
        line.getErr().flush();
        return ChiaroException.Kind.USAGE.exitCode();
    }

    private static String sentence(CommandLine.ParameterException error, CommandLine line, String[] arguments) {
        if (error instanceof CommandLine.UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String written = unmatched.getUnmatched().get(0);
            if (written.startsWith("-")) {
                String option = written.contains("=") ? written.substring(0, written.indexOf('=')) : written;
                return "unknown option " + option + ". " + Names.hint(option, optionNames(line));
            }
            if (!commandNames(line).isEmpty()) {
                return "unknown command \"" + written + "\". " + Names.hint(written, commandNames(line));
            }
            return "unexpected argument \"" + written + "\".";
        }
        if (error instanceof CommandLine.MissingParameterException) {
            // A misspelt option is most likely the one that is missing.
            for (String argument : arguments) {
                String option = argument.contains("=") ? argument.substring(0, argument.indexOf('=')) : argument;
                if (option.startsWith("--")
                        && !option.equals("--")
                        && !optionNames(line).contains(option)) {
                    return "unknown option " + option + ". " + Names.hint(option, optionNames(line));
                }
            }
        }
        String message = oneLine(error.getMessage());
        return message.endsWith(".")
                ? message
                : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1) + ".";
    }

    private static List<String> optionNames(CommandLine line) {
        List<String> names = new ArrayList<>();
        line.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .forEach(option -> names.add(option.longestName()));
        return names;
    }

    static List<String> commandNames(CommandLine line) {
        List<String> names = new ArrayList<>();
        line.getSubcommands().forEach((name, subcommand) -> {
            if (!subcommand.getCommandSpec().usageMessage().hidden()) {
                names.add(name);
            }
        });
        return names;
    }
}
