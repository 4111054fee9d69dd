package io.chiaro.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * A block of code that owns the tensors made in it. Opened with try-with-resources; scopes nest, one stack a thread.
 *
 * <p>Mutable; belongs to the thread that opened it. Closing from another thread, or out of order, is refused.
 */
public final class Scope implements AutoCloseable {

    private static final ThreadLocal<Deque<Scope>> STACK = ThreadLocal.withInitial(ArrayDeque::new);

    private final Lifetime lifetime;
    private final @Nullable Scope parent;
    private final PointerScope pointers;
    private final Thread thread = Thread.currentThread();

    private Scope(String name, @Nullable Scope parent) {
        this.lifetime = new Lifetime("scope \"" + name + "\"");
        this.parent = parent;
        this.pointers = new PointerScope();
    }

    /** Opens a scope inside the current one of this thread. */
    public static Scope open(String name) {
        NativeRuntime.load();
        Deque<Scope> stack = STACK.get();
        Scope scope = new Scope(name, stack.peek());
        stack.push(scope);
        return scope;
    }

    /** Runs code in a scope of its own and hands its result to the surrounding scope. */
    public static Tensor call(String name, Supplier<Tensor> code) {
        try (Scope scope = open(name)) {
            return scope.escape(code.get());
        }
    }

    static Scope innermost(String operation) {
        Scope scope = STACK.get().peek();
        if (scope == null) {
            throw new IllegalStateException(
                    operation + ": no scope is open on this thread, so nobody would own the result. Open one: "
                            + "try (Scope scope = Scope.open(\"name\")) { ... }");
        }
        return scope;
    }

    /**
     * Hands a tensor of this scope to the scope around it, where it lives on after this one is closed.
     *
     * @return the same values, owned by the surrounding scope
     */
    public Tensor escape(Tensor tensor) {
        if (parent == null) {
            throw new IllegalStateException("Scope.escape: " + lifetime.name()
                    + " is the outermost one, so there is no scope to escape to. Keep the tensor with an Owner.");
        }
        if (tensor.lifetime() != lifetime) {
            return tensor;
        }
        parent.pointers.attach(tensor.pointer());
        return new Tensor(tensor.pointer(), parent.lifetime);
    }

    Lifetime lifetime() {
        return lifetime;
    }

    @Override
    public void close() {
        if (lifetime.isOver()) {
            return;
        }
        Deque<Scope> stack = STACK.get();
        if (thread != Thread.currentThread()) {
            throw new IllegalStateException("Scope.close: " + lifetime.name() + " was opened by thread \""
                    + thread.getName() + "\" and can only be closed there");
        }
        if (stack.peek() != this) {
            throw new IllegalStateException("Scope.close: " + lifetime.name() + " is not the innermost open scope; "
                    + "close the scopes inside it first. Use try-with-resources.");
        }
        stack.pop();
        lifetime.end();
        pointers.close();
    }
}
