package io.chiaro.text;

import io.chiaro.core.Json;
import io.chiaro.core.LearnedFrom;
import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.tensor.NativeRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What every run on texts writes down of itself, whatever it trains. */
final class RunRecord {

    /** In place of the hash of a model that began from nothing. */
    static final String FRESH = "fresh";

    private RunRecord() {}

    /** The library, with its version. */
    static String library() {
        String version = RunRecord.class.getPackage().getImplementationVersion();
        return "chiaro " + (version == null ? "development" : version);
    }

    /**
     * What a run can be repeated from.
     *
     * @param learns the name of what is made small
     * @param baseHash of the model that it starts from
     * @param started the time of the start, ISO-8601
     */
    static Provenance provenance(RunFile run, String learns, String baseHash, TrainingData data, String started) {
        return provenance(run, learns, baseHash, data.fingerprints(), started);
    }

    /** The same for files with these fingerprints, by path. */
    static Provenance provenance(
            RunFile run, String learns, String baseHash, Map<String, String> fingerprints, String started) {
        return new Provenance(
                Provenance.VERSION,
                library(),
                Provenance.Machine.here(
                        NativeRuntime.blas().name().toLowerCase(Locale.ROOT) + ", LibTorch " + NativeRuntime.version(),
                        NativeRuntime.threads()),
                run.seed(),
                learns,
                baseHash,
                fingerprints,
                Json.parse("run", Json.text(run)),
                started);
    }

    /** Bytes of the whole machine; unbounded where nobody says. */
    static long memoryOfMachine() {
        java.lang.management.OperatingSystemMXBean system =
                java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean memory
                ? memory.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /** A run with whole paths, so that it resumes from any folder. */
    static RunFile absolute(RunFile run) {
        List<Map<String, Object>> sources =
                run.data().stream().map(RunRecord::absolute).toList();
        String out = Path.of(run.out().orElseThrow()).toAbsolutePath().toString();
        Map<String, String> set = new LinkedHashMap<>(run.set());
        for (String part : LearnedFrom.BESIDE) {
            set.computeIfPresent(part, (key, named) -> absoluteModel(named));
        }
        return run.with("run", Map.of("data", sources, "out", out, "base", absoluteModel(run.base()), "set", set));
    }

    private static Map<String, Object> absolute(RunFile.Source source) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("path", Path.of(source.path()).toAbsolutePath().toString());
        whole.put("roles", source.roles());
        whole.put("weight", source.weight());
        source.task()
                .ifPresent(task ->
                        whole.put("task", Json.parse("task", Json.text(task)).toMap()));
        return whole;
    }

    /** A directory by its whole path, so that a run resumes from any folder; the name of a model as it is. */
    private static String absoluteModel(String model) {
        String fresh = model.startsWith(TextModel.FRESH) ? TextModel.FRESH : "";
        String place = model.substring(fresh.length());
        boolean named = fresh.isEmpty() && EmbeddedModels.lookup(place).isPresent();
        return !named && !place.isEmpty() && Files.isDirectory(Path.of(place))
                ? fresh + Path.of(place).toAbsolutePath().normalize()
                : model;
    }
}
