package io.chiaro.springboot;

import io.chiaro.core.ChiaroException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Lets an application that cannot start say in one sentence what Chiaro expected and found, in place of a stack trace. */
final class ChiaroFailureAnalyzer extends AbstractFailureAnalyzer<ChiaroException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ChiaroException cause) {
        return new FailureAnalysis(
                "Chiaro could not open what the properties under \"chiaro.\" name: " + cause.getMessage(), null, cause);
    }
}
