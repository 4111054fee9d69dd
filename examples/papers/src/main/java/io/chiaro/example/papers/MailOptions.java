package io.chiaro.example.papers;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.example.papers.digest.Letters;
import io.chiaro.example.papers.digest.Post;
import io.chiaro.example.papers.digest.SmtpMailer;
import io.chiaro.example.papers.digest.SmtpSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The mail server, and what mails say of us. The password is no option: others can read a command line. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class MailOptions {

    /** Where the password is looked for first. */
    static final String PASSWORD = "PAPERS_SMTP_PASSWORD";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(names = "--site", paramLabel = "URL", description = "Where readers reach the site, for the links in mails.")
    @Nullable
    URI site;

    @Option(names = "--smtp-host", paramLabel = "HOST", description = "The mail server; without it no mails are sent.")
    @Nullable
    String host;

    @Option(names = "--smtp-port", paramLabel = "PORT", description = "Its port.", defaultValue = "587")
    int port;

    @Option(
            names = "--smtp-security",
            paramLabel = "starttls|tls|none",
            description = "How the connection is encrypted.",
            defaultValue = "starttls")
    String security;

    @Option(
            names = "--smtp-user",
            paramLabel = "NAME",
            description =
                    "Who sends. The password comes from the variable " + PASSWORD + " or from --smtp-password-file.")
    @Nullable
    String user;

    @Option(names = "--smtp-password-file", paramLabel = "FILE", description = "A file that holds the password alone.")
    @Nullable
    Path passwordFile;

    @Option(names = "--from", paramLabel = "ADDRESS", description = "The address that mails come from.")
    @Nullable
    String from;

    /** Empty where no mail server is named. */
    Optional<Post> post() {
        String server = host;
        if (server == null) {
            return Optional.empty();
        }
        URI address = site;
        String sender = from;
        if (address == null || sender == null) {
            throw ChiaroException.usage("--smtp-host: needs --site and --from, but found "
                    + (address == null ? "no --site" : "no --from") + ". Give both.");
        }
        SmtpSettings settings =
                new SmtpSettings(server, port, SmtpSettings.Security.of(security), sender, login(), PATIENCE);
        Letters letters = new Letters(address, settings.domain());
        return Optional.of(new Post(new SmtpMailer(settings, Clock.systemUTC()), letters));
    }

    private Optional<SmtpSettings.Login> login() {
        String name = user;
        return name == null ? Optional.empty() : Optional.of(new SmtpSettings.Login(name, password()));
    }

    private String password() {
        Path file = passwordFile;
        String found = System.getenv(PASSWORD);
        try {
            if (file != null) {
                return Files.readString(file).strip();
            }
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.USAGE,
                    "--smtp-password-file: expected a readable file, but found: " + AtomicFiles.reason(e) + ".",
                    e);
        }
        if (found == null) {
            throw ChiaroException.usage("--smtp-user: expected a password in the variable " + PASSWORD
                    + " or a file named by --smtp-password-file, but found neither.");
        }
        return found;
    }
}
