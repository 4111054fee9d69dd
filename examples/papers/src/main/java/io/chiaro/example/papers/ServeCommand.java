package io.chiaro.example.papers;

import io.chiaro.example.papers.digest.Post;
import io.chiaro.example.papers.digest.Subscriptions;
import io.chiaro.example.papers.room.ReadingRoom;
import io.chiaro.example.papers.room.Trending;
import io.chiaro.example.papers.site.Site;
import io.chiaro.model.Embedder;
import io.chiaro.serve.http.HttpServer;
import io.chiaro.serve.http.HttpSettings;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves the site until it is interrupted. */
@Command(
        name = "serve",
        description = "Serve the site. Readers can subscribe where a mail server is named.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ServeCommand implements Callable<Integer> {

    private static final int BODY_BYTES = 1 << 14;

    @Spec
    CommandSpec spec;

    @Mixin
    RoomOptions room;

    @Mixin
    MailOptions mail;

    @Option(names = "--host", description = "Address to listen at.")
    String host = "127.0.0.1";

    @Option(names = "--port", description = "Port to listen at; 0 for any that is free.")
    int port = 8090;

    @Option(names = "--half-life", description = "Days after which a vote counts half.")
    double halfLife = Trending.weekly().halfLife();

    @Option(names = "--refresh-seconds", description = "How often the site looks for updates.")
    int refreshSeconds = 30;

    @Override
    public Integer call() throws InterruptedException {
        Optional<Post> post = mail.post();
        // [serve
        try (Embedder model = room.openModel();
                ReadingRoom open = ReadingRoom.open(room.folder, model)) {
            Site site = new Site(open, new Trending(halfLife), Subscriptions.of(room.folder), post, Clock.systemUTC());
            try (HttpServer server = HttpServer.start(HttpSettings.of(host, port, BODY_BYTES), site)) {
                spec.commandLine().getErr().println("ready " + server.address());
                while (true) {
                    TimeUnit.SECONDS.sleep(refreshSeconds);
                    open.refresh();
                }
            }
        }
        // serve]
    }
}
