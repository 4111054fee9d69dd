package io.chiaro.serve.key;

import java.nio.file.Path;
import java.time.Clock;

/** A process that adds keys one after the other. */
final class ManyKeys {

    static final int COUNT = 20;

    private ManyKeys() {}

    public static void main(String[] arguments) {
        for (int i = 0; i < COUNT; i++) {
            KeyFile.openOrCreate(Path.of(arguments[0])).add(arguments[1], Role.READ, Clock.systemUTC());
        }
    }
}
