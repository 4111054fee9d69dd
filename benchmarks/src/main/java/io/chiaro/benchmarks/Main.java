package io.chiaro.benchmarks;

import io.chiaro.benchmarks.effects.EffectStudy;
import io.chiaro.benchmarks.retrieval.MatchingStudy;
import io.chiaro.benchmarks.retrieval.RetrievalStudy;
import java.util.Arrays;

/** Runs the benchmarks, where the arguments are JMH's own, or the study behind a page of results. */
public final class Main {

    private Main() {}

    /**
     * Starts JMH, or with {@code learning DATA OUT SEEDS} the study of what training teaches, with {@code
     * contrast SMALL LARGE} that of tiles, with {@code effects DATA ROWS SEEDS [CLAIM ...]} that of what papers claim, with {@code
     * retrieval DATA ROWS [SET ...]} that of search, with {@code matching DATA ROWS [SET ...]} that of pairs that match or do not, with {@code serving URL TEXTS SECONDS} that of a
     * server under load, with {@code quantisation SEED INDEX[=QUERIES] ...} that of vectors in short forms, with
     * {@code filter SEEDS FILE ROLES CONDITION ...} that of pairs that do not belong together, with
     * {@code engines SEED VECTORS INDEX} that of graphs.
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("learning")) {
            LearningStudy.main(Arrays.asList(arguments).subList(1, arguments.length), System.out);
        } else if (arguments.length > 0 && arguments[0].equals("contrast")) {
            ContrastStudy.main(Arrays.asList(arguments).subList(1, arguments.length), System.out);
        } else if (arguments.length > 0 && arguments[0].equals("effects")) {
            EffectStudy.main(Arrays.asList(arguments).subList(1, arguments.length), System.out);
        } else if (arguments.length > 0 && arguments[0].equals("retrieval")) {
            RetrievalStudy.main(Arrays.asList(arguments).subList(1, arguments.length), System.out);
        } else if (arguments.length > 0 && arguments[0].equals("matching")) {
            MatchingStudy.main(Arrays.asList(arguments).subList(1, arguments.length), System.out);
        } else if (arguments.length > 0 && arguments[0].equals("serving")) {
            ServingStudy.main(Arrays.asList(arguments).subList(1, arguments.length), System.out);
        } else if (arguments.length > 0 && arguments[0].equals("quantisation")) {
            QuantisationStudy.main(Arrays.asList(arguments).subList(1, arguments.length), System.out);
        } else if (arguments.length > 0 && arguments[0].equals("filter")) {
            FilterStudy.main(Arrays.asList(arguments).subList(1, arguments.length), System.out);
        } else if (arguments.length > 0 && arguments[0].equals("engines")) {
            EngineStudy.main(Arrays.asList(arguments).subList(1, arguments.length), System.out);
        } else {
            org.openjdk.jmh.Main.main(arguments);
        }
    }
}
