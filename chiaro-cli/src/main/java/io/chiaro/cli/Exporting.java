package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Version;
import io.chiaro.cli.judging.PictureJudging;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.LearnedFrom;
import io.chiaro.model.ModelCard;
import io.chiaro.model.SparseCode;
import io.chiaro.onnx.OnnxAgreement;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.text.CrossEncoder;
import io.chiaro.text.LateInteraction;
import io.chiaro.text.SparseEncoder;
import io.chiaro.text.TextModel;
import io.chiaro.text.TextScorer;
import io.chiaro.vision.PictureModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Writes a model for other runtimes and checks what was written. */
final class Exporting {

    private Exporting() {}

    /**
     * What of a model that embeds texts is written; all of it where nothing is told.
     *
     * @param domain of a model with experts
     * @param layers from the first one on
     */
    record Part(Optional<String> domain, Optional<Integer> layers) {

        private boolean isWhole() {
            return option().isEmpty();
        }

        private Optional<String> option() {
            return domain.isPresent() ? Optional.of("--domain") : layers.map(count -> "--layers");
        }

        private TextModel of(TextModel whole) {
            if (domain.isPresent()) {
                try (whole) {
                    return new Part(Optional.empty(), layers).of(whole.ofDomain(domain.get()));
                }
            }
            if (layers.isEmpty()) {
                return whole;
            }
            try (whole) {
                return whole.ofLayers(layers.get());
            }
        }
    }

    static void run(String nameOrDirectory, Part part, Path out, boolean bytes, Output output) throws IOException {
        Path graph = out.resolve("onnx").resolve("model.onnx");
        boolean elsewhere = !Files.exists(Path.of(nameOrDirectory))
                || !Files.exists(out)
                || !Files.isSameFile(Path.of(nameOrDirectory), out);
        if (bytes) {
            refuseBytes(nameOrDirectory, elsewhere);
        }
        part.option().ifPresent(option -> refusePart(option, nameOrDirectory, elsewhere));
        LearnedFrom learned = LearnedFrom.of(nameOrDirectory);
        AtomicFiles.createFolder(out.resolve("onnx"));
        OnnxAgreement agreement = PictureJudging.isModel(nameOrDirectory)
                ? pictures(Path.of(nameOrDirectory), out, elsewhere)
                : isScorer(nameOrDirectory)
                        ? scorer(open(nameOrDirectory), out, elsewhere)
                        : texts(nameOrDirectory, part, out, elsewhere, bytes);
        if (elsewhere) {
            learned.write(out);
        }
        output.note((bytes ? "The graph of bytes is near: " : "ONNX Runtime agrees: ") + agreement.words());
        // A model with experts has a graph for each domain instead.
        output.say(String.valueOf(Files.exists(graph) ? graph : graph.getParent()));
    }

    /** A graph beside the weights stands for them, and what reads it should not get other vectors all of a sudden. */
    private static void refuseBytes(String nameOrDirectory, boolean elsewhere) {
        if (isScorer(nameOrDirectory) || PictureJudging.isModel(nameOrDirectory)) {
            throw ChiaroException.usage("--precision int8: expected a model that embeds texts. Leave it out.");
        }
        if (!elsewhere) {
            throw ChiaroException.usage("--precision int8: expected another folder than the model's, whose graph serves"
                    + " the same vectors as its weights. Name another by --out.");
        }
    }

    private static boolean isScorer(String nameOrDirectory) {
        return Models.isCrossEncoder(nameOrDirectory)
                || Models.isLateInteraction(nameOrDirectory)
                || Models.isSparse(nameOrDirectory);
    }

    private static void refusePart(String option, String nameOrDirectory, boolean elsewhere) {
        if (isScorer(nameOrDirectory) || PictureJudging.isModel(nameOrDirectory)) {
            throw ChiaroException.usage(option + ": expected a model that embeds texts. Leave it out.");
        }
        if (!elsewhere) {
            throw ChiaroException.usage(option
                    + ": expected another folder than the model's, which holds all of it. Name another by --out.");
        }
    }

    private static OnnxParity texts(String nameOrDirectory, Part part, Path out, boolean elsewhere, boolean bytes) {
        try (TextModel model = part.of(TextModel.load(nameOrDirectory, 0))) {
            if (elsewhere) {
                model.save(out, ModelCard.of("chiaro " + Version.number()));
                // It codes the vectors of the whole model, and no others.
                SparseCode.remove(out);
                if (part.isWhole() && SparseCode.isBeside(Path.of(nameOrDirectory))) {
                    SparseCode.open(Path.of(nameOrDirectory)).write(out);
                }
            }
            return bytes ? model.exportBytes(out) : model.export(out);
        } catch (IllegalArgumentException e) {
            throw ChiaroException.of(ChiaroException.Kind.MODEL, nameOrDirectory + ": " + e.getMessage(), e);
        }
    }

    private static TextScorer open(String directory) {
        if (Models.isCrossEncoder(directory)) {
            return CrossEncoder.load(directory, 0);
        }
        return Models.isSparse(directory)
                ? SparseEncoder.load(directory, 0, Optional.empty())
                : LateInteraction.load(directory, 0, LateInteraction.Wishes.NONE);
    }

    private static OnnxAgreement scorer(TextScorer model, Path out, boolean elsewhere) {
        try (model) {
            if (elsewhere) {
                model.save(out, ModelCard.of("chiaro " + Version.number()));
            }
            return model.export(out);
        }
    }

    private static OnnxParity pictures(Path directory, Path out, boolean elsewhere) {
        try (PictureModel model = PictureModel.load(directory)) {
            if (elsewhere) {
                model.save(out);
            }
            return model.export(out);
        }
    }
}
