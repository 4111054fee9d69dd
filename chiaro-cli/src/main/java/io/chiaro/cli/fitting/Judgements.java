package io.chiaro.cli.fitting;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Report;
import io.chiaro.model.ModelCard;
import io.chiaro.train.Validation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;

/**
 * All that is judged during a run, whatever it trains.
 *
 * @param list in the order in which they were told
 */
record Judgements(List<Fitting.Judgement> list) {

    static Judgements of(RunFile run) {
        Judgements all = new Judgements(run.eval().stream()
                .map(told -> Fitting.Judgement.of(told.task(), told.path()))
                .toList());
        Set<String> names = new HashSet<>();
        for (Fitting.Judgement judgement : all.list) {
            if (!names.add(all.name(judgement))) {
                throw ChiaroException.usage("--eval: expected data of different names for one task, but found "
                        + judgement.path() + " and another of that name. Rename a file or folder.");
            }
        }
        return all;
    }

    /** Where something is judged and no metric was named, the best model is kept by the first task's main metric. */
    RunFile withBestMetric(RunFile run) {
        if (run.bestMetric().isPresent() || list.isEmpty()) {
            return run;
        }
        Fitting.Judgement first = list.get(0);
        return run.with("run", Map.of("best-metric", key(first, first.task().mainMetric())));
    }

    /** A metric's key, with its task in front where several are judged, and the data's name where one task has several. */
    private String key(Fitting.Judgement judgement, String metric) {
        return list.size() == 1 ? metric : name(judgement) + "/" + metric;
    }

    private String name(Fitting.Judgement judgement) {
        String task = judgement.task().key();
        boolean alone =
                list.stream().filter(other -> other.task() == judgement.task()).count() == 1;
        return alone ? task : task + ":" + judgement.path().getFileName() + "@" + judgement.split();
    }

    /** Judges a model as it stands. */
    Validation validation(Function<Fitting.Judgement, Report> judge) {
        if (list.isEmpty()) {
            return Validation.none();
        }
        Set<String> keys = new LinkedHashSet<>();
        list.forEach(judgement -> judgement.task().metrics().forEach(metric -> keys.add(key(judgement, metric))));
        return new Validation() {
            @Override
            public Set<String> metrics() {
                return keys;
            }

            @Override
            public Map<String, Double> judge() {
                Map<String, Double> metrics = new LinkedHashMap<>();
                for (Fitting.Judgement judgement : list) {
                    judge.apply(judgement)
                            .metrics()
                            .forEach((metric, value) -> metrics.put(key(judgement, metric), value));
                }
                return metrics;
            }
        };
    }

    /** The figures of the finished model for its card, each beside the base model's. */
    List<ModelCard.Result> results(
            RunFile run,
            Function<Fitting.Judgement, Report> judge,
            ToDoubleBiFunction<Fitting.Judgement, String> base) {
        List<ModelCard.Result> results = new ArrayList<>();
        for (Fitting.Judgement judgement : list) {
            Report report = judge.apply(judgement);
            String metric = judgement.task().mainMetric();
            String task = judgement.task().key() + " " + judgement.path() + " " + judgement.split();
            results.add(new ModelCard.Result(
                    task, metric, base.applyAsDouble(judgement, metric), report.metric(metric), "seed " + run.seed()));
        }
        return results;
    }
}
