package io.chiaro.tensor;

import io.chiaro.core.ChiaroException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Turns what the native library throws, several kilobytes of trace, into one readable line. */
final class NativeErrors {

    private NativeErrors() {}

    static RuntimeException readable(String operation, RuntimeException error, Tensor... operands) {
        if (error instanceof IllegalStateException || error instanceof ChiaroException) {
            return error;
        }
        String line = firstSentence(String.valueOf(error.getMessage()));
        String shapes = Arrays.stream(operands)
                .filter(tensor -> !tensor.lifetime().isOver())
                .map(Tensor::toString)
                .collect(Collectors.joining(" and "));
        String message = operation + (shapes.isEmpty() ? "" : " of " + shapes) + ": " + line;
        if (line.contains("allocate memory") || line.contains("out of memory")) {
            return ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    message + ". Use a smaller --chunk-tokens or --batch, or a machine with more memory.",
                    error);
        }
        return new IllegalArgumentException(message, error);
    }

    /** The text up to the native stack trace. */
    private static String firstSentence(String message) {
        int end = message.length();
        for (String mark : new String[] {"\n", "Exception raised from"}) {
            int at = message.indexOf(mark);
            if (at >= 0) {
                end = Math.min(end, at);
            }
        }
        return message.substring(0, end).strip();
    }
}
