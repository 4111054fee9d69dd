package io.chiaro.serve;

import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A model that computes a batch only when it is let to, and remembers what it was asked. */
final class GatedModel implements TokenEmbedder {

    private final TokenEmbedder model;
    private final Semaphore gate = new Semaphore(0);
    private final Semaphore arrived = new Semaphore(0);
    private final List<int[]> computed = Collections.synchronizedList(new ArrayList<>());

    GatedModel(TokenEmbedder model) {
        this.model = model;
    }

    @Override
    public float[][] embedTokens(List<int[]> tokens) {
        arrived.release();
        gate.acquireUninterruptibly();
        computed.addAll(tokens);
        return model.embedTokens(tokens);
    }

    /** Waits until so many more batches stand before the gate. */
    void awaitBatches(int count) throws InterruptedException {
        if (!arrived.tryAcquire(count, 60, TimeUnit.SECONDS)) {
            throw new AssertionError("no batch came to the model within a minute");
        }
    }

    void let(int batches) {
        gate.release(batches);
    }

    void letAll() {
        gate.release(1_000_000);
    }

    /** The texts that were computed. */
    List<int[]> computed() {
        synchronized (computed) {
            return new ArrayList<>(computed);
        }
    }

    @Override
    public ModelSpecification specification() {
        return model.specification();
    }

    @Override
    public Tokenizer tokenizer() {
        return model.tokenizer();
    }

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        return model.embed(texts, role);
    }

    @Override
    public ModelDescription description() {
        return model.description();
    }

    @Override
    public void close() {}
}
