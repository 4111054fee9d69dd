package io.chiaro.serve.trace;

/**
 * By what a span is found.
 *
 * @param trace 32 hexadecimal digits
 * @param span 16 hexadecimal digits
 */
public record SpanName(String trace, String span) {}
