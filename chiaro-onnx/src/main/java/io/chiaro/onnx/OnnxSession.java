package io.chiaro.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.PairTokens;
import io.chiaro.model.Pooling;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * An encoder in ONNX Runtime, from token ids to vectors. The native session is closed only when no thread computes in it;
 * all tensors of a batch are closed with the batch. Safe for several threads.
 */
final class OnnxSession implements AutoCloseable {

    /** Reserved, not used: only what the recursion touches becomes memory. */
    private static final long START_STACK_BYTES = 1L << 29;

    private static final Set<String> KNOWN_INPUTS =
            Set.of(BertGraph.INPUT_IDS, BertGraph.ATTENTION_MASK, BertGraph.TOKEN_TYPE_IDS);
    private static final List<String> STATE_OUTPUTS = List.of(BertGraph.TOKEN_EMBEDDINGS, "last_hidden_state");

    private final String where;
    private final int threads;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final List<Pooling> poolings;
    private final boolean normalized;
    private final Map<String, String> metadata;
    private final Set<String> inputs;
    private final String output;
    private final boolean pooledInGraph;
    private final boolean ofTokens;
    private final List<String> readable;
    private final int dimension;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    /** What a graph of ours gives that is no vector of a text as a model's files describe it. */
    private enum Special {
        /** One number a pair. */
        SCORES(List.of(BertGraph.LOGITS), true),
        /** A weight for each token of the vocabulary. */
        WEIGHTS(List.of(BertGraph.SPARSE_EMBEDDING), true),
        /** A vector a token. */
        TOKENS(List.of(BertGraph.TOKEN_VECTORS), false);

        private final List<String> outputs;
        private final boolean ofTexts;

        Special(List<String> outputs, boolean ofTexts) {
            this.outputs = outputs;
            this.ofTexts = ofTexts;
        }
    }

    /**
     * What is read of a graph's outputs.
     *
     * @param special what it is, if it is no vector of a text
     * @param poolings of token states, where the graph does not pool itself
     * @param normalized whether pooled states are brought to length one
     */
    private record Wanted(@Nullable Special special, List<Pooling> poolings, boolean normalized) {

        Wanted(List<Pooling> poolings, boolean normalized) {
            this(null, poolings, normalized);
        }

        Wanted(Special special) {
            this(special, List.of(), false);
        }
    }

    private OnnxSession(String where, OrtEnvironment environment, OrtSession session, Wanted wanted, int threads)
            throws OrtException {
        this.where = where;
        this.threads = threads;
        this.environment = environment;
        this.session = session;
        this.poolings = List.copyOf(wanted.poolings());
        this.normalized = wanted.normalized();
        this.metadata = Map.copyOf(session.getMetadata().getCustomMetadata());
        this.inputs = session.getInputNames();
        for (String input : inputs) {
            if (!KNOWN_INPUTS.contains(input)) {
                throw foreign("an input " + input);
            }
        }
        // Only our own exports are known to pool as the model's files say; of others the token states are pooled here.
        Set<String> outputs = session.getOutputNames();
        Special special = wanted.special();
        this.pooledInGraph = special != null
                ? special.ofTexts
                : session.getMetadata().getProducerName().equals(OnnxBertWriter.PRODUCER)
                        && outputs.contains(BertGraph.SENTENCE_EMBEDDING);
        this.ofTokens = special == Special.TOKENS;
        this.readable = special != null
                ? special.outputs
                : pooledInGraph ? List.of(BertGraph.SENTENCE_EMBEDDING) : STATE_OUTPUTS;
        this.output = readable.stream()
                .filter(outputs::contains)
                .findFirst()
                .orElseThrow(() -> foreign("the outputs " + outputs));
        int width = width(session);
        this.dimension = pooledInGraph || ofTokens ? width : width * poolings.size();
    }

    /** Opens a file. */
    static OnnxSession open(Path file, List<Pooling> poolings, boolean normalized, int threads) {
        String where = file.toAbsolutePath().toString();
        if (!Files.isRegularFile(file)) {
            throw ChiaroException.model(where + ": expected an ONNX file, but there is none. Export the model first.");
        }
        return open(
                where,
                (environment, options) -> environment.createSession(where, options),
                new Wanted(poolings, normalized),
                threads);
    }

