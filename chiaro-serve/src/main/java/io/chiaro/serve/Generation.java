package io.chiaro.serve;

import io.chiaro.serve.batch.BatchQueue;
import io.chiaro.serve.route.Lease;
import io.chiaro.serve.route.ModelIndex;
import io.chiaro.serve.route.Routes;
import io.chiaro.serve.route.ServedIndexes;
import io.chiaro.serve.route.ServedModel;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Content that is or was served, with its queues and its routes. Once it is retired, the last request that uses it closes it.
 * Safe for any thread.
 */
final class Generation {

    private final Content content;
    private final ServedIndexes indexes;
    private final boolean owned;
    private final List<BatchQueue<?>> queues;
    private final ServedModel model;
    private final Routes routes;
    private final Runnable outlived;
    private final Consumer<Generation> ended;
    private int leases;
    private boolean retired;

    /**
     * @param owned whether the content is closed with it
     * @param indexes those of the content, and those that the server makes, which are closed with it
     * @param outlived called after each request that ended when this was retired already
     * @param ended called when it is closed
     */
    Generation(
            Content content,
            boolean owned,
            ServedIndexes indexes,
            List<BatchQueue<?>> queues,
            ServedModel model,
            Routes routes,
            Runnable outlived,
            Consumer<Generation> ended) {
        this.content = content;
        this.owned = owned;
        this.indexes = indexes;
        this.queues = List.copyOf(queues);
        this.model = model;
        this.routes = routes;
        this.outlived = outlived;
        this.ended = ended;
    }

    Content content() {
        return content;
    }

    ServedIndexes indexes() {
        return indexes;
    }

    ServedModel model() {
        return model;
    }

    /** A lease, if it is still served. */
    synchronized Optional<Lease> lease() {
        if (retired) {
            return Optional.empty();
        }
        leases++;
        return Optional.of(new Lease() {
            @Override
            public Routes routes() {
                return routes;
            }

            @Override
            public void close() {
                giveBack();
            }
        });
    }

    private void giveBack() {
        boolean late;
        boolean last;
        synchronized (this) {
            leases--;
            late = retired;
            last = retired && leases == 0;
        }
        try {
            if (late) {
                outlived.run();
            }
        } finally {
            if (last) {
                close();
            }
        }
    }

    /** Shows what the folders of the indexes hold now, whoever wrote it. */
    void refresh() {
        indexes.all().forEach(index -> index.index().refresh());
    }

    /** Gives out no more leases and closes when all are given back. */
    void retire() {
        boolean unused;
        synchronized (this) {
            unused = !retired && leases == 0;
            retired = true;
        }
        if (unused) {
            close();
        }
    }

    private void close() {
        queues.forEach(BatchQueue::close);
        indexes.all().stream()
                .filter(ModelIndex::droppable)
                .forEach(index -> index.index().close());
        if (owned) {
            content.close();
        }
        ended.accept(this);
    }
}
