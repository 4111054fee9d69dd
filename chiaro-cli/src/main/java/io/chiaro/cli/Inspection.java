package io.chiaro.cli;

import io.chiaro.cli.comparison.HeldOut;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.inspection.Diagnosing;
import io.chiaro.cli.inspection.EmbeddedItems;
import io.chiaro.cli.inspection.Findings;
import io.chiaro.cli.inspection.OpenedModel;
import io.chiaro.cli.inspection.OpenedPictureModel;
import io.chiaro.cli.inspection.OpenedTextModel;
import io.chiaro.cli.inspection.PictureItems;
import io.chiaro.cli.inspection.RerankerFigures;
import io.chiaro.cli.inspection.TextItems;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.judging.PictureJudging;
import io.chiaro.cli.opening.Models;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.Names;
import io.chiaro.core.RunFile;
import io.chiaro.data.Roles;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.Embedder;
import io.chiaro.model.EncoderDirectory;
import io.chiaro.model.ModelDirectory;
import io.chiaro.onnx.EmbeddedModel;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.search.TextIndex;
import io.chiaro.search.vector.SearchEngine;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.text.CrossEncoder;
import io.chiaro.text.RerankerUpdates;
import io.chiaro.text.TextModel;
import io.chiaro.vision.PictureModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says what a model or an index is, and what embeddings look like. */
final class Inspection {

    private static final int ROWS = 1_000;
    private static final int MOST_ROWS = 4_000;
    private static final int LISTS = 100;
    private static final double TEMPERATURE = 0.05;

    private Inspection() {}

    /** Says it, and returns it as one document. */
    static Object run(Output output, InspectCommand told) throws IOException {
        List<Path> views = new ArrayList<>(told.views);
        String subject = told.subject;
        if (subject != null && subject.endsWith(".npy")) {
            views.add(0, Path.of(subject));
            subject = null;
        }
        check(told, subject, views);
        if (!views.isEmpty()) {
            return arrays(output, told, views);
        }
        String model = String.valueOf(subject);
        Map<String, Object> document = description(model);
        if (told.data == null) {
            output.say(Json.text(document).stripTrailing());
            return document;
        }
        if (document.containsKey("index")) {
            throw ChiaroException.usage("--data: expected a model to embed the texts, but \"" + model
                    + "\" is an index. Name the model that filled it.");
        }
        boolean pictures = PictureJudging.isModel(model);
        refuse("--augmentation", told.augmentation != null && !pictures, "a model of pictures");
        if (Models.isCrossEncoder(model) || !told.losses.isEmpty()) {
            return lists(output, told, model, told.data, document);
        }
        if (pictures) {
            return pictures(output, told, model, told.data, document);
        }
        return texts(output, told, model, told.data, document);
    }

    private static void check(InspectCommand told, @Nullable String subject, List<Path> views) {
        if (subject == null && views.isEmpty()) {
            throw ChiaroException.usage(
                    "inspect: expected a model, an index, an .npy file or --views, but found nothing.");
        }
        if (subject != null && !views.isEmpty()) {
            throw ChiaroException.usage("--views: expected no model beside vectors of your own, but found \"" + subject
                    + "\". Leave one of them out.");
        }
        if (told.rows != null && (told.rows < 2 || told.rows > MOST_ROWS)) {
            throw ChiaroException.usage("--rows: expected from 2 to " + MOST_ROWS
                    + ", since all pairs of items are compared," + " but found " + told.rows + ".");
        }
        if (told.temperature != null && !(told.temperature > 0 && Double.isFinite(told.temperature))) {
            throw ChiaroException.usage(
                    "--temperature: expected a number above 0, but found " + told.temperature + ".");
        }
        refuse("--predictor", told.predictor != null && views.isEmpty(), "--views, which hold its inputs");
        refuse("--labels", !told.labels.isEmpty() && views.isEmpty(), "--views; labels of texts have the role label");
        refuse("--data", told.data != null && !views.isEmpty(), "a model");
        refuse("--roles", told.roles != null && told.data == null, "--data");
        refuse("--losses", !told.losses.isEmpty() && told.data == null, "a model and --data");
        refuse("--augmentation", told.augmentation != null && told.data == null, "a model of pictures and --data");
        boolean looked = told.data != null || !views.isEmpty();
        refuse("--seen", !told.seen.isEmpty() && !looked, "--data or --views");
        refuse("--other", told.other != null && !looked, "--data or --views");
        refuse("--rows", told.rows != null && !looked, "--data or --views");
        refuse("--temperature", told.temperature != null && !looked, "--data or --views");
        refuse("--out", told.out != null && !looked, "--data or --views");
        int seenFiles = views.isEmpty() ? 1 : 2;
        if (!told.seen.isEmpty() && told.seen.size() != seenFiles) {
            throw ChiaroException.usage("--seen: expected " + (seenFiles == 1 ? "one file of pairs" : "two .npy files")
                    + ", but found " + told.seen.size() + ".");
        }
    }

