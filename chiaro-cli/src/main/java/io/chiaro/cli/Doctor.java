package io.chiaro.cli;

import com.sun.management.OperatingSystemMXBean;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Version;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.text.StepBenchmark;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Looks at the machine and says what to change. Loads no native library. */
final class Doctor {

    private static final double GIB = 1024.0 * 1024 * 1024;

    private static final Pattern LIBRARY = Pattern.compile(
            "(pytorch|mkl|openblas|javacpp|onnxruntime|tokenizers|lucene-core)-(\\d[^/]*?)(-(linux|macosx"
                    + "|windows)-[a-z0-9_-]+)?\\.jar");

    private static final List<String> THREAD_VARIABLES =
            List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY");

    private static final Map<String, String> MODELS =
            Map.of("all-MiniLM-L6-v2", "all-minilm-l6-v2.onnx", "bge-small-en-v1.5", "bge-small-en-v1.5.onnx");

    private final Map<String, Object> document = new LinkedHashMap<>();
    private final List<String> advice = new ArrayList<>();

    private Doctor() {}

    /** Examines the machine, says what it found, and returns it as one document. */
    static Object examine(Output output, int threads, boolean bench) throws IOException {
        Doctor doctor = new Doctor();
        doctor.java();
        doctor.machine();
        doctor.libraries();
        doctor.threads(threads);
        doctor.folders();
        doctor.models();
        doctor.document.put("advice", doctor.advice);
        doctor.document.forEach((key, value) -> sayTo(output, key, value));
        if (bench) {
            doctor.bench(output, threads);
        }
        return doctor.document;
    }

    private static void sayTo(Output output, String key, Object value) {
        if (value instanceof Map<?, ?> map) {
            output.say(key);
            map.forEach((name, item) -> output.say(String.format(Locale.ROOT, "  %-22s %s", name, item)));
        } else if (value instanceof List<?> lines) {
            output.say(key + (lines.isEmpty() ? ": none, all is well" : ""));
            lines.forEach(line -> output.say("  - " + line));
        } else {
            output.say(String.format(Locale.ROOT, "%-24s %s", key, value));
        }
    }

    /** Kept apart, so that an ordinary examination loads no native library. */
    private void bench(Output output, int threads) {
        NativeRuntime.threads(threads);
        StepBenchmark.Result result = StepBenchmark.run();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("sgemm-gflops", result.bare());
        figures.put("step-gflops", result.even());
        figures.put("ratio", result.ratio());
        figures.put("mixed-ratio", result.mixedRatio());
        figures.put("cached-pass", result.cachedPass());
        figures.forEach((key, value) -> {
            document.put(key, value);
            output.say(String.format(Locale.ROOT, "%-24s %.3f", key, value));
        });
    }

    private void java() {
        Map<String, Object> java = new LinkedHashMap<>();
        java.put("chiaro", Version.number());
        java.put("version", System.getProperty("java.runtime.version", "unknown"));
        java.put("vendor", System.getProperty("java.vendor", "unknown"));
        java.put("home", System.getProperty("java.home", "unknown"));
        java.put("max-heap-gib", gib(Runtime.getRuntime().maxMemory()));
        document.put("java", java);
    }