    /**
     * Opens the file of a cross-encoder.
     *
     * @param outputs numbers that it must give a pair
     */
    static OnnxSession openScorer(Path file, int outputs, int threads) {
        String where = file.toAbsolutePath().toString();
        OnnxSession session = open(
                where,
                (environment, options) -> environment.createSession(where, options),
                new Wanted(Special.SCORES),
                threads);
        if (session.dimension != outputs) {
            session.close();
            throw ChiaroException.model(where + ": expected "
                    + (outputs == 1 ? "one score a pair" : outputs + " logits a pair") + ", but the graph gives "
                    + session.dimension + " numbers. Export the model again.");
        }
        return session;
    }

    /**
     * Opens the file of a late-interaction model, whose {@link #embed} gives the vectors of a text's tokens one behind the other.
     *
     * @param width numbers of each, as the model's files say
     */
    static OnnxSession openTokens(Path file, int width, int threads) {
        return open(file, Special.TOKENS, width, threads);
    }

    /** Opens the file of a sparse encoder, whose {@link #embed} gives a number for each token of the vocabulary. */
    static OnnxSession openSparse(Path file, int vocabulary, int threads) {
        return open(file, Special.WEIGHTS, vocabulary, threads);
    }

    private static OnnxSession open(Path file, Special special, int width, int threads) {
        String where = file.toAbsolutePath().toString();
        OnnxSession session = open(
                where,
                (environment, options) -> environment.createSession(where, options),
                new Wanted(special),
                threads);
        if (session.dimension != width) {
            session.close();
            throw ChiaroException.model(where + ": expected vectors of " + width + " numbers, but the graph gives "
                    + session.dimension + ". Export the model again.");
        }
        return session;
    }

    /** Opens a file that was read into memory. */
    static OnnxSession open(String where, byte[] onnx, List<Pooling> poolings, boolean normalized, int threads) {
        return open(
                where,
                (environment, options) -> environment.createSession(onnx, options),
                new Wanted(poolings, normalized),
                threads);
    }

