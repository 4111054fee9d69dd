package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Version;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelCard;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.text.TextModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a model for other runtimes and checks what was written. */
final class Exporting {

    private Exporting() {}

    static void run(String nameOrDirectory, Path out, Output output) throws IOException {
        Path graph = out.resolve("onnx").resolve("model.onnx");
        AtomicFiles.createFolder(out.resolve("onnx"));
        try (TextModel model = TextModel.load(nameOrDirectory, 0)) {
            boolean elsewhere =
                    !Files.exists(Path.of(nameOrDirectory)) || !Files.isSameFile(Path.of(nameOrDirectory), out);
            if (elsewhere) {
                model.save(out, ModelCard.of("chiaro " + Version.number()));
            }
            OnnxParity parity = model.export(out);
            output.note("ONNX Runtime agrees: lowest cosine of " + parity.texts() + " texts " + parity.minimumCosine()
                    + ", largest difference " + parity.maximumDifference());
        } catch (IllegalArgumentException e) {
            throw ChiaroException.of(ChiaroException.Kind.MODEL, nameOrDirectory + ": " + e.getMessage(), e);
        }
        output.say(graph.toString());
    }
}
