package io.chiaro.cli;

import io.chiaro.cli.console.Documents;
import io.chiaro.cli.console.Output;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

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

    @Override
    final void run(Output output) throws Exception {
        if ("-".equals(json)) {
            output.keepStandardOutputForDocument();
        }
        Object document = report(output);
        if (json != null) {
            Documents.write(output, json, document);
        }
        afterReport(document);
    }

    /** Fails where the result itself is a failure; the document is written by then. */
    void afterReport(Object document) {}

    /** Does the work, says the result to people, and returns it as records, maps, lists, numbers and strings. */
    abstract Object report(Output output) throws Exception;
}
