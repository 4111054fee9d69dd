package io.chiaro.cli.console;

import io.chiaro.core.AtomicFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Where a command writes: results to standard output, progress and notes to standard error. With {@code --json -} the
 * one JSON document takes standard output and the results for people go to standard error.
 */
public final class Output {

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\n\\t]]");

    private final PrintStream standardOutput;
    private final PrintStream standardError;
    private boolean quiet;
    private boolean documentOnStandardOutput;

    public Output(PrintStream standardOutput, PrintStream standardError) {
        this.standardOutput = standardOutput;
        this.standardError = standardError;
    }

    /** Leaves out progress and notes. */
    public void beQuiet() {
        quiet = true;
    }

    /** Keeps standard output for one document. */
    public void keepStandardOutputForDocument() {
        documentOnStandardOutput = true;
    }

    /** Writes the one document of the command to standard output. */
    void document(String text) {
        standardOutput.print(text.endsWith("\n") ? text : text + "\n");
        standardOutput.flush();
    }

    /** Writes lines of the command's result that are data. */
    public void lines(AtomicFiles.Content content) throws IOException {
        BufferedOutputStream stream = new BufferedOutputStream(standardOutput);
        content.writeTo(stream);
        stream.flush();
        if (standardOutput.checkError()) {
            throw new IOException("standard output was closed");
        }
    }

    /** Without control characters: lines quote documents, and a terminal does what those say. */
    public static String plain(String line) {
        return CONTROL.matcher(line).replaceAll("");
    }

    /** Writes a line of the command's result, for people, without control characters. */
    public void say(String line) {
        if (documentOnStandardOutput) {
            note(line);
        } else {
            standardOutput.println(plain(line));
        }
    }

    /** Writes a line about what goes on, unless the user wants quiet. */
    public void note(String line) {
        if (!quiet) {
            standardError.println(plain(line));
        }
    }

    /** Writes a line that other programs wait for: to standard error, also when the user wants quiet. */
    public void announce(String line) {
        standardError.println(line);
        standardError.flush();
    }

    /** A bar or lines that show how far a piece of work has come. */
    public Progress progress(String what, String unit, long total) {
        return new Progress(standardError, !quiet, what, unit, total);
    }

    /** Standard error, for the trainer's own events; a sink when the user wants quiet. */
    public PrintStream notes() {
        return quiet ? new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8) : standardError;
    }
}