    private void machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("architecture", System.getProperty("os.arch", "unknown"));
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        machine.put("vector-instructions", vectorInstructions());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            machine.put("memory-gib", gib(system.getTotalMemorySize()));
            machine.put("free-memory-gib", gib(system.getFreeMemorySize()));
            if (system.getTotalMemorySize() < 3 * GIB) {
                advice.add("Less than 3 GiB of memory: train with --chunk-tokens 1024 and a small heap"
                        + " (CHIARO_JAVA_OPTIONS=-Xmx512m).");
            }
        }
        document.put("machine", machine);
    }

    private static String vectorInstructions() {
        Path information = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(information)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(information)) {
            String flags =
                    lines.filter(line -> line.startsWith("flags")).findFirst().orElse("") + " ";
            List<String> found = Stream.of("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16")
                    .filter(flag -> flags.contains(" " + flag + " "))
                    .toList();
            return found.isEmpty() ? "none of avx2 and later" : String.join(" ", found);
        } catch (IOException e) {
            return "unknown";
        }
    }

    private void libraries() throws IOException {
        Map<String, Object> libraries = new TreeMap<>();
        for (String name : classPathNames()) {
            Matcher matcher = LIBRARY.matcher(name);
            if (matcher.matches()) {
                String library = matcher.group(1).equals("tokenizers") ? "djl-tokenizers" : matcher.group(1);
                libraries.merge(
                        library,
                        matcher.group(2),
                        (before, now) ->
                                before.toString().length() <= now.toString().length() ? before : now);
            }
        }
        String blas = System.getProperty("chiaro.blas", libraries.containsKey("mkl") ? "mkl" : "openblas");
        document.put("libraries", libraries);
        document.put("blas", blas);
        if (blas.equals("openblas") && libraries.containsKey("mkl")) {
            advice.add("OpenBLAS was chosen with -Dchiaro.blas; MKL trains 1.5 times as fast on this kind of machine.");
        }
    }

    /** The file names of the class path, those of a jar's manifest included. */
    private static List<String> classPathNames() throws IOException {
        List<String> names = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            names.add(String.valueOf(path.getFileName()));
            if (entry.endsWith(".jar") && Files.isRegularFile(path)) {
                try (JarFile jar = new JarFile(path.toFile())) {
                    String more = jar.getManifest() == null
                            ? null
                            : jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
                    if (more != null) {
                        for (String reference : more.split(" ")) {
                            names.add(reference.substring(reference.lastIndexOf('/') + 1));
                        }
                    }
                }
            }
        }
        return names;
    }

    private void threads(int threads) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("compute-threads", threads);
        List<String> missing = new ArrayList<>();
        for (String variable : THREAD_VARIABLES) {
            String value = System.getenv(variable);
            settings.put(variable, value == null ? "not set" : value);
            if (value == null) {
                missing.add(variable);
            }
        }
        document.put("threads", settings);
        if (!missing.isEmpty()) {
            advice.add(
                    String.join(", ", missing) + " not set before the JVM started: native thread pools may fight over"
                            + " the cores. Start with ./chiaro, or set them.");
        }
        int cores = Runtime.getRuntime().availableProcessors();
        if (threads > cores) {
            advice.add(threads + " compute threads on " + cores + " cores: training is slower than with --threads "
                    + cores + ".");
        }
    }

    private void folders() {
        Map<String, Object> folders = new LinkedHashMap<>();
        Path home = Path.of(System.getProperty("user.home", "."));
        String djl = System.getenv("DJL_CACHE_DIR");
        folder(folders, "tokenizer-cache", djl == null ? home.resolve(".djl.ai") : Path.of(djl), 0.1);
        String javacpp = System.getProperty("org.bytedeco.javacpp.cachedir");
        folder(folders, "libtorch-cache", javacpp == null ? home.resolve(".javacpp/cache") : Path.of(javacpp), 1.5);
        folder(folders, "temporary", Path.of(System.getProperty("java.io.tmpdir", "/tmp")), 0.5);
        folder(folders, "current", Path.of("").toAbsolutePath(), 1);
        String data = System.getenv("CHIARO_DATA");
        folders.put("CHIARO_DATA", data == null ? "not set" : data);
        if (data != null && !Files.isDirectory(Path.of(data))) {
            advice.add("CHIARO_DATA is " + data + ", but that is no folder.");
        }
        document.put("folders", folders);
    }

    /** Notes a folder with the free space of its disk, and advises when that is too little. */
    private void folder(Map<String, Object> folders, String name, Path path, double neededGib) {
        Path existing = path.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        String there = Files.exists(path) ? "" : ", not there yet";
        try {
            FileStore store = Files.getFileStore(existing);
            double free = store.getUsableSpace() / GIB;
            folders.put(name, String.format(Locale.ROOT, "%s (%.1f GiB free%s)", path, free, there));
            if (free < neededGib) {
                advice.add(String.format(
                        Locale.ROOT,
                        "%s has %.1f GiB free, but the %s folder may need %.1f GiB. Make room or move it.",
                        path,
                        free,
                        name,
                        neededGib));
            }
        } catch (IOException e) {
            folders.put(name, path + " (unknown space" + there + ")");
        }
        if (!Files.isWritable(existing)) {
            advice.add(path + " cannot be written, but the " + name + " folder must be. Change its permissions.");
        }
    }

    private void models() {
        Map<String, Object> models = new TreeMap<>();
        MODELS.forEach((name, resource) ->
                models.put(name, Doctor.class.getClassLoader().getResource(resource) == null ? "missing" : "embedded"));
        document.put("models", models);
    }

    private static double gib(long bytes) {
        return Math.round(bytes / GIB * 10) / 10.0;
    }
}
