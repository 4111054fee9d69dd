package io.chiaro.example.papers;

import io.chiaro.core.ChiaroException;
import io.chiaro.example.papers.feed.Feed;
import io.chiaro.example.papers.feed.Listing;
import io.chiaro.example.papers.learn.Comparison;
import io.chiaro.example.papers.learn.Learning;
import io.chiaro.example.papers.learn.LearningSettings;
import io.chiaro.example.papers.learn.TitlePairs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model on titles and abstracts and says whether it helped. */
@Command(
        name = "learn",
        description = "Train a model on titles and abstracts, and print by held-out pairs whether it helped.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LearnCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @Option(names = "--feed", paramLabel = "FILE", description = "A feed, .jsonl or .atom. May be given again.")
    List<Path> feeds = new ArrayList<>();

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "In place of feeds, a collection of documents with titles, such as SciFact's corpus.jsonl.gz.")
    @Nullable
    Path data;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "A new folder; the model goes to DIR/model.")
    Path out;

    @Option(names = "--base", paramLabel = "NAME|DIR", description = "The model that is tuned.")
    String base = "all-MiniLM-L6-v2";

    @Option(names = "--steps", description = "Training steps.")
    int steps = 100;

    @Option(names = "--batch", description = "Pairs that are contrasted with each other.")
    int batch = 32;

    @Option(names = "--max-tokens", description = "Where texts are cut in training.")
    int maxTokens = 96;

    @Option(names = "--learning-rate", description = "The rate that the schedule multiplies.")
    double learningRate = 5e-5;

    @Option(names = "--held-out", description = "Pairs that are only judged by.")
    int heldOut = 300;

    @Option(
            names = "--among-all",
            description =
                    "Look for a held-out abstract among all abstracts, as in a reading room, and not among the held-out ones"
                            + " alone. Those that were learned from stand there too.")
    boolean amongAll;

    @Option(names = "--seed", description = "Of what is held out, and of training.")
    long seed = 42;

    @Option(names = "--threads", description = "Compute threads.")
    int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() {
        PrintWriter say = spec.commandLine().getOut();
        TitlePairs pairs = pairs();
        TitlePairs.Split split = pairs.split(heldOut, seed);
        say.println(pairs.pairs().size() + " pairs, " + pairs.left() + " left out as empty or repeated; "
                + split.training().size() + " to learn from, " + split.heldOut().size() + " held out");
        LearningSettings settings =
                new LearningSettings(base, steps, batch, maxTokens, learningRate, heldOut, seed, threads);
        Path model = Learning.train(split.training(), settings, out, System.err);
        Comparison.of(
                        split.heldOut(),
                        amongAll ? split.training() : List.of(),
                        settings,
                        model,
                        out.resolve("rankings"))
                .lines()
                .forEach(say::println);
        say.println("model " + model);
        return 0;
    }

    private TitlePairs pairs() {
        Path collection = data;
        if ((collection == null) == feeds.isEmpty()) {
            throw ChiaroException.usage("papers learn: expected either --feed or --data, but found "
                    + (collection == null ? "neither" : "both") + ". Give one of them.");
        }
        if (collection != null) {
            return TitlePairs.from(collection);
        }
        List<Listing> listings = new ArrayList<>();
        for (Path file : feeds) {
            Feed feed = Feed.read(file);
            listings.addAll(feed.listings());
            feed.skipped().forEach(spec.commandLine().getErr()::println);
        }
        return TitlePairs.from(listings);
    }
}
