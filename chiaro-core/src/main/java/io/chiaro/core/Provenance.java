package io.chiaro.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a run can be repeated from: the library, the machine, everything the run was told, and the fingerprints of what it
 * read. Written beside the model and shown in its report.
 *
 * <p>Immutable, safe from any thread.
 *
 * @param version of this document, {@value #VERSION}
 * @param library the version of Chiaro
 * @param machine where the run computes
 * @param seed of every random stream
 * @param recipe the objective's name
 * @param baseModel the hash of the model that the run starts from, or {@code fresh}
 * @param data the fingerprint of each source, by its path
 * @param run what the run was told: a {@link RunFile}, or the configuration of a program of one's own
 * @param started the time of the start as ISO-8601 text, given by the caller
 */
public record Provenance(
        int version,
        String library,
        Machine machine,
        long seed,
        String recipe,
        String baseModel,
        Map<String, String> data,
        JsonObject run,
        String started) {

    /** The version of the document that this library writes and reads. */
    public static final int VERSION = 1;

    /**
     * The machine of a run.
     *
     * @param java version and name of the virtual machine
     * @param operatingSystem name and version
     * @param architecture of the processor, for example {@code amd64}
     * @param processor its model's name, or {@code unknown}
     * @param blas name and version of the library of matrix products
     * @param threads compute threads
     */
    public record Machine(
            String java, String operatingSystem, String architecture, String processor, String blas, int threads) {

        /** This machine, as the virtual machine and the operating system describe it. */
        public static Machine here(String blas, int threads) {
            return new Machine(
                    System.getProperty("java.version", "unknown") + " " + System.getProperty("java.vm.name", ""),
                    System.getProperty("os.name", "unknown") + " " + System.getProperty("os.version", ""),
                    System.getProperty("os.arch", "unknown"),
                    processorName(),
                    blas,
                    threads);
        }

        private static String processorName() {
            Path description = Path.of("/proc/cpuinfo");
            if (Files.isReadable(description)) {
                try (Stream<String> lines = Files.lines(description)) {
                    Optional<String> name = lines.filter(line -> line.startsWith("model name"))
                            .findFirst()
                            .map(line -> line.substring(line.indexOf(':') + 1).trim());
                    return name.orElse("unknown");
                } catch (IOException unreadable) {
                    return "unknown";
                }
            }
            String identifier = System.getenv("PROCESSOR_IDENTIFIER");
            return identifier == null ? "unknown" : identifier;
        }
    }

    public Provenance {
        if (version != VERSION) {
            throw new IllegalArgumentException("expected version " + VERSION + " of a provenance, but found " + version
                    + ". Read it with the library that wrote it.");
        }
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    }

    /** Reads what {@link #write} wrote. */
    public static Provenance load(Path file) {
        return Json.read(Json.object(ChiaroException.Kind.MODEL, file), Provenance.class);
    }

    /** Writes the record as JSON, atomically. */
    public void write(Path file) {
        Json.write(file, this);
    }

    /**
     * The reasons why a run that began like this one would not end in the same bits if it went on under {@code now}: another
     * BLAS, thread count, architecture or processor, other data or another base model. Empty when it would.
     */
    public List<String> differencesToResult(Provenance now) {
        List<String> differences = new ArrayList<>();
        compare(differences, "BLAS", machine.blas(), now.machine.blas());
        compare(differences, "number of threads", machine.threads(), now.machine.threads());
        compare(differences, "architecture", machine.architecture(), now.machine.architecture());
        compare(differences, "processor", machine.processor(), now.machine.processor());
        compare(differences, "version of the library", library, now.library);
        compare(differences, "seed", seed, now.seed);
        compare(differences, "recipe", recipe, now.recipe);
        compare(differences, "base model", baseModel, now.baseModel);
        compare(differences, "data", data, now.data);
        return differences;
    }

    private static void compare(List<String> differences, String name, Object then, Object now) {
        if (!then.equals(now)) {
            differences.add("the " + name + " was " + then + " and is " + now);
        }
    }
}