    private static void refuse(String option, boolean wrong, String beside) {
        if (wrong) {
            throw ChiaroException.usage(option + ": expected beside " + beside + ".");
        }
    }

    private static double temperature(InspectCommand told) {
        return told.temperature == null ? TEMPERATURE : told.temperature;
    }

    private static int rows(InspectCommand told) {
        return told.rows == null ? ROWS : told.rows;
    }

    /** Looks at arrays. */
    private static Object arrays(Output output, InspectCommand told, List<Path> views) {
        EmbeddedItems all = EmbeddedItems.read(views, told.labels);
        int[] places = EmbeddedItems.sample(all.size(), rows(told), told.seed);
        EmbeddedItems items = all.at(places);
        Diagnosing diagnosing = Diagnosing.of(items, temperature(told), told.seed);
        if (told.other != null) {
            float[][] other = EmbeddedItems.vectors(Path.of(told.other));
            if (other.length != all.size()) {
                throw ChiaroException.data(told.other + ": expected the " + all.size()
                        + " items of the first view, but found " + other.length + ".");
            }
            diagnosing.beside(EmbeddedItems.rows(other, places), told.other);
        }
        if (!told.seen.isEmpty()) {
            requirePaired(items, "two views");
            EmbeddedItems seen = EmbeddedItems.read(told.seen, List.of());
            diagnosing.learnedFrom(seen.at(EmbeddedItems.sample(seen.size(), rows(told), told.seed)));
        }
        if (told.predictor != null) {
            diagnosing.predictedBy(predictor(told.predictor, items.first()[0].length));
        }
        Map<String, Object> protocol = new LinkedHashMap<>();
        protocol.put("views", join(views));
        protocol.put("labels", join(told.labels));
        protocol.put("items", items.size());
        protocol.put("of", all.size());
        protocol.put("dimension", items.first()[0].length);
        return report(
                output,
                told,
                diagnosing.findings("vectors have no layers and no weights"),
                new LinkedHashMap<>(Map.of("kind", "vectors")),
                protocol,
                join(views));
    }

    private static float[][] predictor(Path file, int width) {
        float[][] matrix = EmbeddedItems.vectors(file);
        if (matrix.length != width || matrix[0].length != width) {
            throw ChiaroException.data(file + ": expected a predictor [" + width + ", " + width + "] of views of width "
                    + width + ", but found [" + matrix.length + ", " + matrix[0].length + "].");
        }
        return matrix;
    }

