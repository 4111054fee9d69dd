package io.chiaro.serve.route;

import io.chiaro.core.Names;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.metric.Metrics;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of all that can be asked. Immutable. */
public final class Routes {

    private static final int LONGEST_HINTED = 100;

    private final List<Route> table = new ArrayList<>();

    /**
     * The routes of a model and its indexes.
     *
     * @param indexes each with the model that filled it
     * @param changes how to make and drop them
     * @param reranker what puts texts in order, if that is served
     * @param sparse what weighs tokens, if that is served
     * @param reload how to exchange them, if that is offered
     * @param shown files that the page shows
     */
    public Routes(
            ServedModel model,
            ServedIndexes indexes,
            IndexChanges changes,
            Capacity capacity,
            Metrics metrics,
            boolean wantsKeys,
            Optional<ServedReranker> reranker,
            Optional<ServedSparse> sparse,
            Optional<Reload> reload,
            Shown shown) {
        List<String> others = Stream.concat(
                        reranker.map(ServedReranker::name).stream(), sparse.map(ServedSparse::name).stream())
                .toList();
        table.addAll(new OpenAiRoutes(model, others).routes());
        table.addAll(new EmbeddingRoutes(model).routes());
        reranker.ifPresent(served -> table.addAll(new RerankRoutes(served).routes()));
        sparse.ifPresent(served -> table.addAll(new SparseRoutes(served).routes()));
        SparseSide weighing = new SparseSide(sparse);
        table.addAll(new IndexRoutes(model.limits(), indexes, changes, weighing, new RerankSide(reranker)).routes());
        table.addAll(new IndexChangeRoutes(indexes, changes, weighing).routes());
        table.addAll(new ExplainRoutes(indexes, weighing).routes());
        table.addAll(new MapRoutes(indexes, changes).routes());
        table.addAll(new DocumentRoutes(model.limits(), indexes, weighing).routes());
        table.addAll(new SnapshotRoutes(indexes).routes());
        table.addAll(new CardRoutes(model, shown.card()).routes());
        table.addAll(new RunRoutes(new RunFiles(shown.runs()), Clock.systemUTC()).routes());
        table.addAll(new PageRoutes().routes());
        table.addAll(new OperationRoutes(
                        model,
                        reranker,
                        sparse,
                        capacity,
                        metrics,
                        () -> OpenApi.document(table, capacity.version(), wantsKeys))
                .routes());
        reload.ifPresent(way -> table.add(OperationRoutes.reload(way)));
    }

    /** A route with the values of its variables. */
    record Found(Route route, Map<String, String> variables) {}

    List<Route> table() {
        return List.copyOf(table);
    }

    /**
     * The route of a request. HEAD asks for what GET gives.
     *
     * @throws HttpProblem 404 for a path, 405 for a method that is not in the table
     */
    Found find(String method, String path) {
        List<String> segments =
                Route.segments(path).stream().map(Routes::decoded).toList();
        TreeSet<String> allowed = new TreeSet<>();
        for (Route route : table) {
            Optional<Map<String, String>> variables = route.match(segments);
            if (variables.isEmpty()) {
                continue;
            }
            if (route.method().equals(method) || (route.method().equals("GET") && method.equals("HEAD"))) {
                return new Found(route, variables.get());
            }
            allowed.add(route.method());
        }
        if (!allowed.isEmpty()) {
            throw HttpProblem.of(
                            405, "expected the method " + String.join(" or ", allowed) + " at " + shown(path) + ".")
                    .with("Allow", String.join(", ", allowed));
        }
        throw HttpProblem.of(404, "nothing is at " + shown(path) + ". " + hint(path));
    }

    private String hint(String path) {
        TreeSet<String> paths = table.stream()
                .map(Route::path)
                .filter(known -> !known.startsWith("/page/"))
                .collect(Collectors.toCollection(TreeSet::new));
        return path.length() > LONGEST_HINTED ? "GET /openapi.json lists what is." : Names.hint(path, paths);
    }

    private static String shown(String path) {
        return path.length() > LONGEST_HINTED ? path.substring(0, LONGEST_HINTED) + "..." : path;
    }

    private static String decoded(String segment) {
        try {
            // Made for forms, where a plus is a blank; in a path it is itself.
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw HttpProblem.of(400, "expected a path whose percent signs each stand before two hexadecimal digits.");
        }
    }
}
