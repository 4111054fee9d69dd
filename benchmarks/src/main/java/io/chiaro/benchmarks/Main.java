package io.chiaro.benchmarks;

/** Runs the benchmarks; the arguments are JMH's own. */
public final class Main {

    private Main() {}

    /** Starts JMH. */
    public static void main(String[] arguments) throws Exception {
        org.openjdk.jmh.Main.main(arguments);
    }
}