    private static String join(List<Path> files) {
        return files.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    /** Looks at texts of a file through a model. */
    private static Object texts(
            Output output, InspectCommand told, String model, Path given, Map<String, Object> document) {
        Path data = Judging.located(given);
        Roles roles = HeldOut.roles(data, told.roles);
        TextItems texts = TextItems.read(data, roles, rows(told), told.seed);
        Map<String, Object> protocol = new LinkedHashMap<>();
        protocol.put("data", data.toString());
        protocol.put("shape", texts.shape());
        protocol.put("items", texts.anchors().size());
        protocol.put("of", texts.usable());
        Diagnosing diagnosing;
        try (Embedder embedder = Models.open(model, told.computeThreads())) {
            output.note("embedding " + texts.anchors().size() + " of " + texts.usable() + " rows");
            EmbeddedItems items = texts.embedded(embedder);
            protocol.put("model", embedder.description().name());
            protocol.put("model-hash", embedder.description().hash());
            protocol.put("dimension", items.first()[0].length);
            diagnosing = Diagnosing.of(items, temperature(told), told.seed);
            if (!told.seen.isEmpty()) {
                learned(told, roles, items, embedder, diagnosing);
                protocol.put("seen", join(told.seen));
            }
        }
        if (told.other != null) {
            diagnosing.beside(other(told.other, texts, told.computeThreads()), told.other);
        }
        String closed = whyClosed(model);
        if (closed == null) {
            output.note("looking into the layers");
            NativeRuntime.threads(told.computeThreads());
            try (OpenedModel opened = new OpenedTextModel(TextModel.load(model, 0), texts)) {
                diagnosing.inside(opened);
            }
        }
        return report(output, told, diagnosing.findings(closed), document, protocol, model);
    }

    /** Looks at pictures of a file through a model. */
    private static Object pictures(
            Output output, InspectCommand told, String model, Path given, Map<String, Object> document) {
        refuse("--roles", told.roles != null, "texts");
        Path data = Judging.located(given);
        PictureItems pictures = PictureItems.read(data, rows(told), told.seed, told.augmentation);
        int count = pictures.pictures().count();
        Map<String, Object> protocol = new LinkedHashMap<>();
        protocol.put("data", data.toString());
        protocol.put("items", count);
        protocol.put("of", pictures.usable());
        protocol.put("augmentation", pictures.augmentation().name());
        NativeRuntime.threads(told.computeThreads());
        Diagnosing diagnosing;
        try (PictureModel opened = PictureModel.load(Path.of(model))) {
            output.note("embedding " + count + " of " + pictures.usable() + " pictures"
                    + (pictures.paired() ? " and two views of each" : ""));
            EmbeddedItems items = pictures.embedded(opened);
            protocol.put("model", opened.encoder().config().name());
            protocol.put("model-hash", opened.hash());
            protocol.put("dimension", opened.encoder().dimension());
            diagnosing = Diagnosing.of(items, temperature(told), told.seed);
            if (!told.seen.isEmpty()) {
                requirePaired(items, "an augmentation that makes views");
                diagnosing.learnedFrom(
                        PictureItems.read(Judging.located(told.seen.get(0)), rows(told), told.seed, told.augmentation)
                                .embedded(opened));
                protocol.put("seen", join(told.seen));
            }
            output.note("looking into the stages");
            diagnosing.inside(new OpenedPictureModel(opened, pictures));
        }
        if (told.other != null) {
            diagnosing.beside(other(told.other, pictures), told.other);
        }
        return report(output, told, diagnosing.findings(null), document, protocol, model);
    }

    /** What was learned from is compared with pairs. */
    private static void requirePaired(EmbeddedItems items, String pairs) {
        if (!items.paired()) {
            throw ChiaroException.usage("--seen: expected " + pairs + " to compare with, but found items alone.");
        }
    }

    /** Looks at what losses would do with a reranker. */
    private static Object lists(
            Output output, InspectCommand told, String model, Path given, Map<String, Object> document)
            throws IOException {
        refuse("--seen", !told.seen.isEmpty(), "a model of embeddings");
        refuse("--other", told.other != null, "a model of embeddings");
        refuse("--temperature", told.temperature != null, "a model of embeddings");
        Path data = Judging.located(given);
        RunFile run = RunFile.defaults()
                .with(
                        "inspect",
                        Map.of(
                                "data",
                                List.of(Map.of("path", data.toString(), "roles", FitCommand.rolesByName(told.roles))),
                                "seed",
                                told.seed));
        List<String> losses = told.losses.isEmpty() ? List.of("pointwise", "contrastive") : told.losses;
        NativeRuntime.threads(told.computeThreads());
        Path folder = Files.createTempDirectory("chiaro-lists-");
        Map<String, Object> protocol = new LinkedHashMap<>();
        protocol.put("data", data.toString());
        RerankerUpdates updates;
        try (CrossEncoder opened = CrossEncoder.load(model, told.seed)) {
            protocol.put("model-hash", opened.hash());
            protocol.put("head", Models.isCrossEncoder(model) ? "learned" : "new");
            output.note("looking at up to " + lists(told) + " lists by " + losses.size() + " losses");
            updates = RerankerUpdates.of(opened, run, losses, lists(told), folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        protocol.put("lists", updates.lists());
        protocol.put("seed", told.seed);
        return written(
                output, told, RerankerFigures.of(updates), document, protocol, model, updates.lists() + " lists");
    }

    private static int lists(InspectCommand told) {
        return told.rows == null ? LISTS : told.rows;
    }

    private static void learned(
            InspectCommand told, Roles roles, EmbeddedItems items, Embedder embedder, Diagnosing diagnosing) {
        Path file = Judging.located(told.seen.get(0));
        requirePaired(items, "pairs in --data");
        diagnosing.learnedFrom(
                TextItems.read(file, roles, rows(told), told.seed).embedded(embedder));
    }

    /** The same texts by another model, or vectors that are already made. */
    private static float[][] other(String name, TextItems texts, int threads) {
        if (name.endsWith(".npy")) {
            return made(name, texts.anchors().size(), texts.usable());
        }
        try (Embedder embedder = Models.open(name, threads)) {
            return embedder.embed(texts.anchors(), texts.role());
        }
    }

    /** The same pictures by another model, or vectors that are already made. */
    private static float[][] other(String name, PictureItems pictures) {
        if (name.endsWith(".npy")) {
            return made(name, pictures.pictures().count(), pictures.usable());
        }
        try (PictureModel model = PictureModel.load(Path.of(name))) {
            return model.embed(pictures.pictures());
        }
    }

    private static float[][] made(String name, int items, long usable) {
        float[][] vectors = EmbeddedItems.vectors(Path.of(name));
        if (vectors.length != items || usable != vectors.length) {
            throw ChiaroException.data(name + ": expected a row for each of the " + usable
                    + " usable rows of the data, all of them looked at, but found " + vectors.length + " rows for "
                    + items + " items. Raise --rows, or name a model.");
        }
        return vectors;
    }

    /** Why a model's layers cannot be looked at, or null if they can. */
    private static @Nullable String whyClosed(String model) {
        if (EmbeddedModels.lookup(model).isEmpty()
                && ModelDirectory.open(Path.of(model)).weights().isEmpty()) {
            return "the folder holds no safetensors weights";
        }
        return null;
    }

    private static Object report(
            Output output,
            InspectCommand told,
            Findings findings,
            Map<String, Object> document,
            Map<String, Object> protocol,
            String name) {
        protocol.put("temperature", temperature(told));
        protocol.put("seed", told.seed);
        String of = protocol.get("items") + " of " + protocol.get("of") + " items";
        return written(output, told, findings, document, protocol, name, of);
    }

    private static Object written(
            Output output,
            InspectCommand told,
            Findings findings,
            Map<String, Object> document,
            Map<String, Object> protocol,
            String name,
            String of) {
        document.putAll(findings.document());
        document.put("protocol", protocol);
        output.say(findings.table().stripTrailing());
        if (told.out != null) {
            Map<String, String> lines = new LinkedHashMap<>();
            protocol.forEach((key, value) -> lines.put(key, String.valueOf(value)));
            findings.write(told.out, "Inside " + name, of, lines);
            output.note("wrote " + told.out);
        }
        return document;
    }

    private static Map<String, Object> description(String subject) throws IOException {
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
                if (index.description().engine() == SearchEngine.JVECTOR) {
                    document.put("graphs", index.graphs());
                }
            }
        } else if (PictureJudging.isModel(subject)) {
            try (PictureModel model = PictureModel.load(Path.of(subject))) {
                document.put("kind", "picture model");
                document.put("path", Path.of(subject).toAbsolutePath());
                document.put("hash", model.hash());
                document.put("encoder", model.encoder().config());
                model.encoder().border().ifPresent(border -> document.put("border", border));
            }
        } else if (Files.isDirectory(Path.of(subject))) {
            boolean scores = Models.isCrossEncoder(subject);
            EncoderDirectory<?> directory =
                    scores ? CrossEncoderDirectory.open(Path.of(subject)) : ModelDirectory.open(Path.of(subject));
            document.put("kind", scores ? "cross-encoder" : "model directory");
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
