package io.chiaro.example.papers.digest;

import io.chiaro.example.papers.room.ReadingRoom;
import io.chiaro.example.papers.room.Wish;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** A digest whose process ends, as by kill -9, in the moment in which the server has taken the first mail. */
final class KilledDigest {

    static final int HALTED = 99;

    private KilledDigest() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        SmtpSettings settings = new SmtpSettings(
                "127.0.0.1",
                Integer.parseInt(arguments[1]),
                SmtpSettings.Security.NONE,
                "room@papers.example.org",
                Optional.empty(),
                Duration.ofSeconds(10));
        Mailer smtp = new SmtpMailer(settings, Clock.systemUTC());
        Mailer killing = mail -> {
            smtp.send(mail);
            Runtime.getRuntime().halt(HALTED);
            throw new AssertionError("unreachable");
        };
        Letters letters = new Letters(URI.create("https://papers.example.org"), settings.domain());
        try (OnnxEmbedder model = OnnxEmbedder.open("all-MiniLM-L6-v2", OnnxSettings.defaults());
                ReadingRoom room = ReadingRoom.open(folder, model)) {
            new Digest(room, Subscriptions.of(folder), new Post(killing, letters), Wish.LEAST_SIMILARITY).send(false);
        }
    }
}
