package io.chiaro.cli.suite;

import java.util.OptionalDouble;

/**
 * How a system did at a task.
 *
 * @param figure the task's main metric; none if it was not judged
 * @param state what came of it
 * @param why it was not judged; empty if it was
 */
record SuiteResult(SuiteSystem system, SuiteTask task, OptionalDouble figure, State state, String why) {

    /** What came of a task. */
    enum State {
        JUDGED,
        KEPT,
        NOT_FOR_ITS_KIND,
        FAILED
    }
}
