package io.chiaro.tensor;

import org.bytedeco.pytorch.GradMode;

/**
 * Switches the recording of gradients for a block of code: {@code try (Grad off = Grad.disabled()) { ... }}. The mode
 * belongs to the thread; a fresh thread records.
 */
public final class Grad implements AutoCloseable {

    private final boolean before;

    private Grad(boolean enabled) {
        NativeRuntime.load();
        before = GradMode.is_enabled();
        GradMode.set_enabled(enabled);
    }

    /** No gradients are recorded inside the block. */
    public static Grad disabled() {
        return new Grad(false);
    }

    /** Gradients are recorded inside the block. */
    public static Grad enabled() {
        return new Grad(true);
    }

    /** Whether this thread records gradients now. */
    public static boolean isEnabled() {
        NativeRuntime.load();
        return GradMode.is_enabled();
    }

    @Override
    public void close() {
        GradMode.set_enabled(before);
    }
}
