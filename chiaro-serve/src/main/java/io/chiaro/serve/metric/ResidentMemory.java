package io.chiaro.serve.metric;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The memory of the process that is in use, where the system tells: native memory too, which the JVM does not count. */
public final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LINE = "VmRSS:";
    private static final long KIBIBYTE = 1024;

    private ResidentMemory() {}

    /** Reads it anew each time; nothing where the system has no such file. */
    public static Optional<LongSupplier> bytes() {
        return read() > 0 ? Optional.of(ResidentMemory::read) : Optional.empty();
    }

    private static long read() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(LINE))
                    .mapToLong(line -> KIBIBYTE * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException none) {
            return 0;
        }
    }
}
