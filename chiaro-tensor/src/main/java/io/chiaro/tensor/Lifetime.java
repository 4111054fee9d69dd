package io.chiaro.tensor;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the owner of some tensors still lives, and if not, where it was closed. */
final class Lifetime {

    private static final Set<String> OWNERS =
            Set.of(Scope.class.getName(), Owner.class.getName(), Lifetime.class.getName());

    private final String name;
    private volatile @Nullable StackTraceElement end;

    Lifetime(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    boolean isOver() {
        return end != null;
    }

    /** Ends this lifetime and remembers the line of the caller outside this package. */
    void end() {
        end = StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !OWNERS.contains(frame.getClassName()))
                        .findFirst()
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .orElseGet(() -> new StackTraceElement("unknown", "unknown", null, -1)));
    }

    /** Throws if the owner has been closed. */
    void check(String operation) {
        StackTraceElement closedAt = end;
        if (closedAt != null) {
            throw new IllegalStateException(
                    operation + ": the tensor was released when " + name + " was closed at " + closedAt);
        }
    }
}
