package io.chiaro.benchmarks;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a running server does under more work than it can do, asked by another process: one request after another, then as many as it
 * can answer, then twice as many a second, whatever it answers.
 */
final class ServingStudy {

    private static final int SIDE_BY_SIDE = 16;
    private static final int MOST_OPEN = 4000;
    private static final double MILLION = 1e6;
    private static final Pattern MEMORY = Pattern.compile("(?m)^process_resident_memory_bytes (\\S+)$");

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI server;
    private final List<String> texts;
    private final int seconds;
    /** Requests a second of the overload, or 0 for twice those that were answered side by side. */
    private final double told;

    private final AtomicLong next = new AtomicLong();

    /** Statuses by count, 0 for a request without an answer, and the times of those answered with 200. */
    private record Phase(String name, double seconds, Map<Integer, Long> statuses, double[] milliseconds) {

        double percentile(double share) {
            return milliseconds.length == 0
                    ? Double.NaN
                    : milliseconds[(int) Math.min(milliseconds.length - 1L, (long) (share * milliseconds.length))];
        }

        double answeredASecond() {
            return statuses.getOrDefault(200, 0L) / seconds;
        }
    }

    private ServingStudy(URI server, List<String> texts, int seconds, double told) {
        this.told = told;
        this.server = server;
        this.texts = texts;
        this.seconds = seconds;
    }

    /**
     * Arguments: the address of the server, a file with a text a line, the seconds of a phase, and the requests a second of the
     * overload, where they are not to be twice what is answered side by side: a server that refuses early answers fewer clients that ask
     * again at once.
     */
    static void main(List<String> arguments, PrintStream print) throws IOException, InterruptedException {
        if (arguments.size() < 3
                || arguments.size() > 4
                || !arguments.subList(2, arguments.size()).stream()
                        .allMatch(number -> number.matches("[1-9][0-9]{0,4}"))) {
            throw ChiaroException.usage("serving: expected URL TEXTS SECONDS [RATE], but found " + arguments + ".");
        }
        List<String> texts = Files.readAllLines(Path.of(arguments.get(1))).stream()
                .filter(text -> !text.isBlank())
                .toList();
        double told = arguments.size() == 4 ? Double.parseDouble(arguments.get(3)) : 0;
        new ServingStudy(URI.create(arguments.get(0)), texts, Integer.parseInt(arguments.get(2)), told).run(print);
    }

    private void run(PrintStream print) throws InterruptedException {
        sideBySide("warm", SIDE_BY_SIDE);
        Phase alone = sideBySide("one after another", 1);
        Phase full = sideBySide(SIDE_BY_SIDE + " side by side", SIDE_BY_SIDE);
        double rate = told > 0 ? told : 2 * full.answeredASecond();
        Phase twice = atRate(String.format(Locale.ROOT, "%.0f a second", rate), rate);
        print.println("| requests | answered a second | 200 | 429 | other | median ms | p99 ms |");
        print.println("| --- | --- | --- | --- | --- | --- | --- |");
        for (Phase phase : List.of(alone, full, twice)) {
            long other = phase.statuses().entrySet().stream()
                    .filter(entry -> entry.getKey() != 200 && entry.getKey() != 429)
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            print.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %d | %d | %d | %.1f | %.1f |%n",
                    phase.name(),
                    phase.answeredASecond(),
                    phase.statuses().getOrDefault(200, 0L),
                    phase.statuses().getOrDefault(429, 0L),
                    other,
                    phase.percentile(0.5),
                    phase.percentile(0.99));
        }
        print.printf(
                Locale.ROOT,
                "%np99 of what was accepted under twice the load: %.2f times that of one after another%s%n",
                twice.percentile(0.99) / alone.percentile(0.99),
                memory());
    }

    private String memory() throws InterruptedException {
        try {
            String metrics = client.send(
                            HttpRequest.newBuilder(server.resolve("/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            Matcher found = MEMORY.matcher(metrics);
            return found.find()
                    ? String.format(Locale.ROOT, "; %.0f MB resident", Double.parseDouble(found.group(1)) / MILLION)
                    : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Phase sideBySide(String name, int open) throws InterruptedException {
        Counting counting = new Counting();
        Semaphore room = new Semaphore(open);
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end) {
            room.acquire();
            ask(counting).whenComplete((status, failure) -> room.release());
        }
        room.acquire(open);
        return counting.phase(name, (System.nanoTime() - start) / 1e9);
    }

    private Phase atRate(String name, double rate) throws InterruptedException {
        Counting counting = new Counting();
        Semaphore room = new Semaphore(MOST_OPEN);
        long start = System.nanoTime();
        long sent = 0;
        for (double gone = 0; gone < seconds; gone = (System.nanoTime() - start) / 1e9) {
            while (sent < gone * rate) {
                room.acquire();
                ask(counting).whenComplete((status, failure) -> room.release());
                sent++;
            }
            TimeUnit.MICROSECONDS.sleep(500);
        }
        room.acquire(MOST_OPEN);
        // What was still waiting is answered, and the time for it counts.
        return counting.phase(name, (System.nanoTime() - start) / 1e9);
    }

    private CompletableFuture<Integer> ask(Counting counting) {
        String text = texts.get((int) (next.getAndIncrement() % texts.size()));
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/embed"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(Json.line(Map.of("inputs", text))))
                .build();
        long start = System.nanoTime();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                .handle((response, failure) -> {
                    int status = response == null ? 0 : response.statusCode();
                    counting.answered(status, (System.nanoTime() - start) / MILLION);
                    return status;
                });
    }

    private static final class Counting {

        private final ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<Double> times = new ConcurrentLinkedQueue<>();

        void answered(int status, double milliseconds) {
            statuses.add(status);
            if (status == 200) {
                times.add(milliseconds);
            }
        }

        Phase phase(String name, double seconds) {
            Map<Integer, Long> counts = new TreeMap<>();
            statuses.forEach(status -> counts.merge(status, 1L, Long::sum));
            double[] sorted = new ArrayList<>(times)
                    .stream().mapToDouble(Double::doubleValue).toArray();
            Arrays.sort(sorted);
            return new Phase(name, seconds, counts, sorted);
        }
    }
}
