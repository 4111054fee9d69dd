package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.Names;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What training writes while it runs, and reports of how good models are. */
final class RunRoutes {

    private static final Schema NAMES =
            Schema.object(Field.of("object", Schema.oneOf("list")), Field.of("data", Schema.list(Schema.string())));

    private static final Schema SECONDS = Schema.number().says("Seconds since its events last grew");

    private static final Schema RUNS = Schema.object(
            Field.of("object", Schema.oneOf("list")),
            Field.of("data", Schema.list(Schema.string()).says("The one whose events grew last comes first")),
            Field.of("ages", Schema.object().says("Under the name of each how many seconds ago its events last grew")));

    private final RunFiles files;
    private final Clock clock;

    RunRoutes(RunFiles files, Clock clock) {
        this.files = files;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/runs", Role.READ, "Lists the training runs", RUNS, call -> runs()),
                Route.get(
                        "/v1/runs/{name}/events/{from}",
                        Role.READ,
                        "The events of a run from a byte of its file on, 0 for all; ask again from \"next\"",
                        Schema.object(
                                Field.of(
                                        "from", Schema.integer(0).says("0 if the file has become shorter: begin anew")),
                                Field.of("next", Schema.integer(0)),
                                Field.of("age", SECONDS),
                                Field.of("events", Schema.list(Schema.object()))),
                        this::events),
                Route.get("/v1/reports", Role.READ, "Lists the reports", NAMES, call -> names(files.reports())),
                Route.get("/v1/reports/{name}", Role.READ, "A report", Schema.object(), this::report));
    }

    private static Response names(Map<String, Path> found) {
        return Response.json(200, Json.line(OpenAiRoutes.ordered("object", "list", "data", found.keySet())));
    }

    private Response runs() {
        Map<String, Double> ages = new HashMap<>();
        files.runs().forEach((name, run) -> {
            try {
                ages.put(name, age(run));
            } catch (IOException gone) {
                // It is no run any more.
            }
        });
        Comparator<Map.Entry<String, Double>> newest = Map.Entry.comparingByValue();
        Map<String, Double> ordered = new LinkedHashMap<>();
        ages.entrySet().stream()
                .sorted(newest.thenComparing(Map.Entry.comparingByKey()))
                .forEach(one -> ordered.put(one.getKey(), one.getValue()));
        return Response.json(
                200, Json.line(OpenAiRoutes.ordered("object", "list", "data", ordered.keySet(), "ages", ordered)));
    }

    /** Never negative, whatever the clock of the disk says. */
    private double age(Path run) throws IOException {
        return Math.max(0, Duration.between(RunFiles.grew(run), clock.instant()).toMillis() / 1000.0);
    }

    private Response events(Call call) {
        Path run = named(call, files.runs(), "a run");
        long from;
        try {
            from = Long.parseLong(call.variable("from"));
        } catch (NumberFormatException e) {
            from = -1;
        }
        if (from < 0) {
            throw call.unprocessable("expected a whole number of bytes behind events/, but found something else.");
        }
        try {
            RunFiles.Part part = RunFiles.events(run, from);
            return Response.json(
                    200,
                    Json.line(OpenAiRoutes.ordered(
                            "from", part.from(), "next", part.next(), "age", age(run), "events", part.events())));
        } catch (ChiaroException broken) {
            throw call.unprocessable(
                    "expected a byte where an event begins, as \"next\" gives it, but found another, or the file is damaged there.");
        } catch (IOException e) {
            throw HttpProblem.of(503, "the events cannot be read now.").with("Retry-After", "1");
        }
    }

    private Response report(Call call) {
        try {
            return Response.json(
                    200,
                    Json.line(RunFiles.report(named(call, files.reports(), "a report"))
                            .toMap()));
        } catch (ChiaroException broken) {
            throw HttpProblem.of(424, "the report is no JSON object, or too large.");
        } catch (IOException e) {
            throw HttpProblem.of(503, "the report cannot be read now.").with("Retry-After", "1");
        }
    }

    private static Path named(Call call, Map<String, Path> known, String what) {
        String name = call.variable("name");
        Path found = known.get(name);
        if (found == null) {
            Set<String> names = known.keySet();
            throw HttpProblem.of(
                    404,
                    "expected the name of " + what + ", but found \""
                            + (name.length() > 60 ? name.substring(0, 60) + "..." : name) + "\". "
                            + (names.isEmpty() ? "There is none yet." : Names.hint(name, names)));
        }
        return found;
    }
}
