package io.chiaro.benchmarks.effects;

import java.util.List;
import java.util.stream.Stream;

/** The claims that are tried, in the order of the page. */
final class Claims {

    private static final List<Tried> ALL = Stream.of(
                    PictureClaims.ALL, SpaceClaims.ALL, TextClaims.ALL, TaughtMethods.ALL)
            .<Tried>flatMap(List::stream)
            .toList();

    private Claims() {}

    static List<Tried> all() {
        return ALL;
    }
}
