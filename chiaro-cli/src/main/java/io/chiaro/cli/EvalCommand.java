package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.judging.BaselineJudge;
import io.chiaro.cli.judging.EmbedderJudge;
import io.chiaro.cli.judging.FirstStage;
import io.chiaro.cli.judging.IndexFinder;
import io.chiaro.cli.judging.Judge;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.judging.JudgingSettings;
import io.chiaro.cli.judging.LateInteractionJudge;
import io.chiaro.cli.judging.Leaks;
import io.chiaro.cli.judging.PairClassifierJudge;
import io.chiaro.cli.judging.PictureJudging;
import io.chiaro.cli.judging.RerankerJudge;
import io.chiaro.cli.judging.SparseJudge;
import io.chiaro.cli.judging.StagesJudge;
import io.chiaro.cli.judging.VectorWeight;
import io.chiaro.cli.opening.Models;
import io.chiaro.cli.searching.RerankOptions;
import io.chiaro.cli.searching.SearchBy;
import io.chiaro.cli.searching.SearchOptions;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Judges a model, a baseline or an index on a task. */
@Command(
        name = "eval",
        header = "Judge a model on a task.",
        description = {
            "Tasks: sts (scored pairs), retrieval (a BEIR folder: corpus.jsonl, queries.jsonl, qrels/), rerank, pairs"
                    + " (labelled pairs), triplets, classify and cluster (labelled texts). Prints the metrics with the"
                    + " protocol behind them. Retrieval metrics equal trec_eval's.",
            "A PATH that does not exist is looked for under the folder that CHIARO_DATA names."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro eval --model all-MiniLM-L6-v2 --task sts --data stsb",
            "  chiaro eval --model out/run/model --task retrieval --data scifact --json result.json",
            "  chiaro eval --baseline bm25 --task retrieval --data scifact --json -",
            "  chiaro eval --model out/run/model --task retrieval --data scifact --out errors.html",
            "  chiaro eval --model all-MiniLM-L6-v2 --hybrid scores --task retrieval --data scifact",
            "  chiaro eval --index out/scifact-index --by hybrid --task retrieval --data scifact",
            "  chiaro eval --model out/reranker/model --task rerank --data trec_qa",
            "  chiaro eval --model out/entailment/model --task classify --data sick --split test",
            "  chiaro eval --baseline bm25 --rerank out/reranker/model --task retrieval --data scifact",
            "  chiaro eval --model out/photos/model --task classify --data test.zip --train train.zip",
            "  chiaro eval --model out/photos/model --task classify --data test.zip --neighbours exponential"
        })
final class EvalCommand extends ReportingCommand {

    @ArgGroup(exclusive = true, multiplicity = "1")
    Judged judged = new Judged();

    @Option(
            names = "--task",
            paramLabel = "TASK",
            required = true,
            description = "sts, retrieval, rerank, pairs, triplets, classify or cluster.")
    String task = "";

    @Option(names = "--data", paramLabel = "PATH", required = true, description = "File or folder of the data.")
    Path data = Path.of("");

    @Option(
            names = "--columns",
            paramLabel = "NAME=COLUMN,...",
            split = ",",
            description =
                    "Which column holds what, where a table has names of its own: sentence1, sentence2, score; text1,"
                            + " text2, label; text, label; anchor, positive, negative; query, document, label.")
    Map<String, String> columns = new LinkedHashMap<>();

    @Option(
            names = "--train",
            paramLabel = "PATH",
            description = "For pictures: those that a probe is fitted on (default: a part of --data).")
    @Nullable
    Path train;

    @Option(
            names = "--neighbours",
            paramLabel = "VOTE",
            description =
                    "For classify: how neighbours vote. even,k=K: one vote each, by cosine; exponential,k=200,temperature=0.1:"
                            + " exp(cosine / temperature); inverse-distance,k=20: 1 / (distance + 1e-5), by euclidean"
                            + " distance (default: even,k=5; of pictures even,k=20).")
    @Nullable
    String neighbours;

    @Mixin
    ShorteningOptions shortening = new ShorteningOptions();

    @Option(names = "--split", paramLabel = "NAME", description = "Split of the data (default: test).")
    String split = "test";

    @Option(
            names = "--run",
            paramLabel = "FILE",
            description =
                    "For retrieval: write the rankings in TREC's form there, to lay systems side by side (chiaro versus), and the"
                            + " judgments in TREC's form to FILE.qrels.")
    @Nullable
    Path run;

    @Option(
            names = "--hybrid",
            paramLabel = "ranks|scores",
            description =
                    "For retrieval: judge the model together with BM25, by reciprocal ranks or calibrated scores.")
    @Nullable
    String hybrid;

    @Mixin
    SearchOptions asked = new SearchOptions();

