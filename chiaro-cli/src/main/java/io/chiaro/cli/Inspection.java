package io.chiaro.cli;

import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.Names;
import io.chiaro.model.ModelDirectory;
import io.chiaro.onnx.EmbeddedModel;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.search.TextIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Says what a model or an index is. */
final class Inspection {

    private Inspection() {}

    /** Says it, and returns it as one document. */
    static Object run(Output output, String subject) throws IOException {
        Map<String, Object> document = new LinkedHashMap<>();
        Optional<EmbeddedModel> embedded = EmbeddedModels.lookup(subject);
        if (embedded.isPresent()) {
            EmbeddedModel model = embedded.get();
            document.put("kind", "embedded model");
            document.put("artifact", model.coordinate());
            document.put("present", model.isPresent());
            document.put("model", model.description());
        } else if (isIndex(Path.of(subject))) {
            QuietLucene.apply();
            try (TextIndex index = TextIndex.open(Path.of(subject))) {
                document.put("kind", "index");
                document.put("path", Path.of(subject).toAbsolutePath());
                document.put("index", index.description());
            }
        } else if (Files.isDirectory(Path.of(subject))) {
            ModelDirectory directory = ModelDirectory.open(Path.of(subject));
            document.put("kind", "model directory");
            document.put("path", directory.path());
            document.put("weights", directory.weights().map(Path::toString).orElse("none"));
            document.put("onnx", directory.onnx().map(Path::toString).orElse("none"));
            document.put("hash", directory.hash());
            document.put("specification", directory.specification());
        } else {
            throw ChiaroException.usage("inspect: expected the name of an embedded model or a folder, but \"" + subject
                    + "\" is neither (looked for " + Path.of(subject).toAbsolutePath() + "). "
                    + Names.hint(subject, EmbeddedModels.names()));
        }
        output.say(Json.text(document).stripTrailing());
        return document;
    }

    /** Whether Lucene's list of segments is there. */
    private static boolean isIndex(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> String.valueOf(file.getFileName()).startsWith("segments_"));
        }
    }
}
