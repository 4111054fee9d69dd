package io.chiaro.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Holds tensors that outlive every scope: parameters, optimiser state, memories. Closing it releases them.
 *
 * <p>Mutable; one thread at a time.
 */
public final class Owner implements AutoCloseable {

    private final Lifetime lifetime;
    private final List<org.bytedeco.pytorch.Tensor> held = new ArrayList<>();

    private Owner(String name) {
        this.lifetime = new Lifetime("\"" + name + "\"");
    }

    /** An owner of nothing yet. The name appears in errors. */
    public static Owner of(String name) {
        NativeRuntime.load();
        return new Owner(name);
    }

    /** Keeps a tensor beyond its scope. */
    public Tensor keep(Tensor tensor) {
        lifetime.check("Owner.keep");
        org.bytedeco.pytorch.Tensor pointer = tensor.pointer();
        pointer.retainReference();
        held.add(pointer);
        return new Tensor(pointer, lifetime);
    }

    @Override
    public void close() {
        if (lifetime.isOver()) {
            return;
        }
        lifetime.end();
        held.forEach(org.bytedeco.javacpp.Pointer::releaseReference);
        held.clear();
    }
}
