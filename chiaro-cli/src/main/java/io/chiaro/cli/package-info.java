/**
 * The command line: what {@code ./chiaro} runs.
 *
 * <p>{@link io.chiaro.cli.Main} parses the arguments and turns every error into one readable line and an exit code. Each
 * command is a thin class of options; its work stands in a class beside it that is loaded only when the command runs, so
 * that {@code --help} loads neither the other modules nor a native library. A command class therefore names types of the
 * JDK only, in fields and in method signatures.
 *
 * <pre>{@code
 * int exitCode = Main.run(new String[] {"embed", "--model", "all-MiniLM-L6-v2", "--in", "texts.txt", "--out", "texts.jsonl"},
 *         System.out, System.err);
 * }</pre>
 *
 * <p>Standard output carries results only: the lines of a command, or its one JSON document with {@code --json -}.
 * Progress, notes and errors go to standard error. A process runs one command, on the main thread.
 */
@NullMarked
package io.chiaro.cli;

import org.jspecify.annotations.NullMarked;
