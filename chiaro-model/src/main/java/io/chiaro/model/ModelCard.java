package io.chiaro.model;

import io.chiaro.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a person must know before using a model: the README.md of its directory, with the YAML head that model hubs read.
 *
 * @param baseModel the model that training began from, if any
 * @param data the training data, a line for each set
 * @param objective what training optimised, in words
 * @param results figures with their protocol
 * @param language the language of the texts as an ISO 639-1 code, if one
 * @param licence the SPDX identifier of the weights' licence, in lower case as hubs want it, if known
 * @param library what trained the model, with its version
 */
public record ModelCard(
        Optional<String> baseModel,
        List<String> data,
        Optional<String> objective,
        List<Result> results,
        Optional<String> language,
        Optional<String> licence,
        String library) {

    /**
     * One figure.
     *
     * @param task what was done, on which data and split
     * @param metric the metric's key, such as {@code ndcg@10}
     * @param base the base model's figure, NaN if it was not measured
     * @param value this model's figure
     * @param protocol seeds, limits and prompts under which both were measured
     */
    public record Result(String task, String metric, double base, double value, String protocol) {}

    public ModelCard {
        data = List.copyOf(data);
        results = List.copyOf(results);
    }

    /** A card that only says which library saved the model. */
    public static ModelCard of(String library) {
        return new ModelCard(
                Optional.empty(), List.of(), Optional.empty(), List.of(), Optional.empty(), Optional.empty(), library);
    }

    /** The card of a model as Markdown. */
    public String markdown(ModelSpecification model) {
        List<String> lines = new ArrayList<>();
        head(lines, "sentence-similarity", List.of("feature-extraction", "sentence-similarity"));
        lines.add("# " + oneLine(model.name()));
        lines.add("");
        lines.add("Maps a text of up to " + model.maxTokens() + " tokens to a vector of " + model.dimension()
                + " numbers, to be compared by " + lower(model.similarity()) + " similarity.");
        lines.add("");
        lines.add("| property | value |");
        lines.add("|---|---|");
        baseModel.ifPresent(base -> row(lines, "base model", base));
        row(
                lines,
                "layers, width",
                model.config().layers() + ", " + model.config().hiddenSize());
        row(
                lines,
                "pooling",
                String.join(
                        " + ", model.poolings().stream().map(ModelCard::lower).toList()));
        row(lines, "vectors of length one", model.normalized() ? "yes" : "no");
        for (TextRole role : TextRole.values()) {
            if (!model.prompts().of(role).isEmpty()) {
                row(lines, "prompt, " + lower(role), "`" + model.prompts().of(role) + "`");
            }
        }
        objective.ifPresent(text -> row(lines, "objective", text));
        row(lines, "trained with", library);
        lines.add("");
        trainingData(lines);
        results(lines);
        lines.add("## Use from Python");
        lines.add("");
        lines.add("```python");
        lines.add("from sentence_transformers import SentenceTransformer");
        lines.add("");
        lines.add("model = SentenceTransformer(\"path/to/this/directory\")");
        lines.add("vectors = model.encode([\"a text\", \"another text\"])");
        lines.add("```");
        return String.join("\n", lines) + "\n";
    }

    /** The card of a cross-encoder as Markdown. */
    public String markdown(CrossEncoderSpecification model) {
        List<String> lines = new ArrayList<>();
        boolean classifies = model.classifies();
        head(
                lines,
                classifies ? "text-classification" : "text-ranking",
                List.of("cross-encoder", classifies ? "pair-classifier" : "reranker"));
        lines.add("# " + oneLine(model.name()));
        lines.add("");
        lines.add(
                classifies
                        ? "Sorts pairs of texts into the classes "
                                + oneLine(String.join(", ", model.classes())) + "; both together have up to "
                                + model.maxTokens() + " tokens."
                        : "Scores how well a text answers a query; both together have up to " + model.maxTokens()
                                + " tokens.");
        lines.add("");
        lines.add("| property | value |");
        lines.add("|---|---|");
        baseModel.ifPresent(base -> row(lines, "base model", base));
        row(
                lines,
                "layers, width",
                model.config().layers() + ", " + model.config().hiddenSize());
        row(lines, "activation", lower(model.activation()));
        objective.ifPresent(text -> row(lines, "objective", text));
        row(lines, "trained with", library);
        lines.add("");
        trainingData(lines);
        results(lines);
        lines.add("## Use from Python");
        lines.add("");
        lines.add("```python");
        lines.add("from sentence_transformers import CrossEncoder");
        lines.add("");
        lines.add("model = CrossEncoder(\"path/to/this/directory\")");
        lines.add(
                classifies
                        ? "logits = model.predict([(\"a text\", \"another text\")])  # a number for each class"
                        : "scores = model.predict([(\"a query\", \"a text\"), (\"a query\", \"another text\")])");
        lines.add("```");
        return String.join("\n", lines) + "\n";
    }

    /** The card of a late-interaction model as Markdown. */
    public String markdown(LateInteractionSpecification model) {
        List<String> lines = new ArrayList<>();
        head(lines, "sentence-similarity", List.of("ColBERT", "late-interaction"));
        lines.add("# " + oneLine(model.name()));
        lines.add("");
        lines.add("Makes a vector of " + model.dimension()
                + " numbers of every token and scores a document by the sum of the largest cosine of each token of the query"
                + " (MaxSim). Queries have up to " + model.query().maxTokens() + " tokens, documents up to "
                + model.document().maxTokens() + ".");
        lines.add("");
        lines.add("| property | value |");
        lines.add("|---|---|");
        baseModel.ifPresent(base -> row(lines, "base model", base));
        row(
                lines,
                "layers, width",
                model.config().layers() + ", " + model.config().hiddenSize());
        row(lines, "queries filled up with masks", model.expandsQueries() ? "yes" : "no");
        objective.ifPresent(text -> row(lines, "objective", text));
        row(lines, "trained with", library);
        lines.add("");
        trainingData(lines);
        results(lines);
        lines.add("## Use from Python");
        lines.add("");
        lines.add("```python");
        lines.add("from sentence_transformers import MultiVectorEncoder");
        lines.add("");
        lines.add("model = MultiVectorEncoder(\"path/to/this/directory\")");
        lines.add("scores = model.similarity(model.encode_query([\"a query\"]), model.encode_document([\"a text\"]))");
        lines.add("```");
        return String.join("\n", lines) + "\n";
    }

    /** The card of a sparse encoder as Markdown. */
    public String markdown(SparseSpecification model) {
        List<String> lines = new ArrayList<>();
        head(lines, "feature-extraction", List.of("sparse-encoder", "splade"));
        lines.add("# " + oneLine(model.name()));
        lines.add("");
        lines.add("Maps a text of up to " + model.maxTokens() + " tokens to a weight for each of the "
                + model.config().vocabularySize()
                + " tokens of its vocabulary, most of them zero; texts are compared by the"
                + " product of their weights.");
        lines.add("");
        lines.add("| property | value |");
        lines.add("|---|---|");
        baseModel.ifPresent(base -> row(lines, "base model", base));
        row(
                lines,
                "layers, width",
                model.config().layers() + ", " + model.config().hiddenSize());
        objective.ifPresent(text -> row(lines, "objective", text));
        row(lines, "trained with", library);
        lines.add("");
        trainingData(lines);
        results(lines);
        lines.add("## Use from Python");
        lines.add("");
        lines.add("```python");
        lines.add("from sentence_transformers import SparseEncoder");
        lines.add("");
        lines.add("model = SparseEncoder(\"path/to/this/directory\")");
        lines.add("weights = model.decode(model.encode([\"a text\"])[0])");
        lines.add("```");
        return String.join("\n", lines) + "\n";
    }

    private void trainingData(List<String> lines) {
        if (!data.isEmpty()) {
            lines.add("## Training data");
            lines.add("");
            data.forEach(set -> lines.add("- " + oneLine(set)));
            lines.add("");
        }
    }

    private void head(List<String> lines, String task, List<String> tags) {
        lines.add("---");
        lines.add("library_name: sentence-transformers");
        lines.add("pipeline_tag: " + task);
        lines.add("tags:");
        lines.add("- sentence-transformers");
        tags.forEach(tag -> lines.add("- " + tag));
        lines.add("- chiaro");
        // A JSON string is a YAML string, whatever it holds.
        language.ifPresent(code -> lines.add("language: " + Json.line(code)));
        licence.ifPresent(name -> lines.add("license: " + Json.line(name)));
        baseModel.ifPresent(base -> lines.add("base_model: " + Json.line(base)));
        lines.add("---");
        lines.add("");
    }

    private void results(List<String> lines) {
        if (results.isEmpty()) {
            return;
        }
        lines.add("## Results");
        lines.add("");
        lines.add("| task | metric | base | this model | protocol |");
        lines.add("|---|---|---:|---:|---|");
        for (Result result : results) {
            lines.add("| " + cell(result.task()) + " | " + cell(result.metric()) + " | " + figure(result.base()) + " | "
                    + figure(result.value()) + " | " + cell(result.protocol()) + " |");
        }
        lines.add("");
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static String lower(Enum<?> constant) {
        return Json.kebab(constant.name());
    }

    private static void row(List<String> lines, String name, String value) {
        lines.add("| " + name + " | " + cell(value) + " |");
    }

    private static String cell(String text) {
        return oneLine(text).replace("|", "\\|");
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }
}
