package io.chiaro.tensor;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;

/**
 * The native libraries of this process: which BLAS multiplies matrices, and with how many threads.
 *
 * <p>The BLAS is chosen before the first tensor by {@code -Dchiaro.blas=mkl|openblas}; MKL is the default where it is
 * published (linux-x86_64) and on the class path. Results are repeatable bit for bit only with the same BLAS and the same
 * number of threads.
 *
 * <p>LibTorch's threads and OpenBLAS's own threads spin against each other unless the environment tells them to wait
 * ({@code OMP_WAIT_POLICY=PASSIVE}, set before the JVM starts; the launcher does so). Without it OpenBLAS is held to one
 * thread and a warning says so once.
 */
public final class NativeRuntime {

    /** The libraries that can multiply matrices. */
    public enum Blas {
        /** Intel's Math Kernel Library. */
        MKL,
        /** OpenBLAS. */
        OPENBLAS
    }

    private static final boolean LAUNCHED =
            "PASSIVE".equalsIgnoreCase(System.getenv().getOrDefault("OMP_WAIT_POLICY", ""));

    private NativeRuntime() {}

    /** Everything is loaded when this class is initialised, once. */
    private static final class Loaded {
        static final Blas BLAS = chooseBlas();

        static {
            // JavaCPP sees 8 bytes for each tensor, so its own limits would only cause needless collections.
            setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
            setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
            if (BLAS == Blas.MKL) {
                setIfAbsent("org.bytedeco.openblas.load", "mkl");
            }
            try {
                applyThreads(Integer.getInteger(
                        "chiaro.threads", Runtime.getRuntime().availableProcessors()));
                LastCalls.awaitAtTheEnd();
            } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
                throw ChiaroException.of(
                        ChiaroException.Kind.RESOURCES,
                        "LibTorch: the native library for " + System.getProperty("os.name") + " "
                                + System.getProperty("os.arch") + " could not be loaded (" + firstLine(e)
                                + "). Add org.bytedeco:pytorch with the classifier of this platform to the class path.",
                        e);
            }
        }

        private static void applyThreads(int threads) {
            torch.set_num_threads(threads);
            if (BLAS == Blas.OPENBLAS) {
                // The binding makes objects at every call, which would otherwise wait for the garbage collector.
                try (PointerScope scope = new PointerScope()) {
                    openblas.blas_set_num_threads(LAUNCHED ? threads : 1);
                }
                if (!LAUNCHED && threads > 1) {
                    System.getLogger(NativeRuntime.class.getName())
                            .log(
                                    Level.WARNING,
                                    "OMP_WAIT_POLICY=PASSIVE was not set before the JVM started, so OpenBLAS is held to "
                                            + "one thread. Start through the launcher, set the variable, or use MKL.");
                }
            }
        }

        private static void setIfAbsent(String property, String value) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, value);
            }
        }
    }

    /** Loads the native libraries if that has not happened yet. */
    public static void load() {
        if (Loaded.BLAS == null) {
            throw new AssertionError("the BLAS is chosen before anything is loaded");
        }
    }

    /** The BLAS of this process. */
    public static Blas blas() {
        return Loaded.BLAS;
    }

    /** The number of compute threads of the calling thread's operations. */
    public static int threads() {
        load();
        return torch.get_num_threads();
    }

    /** Sets the number of compute threads. */
    public static void threads(int threads) {
        if (threads < 1) {
            throw ChiaroException.usage("threads: expected at least 1, but found " + threads);
        }
        load();
        Loaded.applyThreads(threads);
    }

    /**
     * Gives pages of memory that was released back to the system. The C library keeps them for later and, where tensors of
     * many sizes come and go, keeps far more than was ever in use at once: masked language modelling grew by megabytes a step.
     */
    public static void releasePages() {
        load();
        Pointer.trimMemory();
    }

    /** The version of LibTorch and of its binding. */
    public static String version() {
        Properties properties = new Properties();
        try (InputStream in = torch.class.getResourceAsStream("/META-INF/maven/org.bytedeco/pytorch/pom.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }

    /** Whether LibTorch sees a CUDA device. */
    public static boolean hasCuda() {
        load();
        return torch.cuda_is_available();
    }

    private static Blas chooseBlas() {
        String written = System.getProperty("chiaro.blas", "");
        if (written.isEmpty()) {
            return mklIsPresent() ? Blas.MKL : Blas.OPENBLAS;
        }
        Blas blas = switch (written.toLowerCase(Locale.ROOT)) {
            case "mkl" -> Blas.MKL;
            case "openblas" -> Blas.OPENBLAS;
            default ->
                throw ChiaroException.usage("chiaro.blas: unknown library \"" + written + "\". "
                        + Names.hint(written, List.of("mkl", "openblas")));
        };
        if (blas == Blas.MKL && !mklIsPresent()) {
            throw ChiaroException.resources("chiaro.blas: MKL was asked for, but org.bytedeco:mkl with the classifier "
                    + "linux-x86_64-redist is not on the class path. Add it or use -Dchiaro.blas=openblas.");
        }
        return blas;
    }

    private static boolean mklIsPresent() {
        return NativeRuntime.class.getClassLoader().getResource("org/bytedeco/mkl/linux-x86_64/libmkl_rt.so.2") != null
                && System.getProperty("os.name", "").startsWith("Linux")
                && System.getProperty("os.arch", "").equals("amd64");
    }

    private static String firstLine(Throwable error) {
        String message = String.valueOf(error.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