    private static OnnxSession open(String where, Opening opening, Wanted wanted, int threads) {
        OrtEnvironment environment = environment();
        OrtSession session = null;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // Errors come as exceptions; the native log would only repeat them on standard error.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            // Batches run side by side, each on one thread: splitting every small product between threads that sleep
            // costs
            // more than it wins.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            // Waiting threads sleep: where several native libraries share few cores, spinning halves the speed of all.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            // Batches differ in shape. An arena would keep the largest of each and a memory pattern one plan a shape;
            // without both, memory goes back after every batch, and the speed is the same.
            options.setCPUArenaAllocator(false);
            options.setMemoryPatternOptimization(false);
            session = opening.open(environment, options);
            return new OnnxSession(where, environment, session, wanted, threads);
        } catch (OrtException e) {
            close(session);
            throw unusable(where, e);
        } catch (ChiaroException e) {
            close(session);
            throw e;
        }
    }

    /** Opens a model's file, which must give vectors of the length that the model's files say. */
    static OnnxSession open(Path file, ModelSpecification specification, int threads) {
        return checked(open(file, specification.poolings(), specification.normalized(), threads), specification);
    }

    /** Opens a model's file that was read into memory; as {@link #open(Path, ModelSpecification, int)}. */
    static OnnxSession open(String where, byte[] onnx, ModelSpecification specification, int threads) {
        return checked(open(where, onnx, specification.poolings(), specification.normalized(), threads), specification);
    }

    private static OnnxSession checked(OnnxSession session, ModelSpecification specification) {
        if (session.dimension != specification.dimension()) {
            session.close();
            throw ChiaroException.model(session.where + ": expected vectors of " + specification.dimension()
                    + " numbers, as the model's files say, but the graph gives " + session.dimension
                    + ". Export the model again.");
        }
        return session;
    }

    /** The texts that the file carries. */
    Map<String, String> metadata() {
        return metadata;
    }

    /** Length of a vector. */
    int dimension() {
        return dimension;
    }

    /**
     * The vectors of texts in their order. Each batch of the plan is padded to its longest text; as many batches as there
     * are threads run side by side.
     *
     * @param tokens the ids of each text, at least one
     * @param batchTokens largest number of tokens in a batch
     */
    float[][] embed(List<int[]> tokens, int batchTokens) {
        return compute(tokens, null, batchTokens);
    }

    /** The scores of pairs in their order, as {@link #embed} works. */
    float[] score(List<PairTokens> pairs, int batchTokens) {
        float[][] rows = logits(pairs, batchTokens);
        float[] scores = new float[rows.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = rows[i][0];
        }
        return scores;
    }

    /** All numbers of pairs in their order, [pairs, outputs]. */
    float[][] logits(List<PairTokens> pairs, int batchTokens) {
        List<int[]> tokens = pairs.stream().map(PairTokens::ids).toList();
        int[] secondFrom = pairs.stream().mapToInt(PairTokens::secondFrom).toArray();
        return compute(tokens, secondFrom, batchTokens);
    }

    /** @param secondFrom from which place on the tokens of each input have type 1; null if none has */
    private float[][] compute(List<int[]> tokens, int @Nullable [] secondFrom, int batchTokens) {
        float[][] vectors = new float[tokens.size()][];
        List<int[]> batches = TokenBatches.of(tokens, batchTokens);
        int workers = Math.min(threads, batches.size());
        if (workers <= 1) {
            batches.forEach(batch -> computeBatch(tokens, secondFrom, batch, vectors));
            return vectors;
        }
        AtomicInteger next = new AtomicInteger();
        Runnable work = () -> {
            for (int i = next.getAndIncrement(); i < batches.size(); i = next.getAndIncrement()) {
                computeBatch(tokens, secondFrom, batches.get(i), vectors);
            }
        };
        ExecutorService pool = Executors.newFixedThreadPool(workers - 1);
        try {
            List<Future<?>> others = new ArrayList<>();
            for (int w = 1; w < workers; w++) {
                others.add(pool.submit(work));
            }
            work.run();
            for (Future<?> other : others) {
                other.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ChiaroException.of(ChiaroException.Kind.INTERRUPTED, where + ": embedding was interrupted.", e);
        } finally {
            // What still runs ends with its batch; nothing new is begun.
            next.set(batches.size());
            pool.shutdown();
        }
        return vectors;
    }

    private void computeBatch(List<int[]> tokens, int @Nullable [] secondFrom, int[] batch, float[][] vectors) {
        int longest = tokens.get(batch[0]).length; // a plan puts the longest first
        if (tokens.get(batch[batch.length - 1]).length == 0) {
            throw new IllegalArgumentException("OnnxSession.embed: a text without any token");
        }
        LongBuffer ids = longs(batch.length * longest);
        LongBuffer mask = longs(batch.length * longest);
        LongBuffer types = longs(batch.length * longest);
        for (int row = 0; row < batch.length; row++) {
            int[] text = tokens.get(batch[row]);
            for (int t = 0; t < text.length; t++) {
                ids.put(row * longest + t, text[t]);
                mask.put(row * longest + t, 1);
                types.put(row * longest + t, secondFrom != null && t >= secondFrom[batch[row]] ? 1 : 0);
            }
        }
        long[] shape = {batch.length, longest};
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("OnnxSession: " + where + " was closed and cannot embed any more");
            }
            run(List.of(ids, mask, types), shape, batch, tokens, vectors);
        } catch (OrtException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    where + ": ONNX Runtime could not compute a batch of " + batch.length + " texts of up to " + longest
                            + " tokens (" + firstLine(e) + "). Do the tokenizer and the ONNX file belong together?",
                    e);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** @param values ids, mask and types */
    private void run(List<LongBuffer> values, long[] shape, int[] batch, List<int[]> tokens, float[][] vectors)
            throws OrtException {
        Map<String, OnnxTensor> feed = new LinkedHashMap<>();
        try {
            for (String input : inputs) {
                LongBuffer fed = switch (input) {
                    case BertGraph.INPUT_IDS -> values.get(0);
                    case BertGraph.ATTENTION_MASK -> values.get(1);
                    default -> values.get(2);
                };
                feed.put(input, OnnxTensor.createTensor(environment, fed, shape));
            }
            try (OrtSession.Result result = session.run(feed, Set.of(output))) {
                FloatBuffer numbers = ((OnnxTensor) result.get(0)).getFloatBuffer();
                int longest = Math.toIntExact(shape[1]);
                int hidden = pooledInGraph || ofTokens ? dimension : dimension / poolings.size();
                for (int row = 0; row < batch.length; row++) {
                    if (pooledInGraph) {
                        float[] vector = new float[dimension];
                        numbers.get(row * dimension, vector);
                        vectors[batch[row]] = vector;
                    } else if (ofTokens) {
                        float[] all = new float[tokens.get(batch[row]).length * dimension];
                        numbers.get(row * longest * dimension, all);
                        vectors[batch[row]] = all;
                    } else {
                        int length = tokens.get(batch[row]).length;
                        int offset = row * longest * hidden;
                        vectors[batch[row]] = TokenPooling.pool(numbers, offset, length, hidden, poolings, normalized);
                    }
                }
            }
        } finally {
            feed.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                close(session);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static void close(@Nullable OrtSession session) {
        if (session == null) {
            return;
        }
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("OnnxSession: closing failed", e);
        }
    }

    /**
     * Loads the library. While it starts it matches the command line of the process against patterns that recurse once for
     * each character, and a class path of a few thousand characters overflows the stack of an ordinary thread, which ends
     * the process. So the first call is made on a thread with a stack that holds the longest command line.
     */
    static OrtEnvironment environment() {
        CompletableFuture<OrtEnvironment> started = new CompletableFuture<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        started.complete(OrtEnvironment.getEnvironment());
                    } catch (Throwable e) {
                        started.completeExceptionally(e);
                    }
                },
                "onnxruntime-start",
                START_STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            return started.join();
        } catch (CompletionException failed) {
            throw unloadable(failed.getCause() == null ? failed : failed.getCause());
        }
    }

    private static RuntimeException unloadable(Throwable failed) {
        if (failed instanceof LinkageError) {
            return ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    "ONNX Runtime: its native library for " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + " could not be loaded (" + firstLine(failed)
                            + "). Is java.io.tmpdir writable, with room for 30 MB, and allowed to hold libraries?",
                    failed);
        }
        return failed instanceof RuntimeException known
                ? known
                : new IllegalStateException("ONNX Runtime: it could not be started", failed);
    }

    private int width(OrtSession session) throws OrtException {
        NodeInfo node = session.getOutputInfo().get(output);
        if (node == null || !(node.getInfo() instanceof TensorInfo tensor)) {
            throw foreign("an output " + output + " that is no tensor");
        }
        long[] shape = tensor.getShape();
        if (shape.length != (pooledInGraph ? 2 : 3) || shape[shape.length - 1] < 1) {
            throw foreign("an output " + output + " of shape " + Arrays.toString(shape));
        }
        return Math.toIntExact(shape[shape.length - 1]);
    }

    private static LongBuffer longs(int size) {
        // Direct, so that the runtime reads it in place.
        return ByteBuffer.allocateDirect(size * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }

    private ChiaroException foreign(String found) {
        return ChiaroException.model(where + ": expected an encoder with the inputs " + BertGraph.INPUT_IDS + ", "
                + BertGraph.ATTENTION_MASK + " and " + BertGraph.TOKEN_TYPE_IDS + " and the output "
                + String.join(" or ", pooledInGraph || ofTokens ? readable : STATE_OUTPUTS) + ", but found " + found
                + ". Export the model again with chiaro export.");
    }

    static ChiaroException unusable(String where, OrtException e) {
        return ChiaroException.of(
                ChiaroException.Kind.MODEL,
                where + ": expected an ONNX model that ONNX Runtime can open, but it says: " + firstLine(e)
                        + ". Fetch or export the file again.",
                e);
    }

    static String firstLine(Throwable e) {
        String message = String.valueOf(e.getMessage());
        // Our sentence goes on after it, so the full stop at its end would be a second one.
        String line = message.lines().findFirst().orElse(message).strip().replaceAll("\\.+$", "");
        return line.length() > 300 ? line.substring(0, 300) : line;
    }

    /** Makes a native session from a file or from bytes. */
    @FunctionalInterface
    private interface Opening {
        OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options) throws OrtException;
    }
}
