package io.chiaro.serve.metric;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** The figures of one server. Safe for any thread. */
public final class Metrics {

    /** Requests for embeddings. */
    public static final String EMBED = "te_embed";

    /** Requests to put texts in order. */
    public static final String RERANK = "te_rerank";

    private static final String COUNT = "_count";
    private static final String SUCCESS = "_success";

    private final Map<String, Map<String, Long>> counters = new TreeMap<>();
    private final Map<String, Histogram> histograms = new TreeMap<>();
    private final Map<String, LongSupplier> gauges = new TreeMap<>();
    private final Map<String, String> helps = new TreeMap<>();

    private final Histogram requestDuration =
            histogram("te_request_duration", "Seconds from a request's head to its response", Histogram.ofSeconds());
    private final Histogram tokenizationDuration = histogram(
            "te_request_tokenization_duration", "Seconds in which a request was tokenised", Histogram.ofSeconds());
    private final Histogram queueDuration =
            histogram("te_request_queue_duration", "Seconds that a request waited in the queue", Histogram.ofSeconds());
    private final Histogram inferenceDuration =
            histogram("te_request_inference_duration", "Seconds in which a batch was computed", Histogram.ofSeconds());
    private final Histogram inputLength = histogram("te_request_input_length", "Tokens of a text", Histogram.ofSizes());
    private final Histogram batchTexts = histogram("te_batch_next_size", "Texts of a batch", Histogram.ofSizes());
    private final Histogram batchTokens = histogram("te_batch_next_tokens", "Tokens of a batch", Histogram.ofSizes());

    /** Creates figures that are all zero. */
    public Metrics() {
        labelled("te_request_count", "Requests, by route");
        labelled("te_request_success", "Requests that were answered as asked, by route");
        labelled("te_request_failure", "Requests that were refused or failed, by route and status");
        counter(EMBED + COUNT, "Requests for embeddings");
        counter(EMBED + SUCCESS, "Requests for embeddings that got them");
        counter(RERANK + COUNT, "Requests to put texts in order");
        counter(RERANK + SUCCESS, "Requests to put texts in order that were done");
        counter("chiaro_inputs_truncated", "Texts that were cut at the model's limit");
        counter("chiaro_spans_lost", "Spans of traces that the collector did not take");
    }

    private void counter(String name, String help) {
        labelled(name, help);
        count(name, "", 0);
    }

    /** One whose series begin with what they count: a zero without labels would be a series of its own, which ends then. */
    private void labelled(String name, String help) {
        helps.put(name, help);
        counters.put(name, new TreeMap<>());
    }

    private Histogram histogram(String name, String help, Histogram histogram) {
        helps.put(name, help);
        histograms.put(name, histogram);
        return histogram;
    }

    /** Adds a value that is asked for whenever the figures are read. */
    public synchronized void gauge(String name, String help, LongSupplier value) {
        helps.put(name, help);
        gauges.put(name, value);
    }

    /** Counts a finished request; the status is that of its response. */
    public void request(String route, int status, long nanoseconds) {
        String label = "route=\"" + route + "\"";
        count("te_request_count", label, 1);
        if (status < 400) {
            count("te_request_success", label, 1);
        } else {
            count("te_request_failure", label + ",status=\"" + status + "\"", 1);
        }
        requestDuration.observe(nanoseconds / 1e9);
    }

    /**
     * Counts a request before it is computed.
     *
     * @param kind {@link #EMBED} or {@link #RERANK}
     * @param lengths the tokens of each text
     */
    public void workBegins(String kind, long tokenizationNanoseconds, int[] lengths, int truncated) {
        count(kind + COUNT, "", 1);
        count("chiaro_inputs_truncated", "", truncated);
        tokenizationDuration.observe(tokenizationNanoseconds / 1e9);
        for (int length : lengths) {
            inputLength.observe(length);
        }
    }

    /** Counts a request that got its numbers. */
    public void workEnds(String kind, long waitedNanoseconds) {
        count(kind + SUCCESS, "", 1);
        queueDuration.observe(waitedNanoseconds / 1e9);
    }

    /** Counts a batch. */
    public void batch(int texts, int tokens, long nanoseconds) {
        batchTexts.observe(texts);
        batchTokens.observe(tokens);
        inferenceDuration.observe(nanoseconds / 1e9);
    }

    /** Counts spans that the collector of traces did not take. */
    public void spansLost(int spans) {
        count("chiaro_spans_lost", "", spans);
    }

    private synchronized void count(String name, String labels, long more) {
        Map<String, Long> byLabels = counters.get(name);
        if (byLabels != null) {
            byLabels.merge(labels, more, Long::sum);
        }
    }

    /** All figures, as Prometheus reads them. */
    public synchronized String text() {
        StringBuilder text = new StringBuilder();
        counters.forEach((name, byLabels) -> {
            head(text, name, "counter");
            byLabels.forEach((labels, value) -> text.append(name)
                    .append(labels.isEmpty() ? "" : "{" + labels + "}")
                    .append(' ')
                    .append(value)
                    .append('\n'));
        });
        gauges.forEach((name, value) -> {
            head(text, name, "gauge");
            text.append(name).append(' ').append(value.getAsLong()).append('\n');
        });
        histograms.forEach((name, histogram) -> {
            head(text, name, "histogram");
            histogram.append(text, name);
        });
        return text.toString();
    }

    private void head(StringBuilder text, String name, String type) {
        text.append("# HELP ")
                .append(name)
                .append(' ')
                .append(helps.getOrDefault(name, ""))
                .append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
