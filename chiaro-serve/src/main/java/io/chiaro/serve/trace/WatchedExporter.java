package io.chiaro.serve.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.function.IntConsumer;

/** Says how many spans were lost, which the library only logs. */
final class WatchedExporter implements SpanExporter {

    private final SpanExporter exporter;
    private final IntConsumer lost;

    WatchedExporter(SpanExporter exporter, IntConsumer lost) {
        this.exporter = exporter;
        this.lost = lost;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        int count = spans.size();
        CompletableResultCode result = exporter.export(spans);
        result.whenComplete(() -> {
            if (!result.isSuccess()) {
                lost.accept(count);
            }
        });
        return result;
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
