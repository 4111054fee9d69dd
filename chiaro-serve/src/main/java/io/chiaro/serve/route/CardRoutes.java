package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.Json;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the people who made the model say of it. */
final class CardRoutes {

    private static final int LONGEST = 1 << 20;

    private final ServedModel model;
    private final Optional<Path> file;

    CardRoutes(ServedModel model, Optional<Path> file) {
        this.model = model;
        this.file = file;
    }

    List<Route> routes() {
        return List.of(Route.get(
                "/v1/model-card",
                Role.READ,
                "The README.md of the model's folder",
                Schema.object(
                        Field.of("model", Schema.string()),
                        Field.optional("markdown", Schema.string().says("Missing where there is none"))),
                this::card));
    }

    private Response card(Call call) {
        Map<String, Object> answer = OpenAiRoutes.ordered("model", model.name());
        markdown().ifPresent(card -> answer.put("markdown", card));
        return Response.json(200, Json.line(answer));
    }

    /** The card as it is now, if it is there and of a size that people read. */
    private Optional<String> markdown() {
        try {
            return file.isPresent() && Files.isRegularFile(file.get()) && Files.size(file.get()) <= LONGEST
                    ? Optional.of(Files.readString(file.get()))
                    : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
