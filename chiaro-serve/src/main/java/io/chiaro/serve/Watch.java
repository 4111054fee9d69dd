package io.chiaro.serve;

import io.chiaro.core.ChiaroException;
import io.chiaro.serve.route.ModelIndex;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Looks again and again whether another process has committed to the folders of the indexes that are served, and shows what it has. An
 * index that cannot be read any more, or that another model has filled, is served as it was.
 */
final class Watch implements AutoCloseable {

    private final Supplier<Generation> served;
    private final BiConsumer<String, RuntimeException> failures;
    private final ScheduledExecutorService timer;

    /** What was said of each index already. Only the timer's one thread uses it. */
    private final Map<String, String> said = new HashMap<>();

    /**
     * Begins to look.
     *
     * @param failures takes the name of an index and what keeps its folder from being shown, once for each reason
     */
    Watch(Supplier<Generation> served, Duration pause, BiConsumer<String, RuntimeException> failures) {
        this.served = served;
        this.failures = failures;
        this.timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "chiaro-watch");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::look, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        for (ModelIndex index : served.get().indexes().all()) {
            look(index);
        }
    }

    private void look(ModelIndex index) {
        try {
            index.refresh();
            said.remove(index.name());
        } catch (RuntimeException e) { // whatever it was, the others are looked at, and this one again
            String reason = e instanceof ChiaroException ? String.valueOf(e.getMessage()) : String.valueOf(e);
            if (!reason.equals(said.put(index.name(), reason))) {
                failures.accept(index.name(), e);
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
