package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Version;
import io.chiaro.cli.fitting.Fitting;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.LearnedFrom;
import io.chiaro.model.ModelCard;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.text.ModelSoup;
import io.chiaro.text.TextModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Merges models, judges what came out where asked, and writes it. */
final class Merging {

    private Merging() {}

    /** Merges, says the shares and figures, and returns them as a document. */
    static Object run(
            Output output,
            List<String> models,
            Path out,
            String form,
            List<Double> weights,
            @Nullable String base,
            @Nullable String evaluation,
            long seed) {
        if (!weights.isEmpty() && !form.equals("uniform")) {
            throw needless("--weights", form, "uniform");
        }
        if (base != null && !form.equals("delta")) {
            throw needless("--base", form, "delta");
        }
        if (Files.exists(out.resolve("config.json"))) {
            throw ChiaroException.usage(
                    out + ": expected a folder without a model, but found config.json. Give another --out.");
        }
        Optional<Fitting.Judgement> judged = Optional.ofNullable(evaluation).map(Merging::judgement);
        ModelSoup.Soup soup = switch (form) {
            case "greedy" -> {
                Fitting.Judgement judgement = judged.orElseThrow(() -> ChiaroException.usage(
                        "--form greedy: expected --eval TASK:PATH to judge by, but found none. Give it."));
                yield ModelSoup.greedy(models, model -> figure(judgement, model, seed));
            }
            case "delta" -> {
                if (base == null) {
                    throw ChiaroException.usage("--form delta: expected --base, the model from which the others"
                            + " were trained, but found none. Give it.");
                }
                yield ModelSoup.deltaGuided(base, models);
            }
            default -> weights.isEmpty() ? ModelSoup.uniform(models) : ModelSoup.mixed(models, weights);
        };
        try (TextModel merged = soup.model()) {
            List<Double> figures = figures(soup, models, judged, seed);
            Optional<Double> own = judged.map(judgement -> figure(judgement, merged, seed));
            AtomicFiles.createFolder(out.resolve("onnx"));
            learned(models, base).write(out);
            merged.save(out, card(soup, models, form, base, judged, own, figures, seed));
            OnnxParity parity = merged.export(out);
            output.note("ONNX export agrees with the model: lowest cosine of " + parity.items() + " texts "
                    + parity.minimumCosine());
            for (int k = 0; k < models.size(); k++) {
                output.say("share " + text(soup.shares().get(k))
                        + (figures.isEmpty() ? "" : ", figure " + text(figures.get(k))) + ", " + models.get(k));
            }
            own.ifPresent(figure -> output.say("merged figure " + text(figure)));
            output.say("model " + out);
            return document(soup, models, form, figures, own, parity, out);
        }
    }

    /** A greedy soup counts also those that it left out: it was chosen by them. */
    private static LearnedFrom learned(List<String> models, @Nullable String base) {
        LearnedFrom all = base == null ? LearnedFrom.NOTHING : LearnedFrom.of(base);
        for (String model : models) {
            all = all.and(LearnedFrom.of(model));
        }
        return all;
    }

    private static ChiaroException needless(String option, String form, String other) {
        return ChiaroException.usage(option + ": has no effect with --form " + form + ", and nothing is ignored"
                + " silently. Leave it out, or take --form " + other + ".");
    }

    private static Fitting.Judgement judgement(String written) {
        Map<String, String> told = FitCommand.evaluation(written);
        return Fitting.Judgement.of(told.getOrDefault("task", ""), told.getOrDefault("path", ""));
    }

    private static double figure(Fitting.Judgement judgement, TextModel model, long seed) {
        return judgement.judge(model, seed).metric(judgement.task().mainMetric());
    }

    private static List<Double> figures(
            ModelSoup.Soup soup, List<String> models, Optional<Fitting.Judgement> judged, long seed) {
        if (judged.isEmpty() || !soup.figures().isEmpty()) {
            return soup.figures();
        }
        List<Double> figures = new ArrayList<>();
        for (String name : models) {
            try (TextModel model = TextModel.load(name, seed)) {
                figures.add(figure(judged.get(), model, seed));
            }
        }
        return figures;
    }

    private static ModelCard card(
            ModelSoup.Soup soup,
            List<String> models,
            String form,
            @Nullable String base,
            Optional<Fitting.Judgement> judged,
            Optional<Double> own,
            List<Double> figures,
            long seed) {
        List<String> parts = new ArrayList<>();
        for (int k = 0; k < models.size(); k++) {
            parts.add(text(soup.shares().get(k)) + " " + models.get(k));
        }
        List<ModelCard.Result> results = new ArrayList<>();
        judged.ifPresent(judgement -> results.add(new ModelCard.Result(
                judgement.task().key() + " " + judgement.path() + " " + judgement.split(),
                judgement.task().mainMetric(),
                Double.NaN,
                own.orElse(Double.NaN),
                "seed " + seed + "; the merged models have "
                        + String.join(", ", figures.stream().map(Merging::text).toList()))));
        return new ModelCard(
                Optional.ofNullable(base),
                List.of(),
                Optional.of("no training: " + form + " soup of " + String.join(" + ", parts)),
                results,
                Optional.empty(),
                Optional.empty(),
                "chiaro " + Version.number());
    }

    private static Map<String, Object> document(
            ModelSoup.Soup soup,
            List<String> models,
            String form,
            List<Double> figures,
            Optional<Double> own,
            OnnxParity parity,
            Path out) {
        List<Map<String, Object>> ingredients = new ArrayList<>();
        for (int k = 0; k < models.size(); k++) {
            Map<String, Object> ingredient = new LinkedHashMap<>();
            ingredient.put("model", models.get(k));
            ingredient.put("share", soup.shares().get(k));
            if (!figures.isEmpty()) {
                ingredient.put("figure", figures.get(k));
            }
            ingredients.add(ingredient);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("form", form);
        document.put("models", ingredients);
        own.ifPresent(figure -> document.put("figure", figure));
        document.put("minimum-cosine", parity.minimumCosine());
        document.put("model", out.toString());
        return document;
    }

    private static String text(double number) {
        return String.format(Locale.ROOT, "%.4f", number);
    }
}
