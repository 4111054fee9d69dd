package io.chiaro.example.papers;

import io.chiaro.core.ChiaroException;
import io.chiaro.example.papers.digest.Digest;
import io.chiaro.example.papers.digest.Post;
import io.chiaro.example.papers.digest.Subscriptions;
import io.chiaro.example.papers.room.ReadingRoom;
import io.chiaro.example.papers.room.Wish;
import io.chiaro.model.Embedder;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends each reader what is new. */
@Command(
        name = "digest",
        description = "Mail each reader the new papers that match the reader's query. Safe to run again after a kill.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class DigestCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @Mixin
    RoomOptions room;

    @Mixin
    MailOptions mail;

    @Option(
            names = "--again",
            description = "Send once more what a digest that was broken off may or may not have sent.")
    boolean again;

    @Option(
            names = "--least-similarity",
            paramLabel = "COSINE",
            description = "What a new paper's vector must have in common with a query to be about it. The default suits"
                    + " all-MiniLM-L6-v2; look at the cosines of another model first.",
            defaultValue = "" + Wish.LEAST_SIMILARITY)
    double leastSimilarity;

    @Override
    public Integer call() {
        Post post = mail.post()
                .orElseThrow(() -> ChiaroException.usage(
                        "papers digest: expected a mail server, but found none. Give --smtp-host, --from and --site."));
        PrintWriter say = spec.commandLine().getOut();
        try (Embedder model = room.openModel();
                ReadingRoom open = ReadingRoom.open(room.folder, model)) {
            Map<Digest.Outcome, Integer> outcomes =
                    new Digest(open, Subscriptions.of(room.folder), post, leastSimilarity).send(again);
            for (Digest.Outcome outcome : Digest.Outcome.values()) {
                say.println(outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": "
                        + outcomes.getOrDefault(outcome, 0));
            }
        }
        return 0;
    }
}