    @Option(
            names = "--weight-by",
            paramLabel = "SPLIT",
            description =
                    "With --hybrid, --by hybrid or --rerank: choose the share of the model, or of the reranker, by the judged queries"
                            + " of another split, for example dev; of 0, 0.1, ..., 1 the one with the greatest nDCG@10.")
    @Nullable
    String weightBy;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "A page, .html. For pairs: the ROC curve, the scores of both kinds, and the errors furthest off. For"
                            + " retrieval: the queries that lost most, each with its first wrong hit and the right"
                            + " document that is missing.")
    @Nullable
    Path out;

    @Option(
            names = "--allow-leaks",
            description =
                    "Judge also on data of which it is known that the model learned from them, or from texts of theirs.")
    boolean allowLeaks;

    @Mixin
    RerankOptions reranking = new RerankOptions();

    /** What is judged: one of the three. */
    static final class Judged {

        @Option(names = "--model", paramLabel = "NAME|DIR", required = true, description = "A model name or folder.")
        @Nullable
        String model;

        @Option(
                names = "--baseline",
                paramLabel = "NAME",
                required = true,
                description = "Or a baseline: bm25 or random; for pictures pixels.")
        @Nullable
        String baseline;

        @Option(
                names = "--index",
                paramLabel = "DIR",
                required = true,
                description =
                        "Or an index of the data's documents (chiaro index), searched as chiaro search would: with its engine,"
                                + " its short vectors and its sides.")
        @Nullable
        Path index;
    }

    @Override
    Object report(Output output) throws Exception {
        reranking.check();
        if (task.equals("retrieval") && !columns.isEmpty()) {
            throw ChiaroException.usage(
                    "--columns: has no effect on --task retrieval, whose files have names of their own."
                            + " Leave it out.");
        }
        if (neighbours != null && !task.equals("classify")) {
            throw ChiaroException.usage("--neighbours: belongs to --task classify. Leave it out.");
        }
        if (judged.index != null) {
            return Judging.run(output, index(judged.index), settings());
        }
        asked.ofIndexAlone().ifPresent(option -> {
            throw ChiaroException.usage(option + ": belongs to --index. Leave it out"
                    + (option.equals("--by") || option.equals("--fusion") ? ", or take --hybrid." : "."));
        });
        if (reranking.rerank != null && !task.equals("retrieval")) {
            throw ChiaroException.usage(
                    "--rerank: belongs to --task retrieval, where something is found first. For given"
                            + " candidates name the cross-encoder as --model with --task rerank.");
        }
        boolean pictures = PictureJudging.isModel(judged.model) || "pixels".equals(judged.baseline);
        if (pictures || judged.model == null) {
            shortening.refuse();
        }
        return pictures ? pictures(output) : Judging.run(output, texts(), settings());
    }

    private Object pictures(Output output) throws Exception {
        if (out != null || weightBy != null || allowLeaks || isMixed() || run != null) {
            throw ChiaroException.usage(
                    "--out, --run, --hybrid, --vector-weight, --weight-by and --allow-leaks: have no"
                            + " effect on pictures. Leave them out.");
        }
        return PictureJudging.run(
                output,
                judged.model,
                judged.baseline,
                task,
                Judging.located(data),
                train,
                split,
                seed,
                Judging.vote(neighbours));
    }

    /** What judges a model or a baseline of texts, alone or with what is beside it. */
    private Judge texts() {
        if (train != null) {
            throw ChiaroException.usage("--train: belongs to models of pictures. Leave it out.");
        }
        // An .npz of pictures holds all its parts in one file.
        if (!allowLeaks) {
            refuseLeaks(Stream.ofNullable(judged.model));
        }
        OptionValues.share("--vector-weight", asked.vectorWeight().orElse(null));
        checkWeightBy(hybrid != null);
        if (run != null && !task.equals("retrieval")) {
            throw ChiaroException.usage("--run: belongs to --task retrieval. Leave it out.");
        }
        if (out != null && !task.equals("retrieval") && !(task.equals("pairs") && judged.model != null)) {
            throw ChiaroException.usage(
                    "--out: belongs to --task retrieval, or to --model and --task pairs. Leave it out.");
        }
        if (judged.model != null && Models.isCrossEncoder(judged.model)) {
            return scorer(judged.model);
        }
        if (judged.model != null && Models.isLateInteraction(judged.model)) {
            return lateInteraction(judged.model);
        }
        if (judged.model != null && Models.isSparse(judged.model)) {
            return sparse(judged.model);
        }
        if (hybrid != null) {
            OptionValues.oneOf("--hybrid", hybrid, "ranks", "scores");
            if (judged.model == null || !task.equals("retrieval")) {
                throw ChiaroException.usage("--hybrid: belongs to --model and --task retrieval. Leave it out.");
            }
            refuseShortening("--hybrid, which searches whole vectors");
            return new StagesJudge(firstStage(), reranking);
        }
        if (asked.vectorWeight().isPresent()) {
            throw ChiaroException.usage("--vector-weight: has no effect without --hybrid. Add it, or leave it out.");
        }
        if (reranking.rerank != null) {
            refuseShortening("--rerank, behind which whole vectors are searched");
            return new StagesJudge(firstStage(), reranking);
        }
        return alone();
    }

    /** Refuses what has learned from the data, whether it finds or puts in order. */
    private void refuseLeaks(Stream<String> models) {
        Stream.concat(models, Stream.ofNullable(reranking.rerank))
                .forEach(model -> Leaks.refuse(Optional.of(model), data, split));
    }

    /** A model of vectors or a baseline, with nothing beside it. */
    private Judge alone() {
        return judged.model == null
                ? BaselineJudge.named(task, String.valueOf(judged.baseline))
                : EmbedderJudge.ofModel(task, judged.model, shortening.first, shortening.active);
    }

    private JudgingSettings settings() {
        return new JudgingSettings(
                data,
                columns,
                split,
                Judging.vote(neighbours),
                Optional.ofNullable(run),
                Optional.ofNullable(out),
                Optional.empty(),
                seed,
                computeThreads());
    }

    /** What finds the documents of a retrieval. */
    private FirstStage firstStage() {
        if (judged.model == null) {
            OptionValues.oneOf("--baseline", String.valueOf(judged.baseline), "bm25");
        }
        return new FirstStage(
                Optional.ofNullable(judged.model),
                Optional.ofNullable(hybrid),
                new VectorWeight(asked.vectorWeight(), Optional.ofNullable(weightBy)));
    }

    /** An index as people search it. */
    private Judge index(Path folder) {
        refuseShortening("--index, whose vectors are as they were written");
        if (hybrid != null || train != null || !task.equals("retrieval")) {
            throw ChiaroException.usage("--index: is judged with --task retrieval, and with --by hybrid in place of"
                    + " --hybrid. Leave --hybrid and --train out.");
        }
        asked.check();
        checkWeightBy(asked.by() == SearchBy.HYBRID);
        if (!allowLeaks) {
            refuseLeaks(IndexFinder.modelsOf(folder, asked).stream());
        }
        return new StagesJudge(new IndexFinder(folder, asked, Optional.ofNullable(weightBy)), reranking);
    }

    private Judge scorer(String model) {
        refuseShortening("a cross-encoder, which has no vectors");
        if (Models.isPairClassifier(model)) {
            if (!task.equals("classify") || isMixed() || reranking.rerank != null || neighbours != null) {
                throw ChiaroException.usage("--model: " + model + " is a cross-encoder that sorts pairs into classes."
                        + " Judge it with --task classify and nothing beside it.");
            }
            return new PairClassifierJudge(model);
        }
        if (!task.equals("rerank") || isMixed()) {
            throw ChiaroException.usage("--model: " + model
                    + " is a cross-encoder, which scores given candidates. Judge it with"
                    + " --task rerank, or behind something that finds them: --baseline bm25 --rerank " + model + ".");
        }
        return new RerankerJudge(model);
    }

    private boolean isMixed() {
        return hybrid != null || asked.vectorWeight().isPresent();
    }

    private void checkWeightBy(boolean mixes) {
        if (weightBy == null) {
            return;
        }
        boolean choosesFirst = mixes && asked.vectorWeight().isEmpty();
        boolean choosesSecond = reranking.rerank != null && reranking.weight().isEmpty();
        if (!choosesFirst && !choosesSecond) {
            throw ChiaroException.usage(
                    "--weight-by: goes with --hybrid or --by hybrid and without --vector-weight, or with --rerank and"
                            + " without --rerank-weight. Leave one out.");
        }
        if (weightBy.equals(split)) {
            throw ChiaroException.usage("--weight-by: expected another split than \"" + split
                    + "\", since a weight chosen by the queries that it is judged on flatters. Name another.");
        }
    }

    private Judge sparse(String model) {
        refuseShortening("a sparse encoder, whose vectors are short");
        if (isMixed() || reranking.rerank != null || !task.equals("retrieval")) {
            throw ChiaroException.usage("--model: " + model
                    + " is a sparse encoder. Judge it with --task retrieval and nothing beside it.");
        }
        return new SparseJudge(model);
    }

    private Judge lateInteraction(String model) {
        refuseShortening("a late-interaction model, which has a vector for every token");
        boolean alone = !isMixed() && reranking.rerank == null;
        if (alone && task.equals("rerank")) {
            return new RerankerJudge(model);
        }
        if (alone && task.equals("retrieval")) {
            return new LateInteractionJudge(model);
        }
        throw ChiaroException.usage("--model: " + model
                + " is a late-interaction model. Judge it with --task rerank, with --task retrieval and nothing beside it, or"
                + " behind something that finds: --baseline bm25 --rerank " + model + ".");
    }

    private void refuseShortening(String beside) {
        if (shortening.isAsked()) {
            throw ChiaroException.usage("--first and --active: do not go with " + beside + ". Leave them out.");
        }
    }
}
