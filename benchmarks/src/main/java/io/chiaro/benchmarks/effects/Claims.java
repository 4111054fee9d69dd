package io.chiaro.benchmarks.effects;

import java.util.List;
import java.util.stream.Stream;

/** The claims that are tried, in the order of the page. */
final class Claims {

    private static final List<Claim> ALL =
            Stream.of(PictureClaims.ALL, TextClaims.ALL).flatMap(List::stream).toList();

    private Claims() {}

    static List<Claim> all() {
        return ALL;
    }
}
