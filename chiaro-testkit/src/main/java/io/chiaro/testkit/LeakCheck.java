package io.chiaro.testkit;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves native objects behind: the number of live ones must be the same after the test as before it.
 * Use with {@code @ExtendWith(LeakCheck.class)}. The count belongs to the process, so such tests run one at a time; make
 * what outlives a test (a model for the whole class) before it, in {@code @BeforeAll}.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LeakCheck.class);

    /** Creates the extension. */
    public LeakCheck() {}

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put("count", Pointer.totalCount());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        long before = context.getStore(NAMESPACE).getOrDefault("count", Long.class, 0L);
        long after = Pointer.totalCount();
        if (after > before && context.getExecutionException().isEmpty()) {
            throw new AssertionError(context.getDisplayName() + ": " + (after - before)
                    + " native objects outlived the test. Close their Scope or Owner.");
        }
    }
}
