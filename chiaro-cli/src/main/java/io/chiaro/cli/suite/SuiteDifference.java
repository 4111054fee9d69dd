package io.chiaro.cli.suite;

import io.chiaro.core.metric.RandomisationTest;

/**
 * How a system differs from another at a task whose queries both were judged on.
 *
 * @param test of the main metric, query by query
 */
record SuiteDifference(SuiteTask task, SuiteSystem system, SuiteSystem from, RandomisationTest test) {}
