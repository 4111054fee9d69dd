package io.chiaro.example.papers;

import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which room, and the model that reads in it. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RoomOptions {

    @Option(names = "--room", required = true, paramLabel = "DIR", description = "The folder of the reading room.")
    Path folder;

    @Option(
            names = "--model",
            paramLabel = "NAME|DIR",
            description = "The model that fills and asks the index.",
            defaultValue = "all-MiniLM-L6-v2")
    String model;

    OnnxEmbedder openModel() {
        return OnnxEmbedder.open(model, OnnxSettings.defaults());
    }
}
