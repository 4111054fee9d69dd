package io.chiaro.example.papers;

import io.chiaro.example.papers.feed.Feed;
import io.chiaro.example.papers.room.ReadingRoom;
import io.chiaro.model.Embedder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes what is new in feeds into a room. */
@Command(
        name = "update",
        description = "Take what is new in feeds into the room; begins one where there is none.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class UpdateCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @Mixin
    RoomOptions room;

    @Option(names = "--feed", paramLabel = "FILE", description = "A feed, .jsonl or .atom. May be given again.")
    List<Path> feeds = new ArrayList<>();

    @Option(
            names = "--exchange-model",
            description = "First embed all papers of the room anew by --model. Then start serve again with it.")
    boolean exchangeModel;

    @Override
    public Integer call() {
        PrintWriter say = spec.commandLine().getOut();
        try (Embedder model = room.openModel()) {
            if (exchangeModel) {
                ReadingRoom.exchangeModel(room.folder, model);
            }
            try (ReadingRoom open = ReadingRoom.open(room.folder, model)) {
                for (Path feed : feeds) {
                    Feed read = Feed.read(feed);
                    ReadingRoom.Update update = open.update(read.listings());
                    say.println(feed + ": " + update.added() + " added, " + update.changed() + " changed, "
                            + update.known() + " known"
                            + (read.skipped().isEmpty()
                                    ? ""
                                    : ", " + read.skipped().size() + " skipped"));
                    if (read.listings().isEmpty()) {
                        spec.commandLine().getErr().println(feed + ": the feed has no papers");
                    }
                    read.skipped().forEach(spec.commandLine().getErr()::println);
                }
                say.println(open.shelf().papers().size() + " papers, edition "
                        + open.shelf().edition());
            }
        }
        return 0;
    }
}
