package io.chiaro.serve.trace;

import io.chiaro.serve.batch.JobTimes;
import java.util.Optional;

/** A request as a trace shows it. Times are those of {@link System#nanoTime}. One thread. */
public interface RequestSpan {

    /** Shows nothing. */
    RequestSpan NONE = new RequestSpan() {
        @Override
        public Optional<SpanName> name() {
            return Optional.empty();
        }

        @Override
        public void part(String name, long from, long to) {}

        @Override
        public void computed(String model, JobTimes times) {}

        @Override
        public void end(Outcome outcome) {}
    };

    /** What it is called, if there is a trace. */
    Optional<SpanName> name();

    /** Adds a part of the request that is over. */
    void part(String name, long from, long to);

    /** Adds what a model did for the request, and how long that waited before. */
    void computed(String model, JobTimes times);

    /** Ends it. */
    void end(Outcome outcome);
}
