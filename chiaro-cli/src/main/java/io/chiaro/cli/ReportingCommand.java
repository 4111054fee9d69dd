package io.chiaro.cli;

import io.chiaro.cli.console.Documents;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command whose result is also one JSON document. */
abstract class ReportingCommand extends RunnableCommand {

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            order = 90,
            description = "Write the result as one JSON document to FILE, or with - to standard output;"
                    + " everything else then goes to standard error.")
    @Nullable
    String json;

    /** Set by the parser; knows what else the command line names. */
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    final void run(Output output) throws Exception {
        if (json != null && !json.equals("-") && spec != null) {
            OutputFiles.refuseOver("--json", Path.of(json), named(spec));
        }
        if ("-".equals(json)) {
            output.keepStandardOutputForDocument();
        }
        Object document = report(output);
        if (json != null) {
            Documents.write(output, json, document);
        }
        afterReport(document);
    }

    /** The files and folders that the other options and the parameters name, whatever for: none may be written over. */
    private static Path[] named(CommandSpec spec) {
        return spec.args().stream()
                .filter(argument -> !(argument instanceof OptionSpec option
                        && option.longestName().equals("--json")))
                .map(ArgSpec::getValue)
                .flatMap(ReportingCommand::parts)
                .flatMap(ReportingCommand::paths)
                .toArray(Path[]::new);
    }

    private static Stream<?> parts(@Nullable Object value) {
        return value instanceof Collection<?> several
                ? several.stream()
                : value instanceof Map<?, ?> map ? map.values().stream() : Stream.ofNullable(value);
    }

    /** A path, or what a text such as {@code sts:FILE} names behind its colon, if it is there. */
    private static Stream<Path> paths(Object value) {
        if (value instanceof Path path) {
            return Stream.of(path);
        }
        return value instanceof String text
                ? Stream.of(text, text.substring(text.indexOf(':') + 1))
                        .filter(name -> name.indexOf(0) < 0)
                        .map(Path::of)
                        .filter(Files::isRegularFile)
                : Stream.empty();
    }

    /** Fails where the result itself is a failure; the document is written by then. */
    void afterReport(Object document) {}

    /** Does the work, says the result to people, and returns it as records, maps, lists, numbers and strings. */
    abstract Object report(Output output) throws Exception;
}
