package io.chiaro.example.papers.digest;

import io.chiaro.core.ChiaroException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The mail server.
 *
 * @param from the address that mails come from
 * @param login who sends, if the server wants to know
 * @param patience how long it may take to answer
 */
public record SmtpSettings(
        String host, int port, Security security, String from, Optional<Login> login, Duration patience) {

    /** How the connection is kept from being read. */
    public enum Security {
        /** Begins in the clear, and goes on encrypted or not at all. */
        STARTTLS,
        /** Encrypted from the first byte. */
        TLS,
        /** In the clear: for a server on this machine. */
        NONE;

        /** The one that is written so. */
        public static Security of(String written) {
            return Arrays.stream(values())
                    .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(written))
                    .findFirst()
                    .orElseThrow(() -> ChiaroException.usage(
                            "--smtp-security: expected starttls, tls or none, but found \"" + written + "\"."));
        }
    }

    /**
     * Name and password.
     *
     * @param password never printed
     */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    public SmtpSettings {
        from = MailAddress.checked(from);
        if (security == Security.NONE && login.isPresent() && !isThisMachine(host)) {
            throw ChiaroException.usage(
                    "smtp: expected an encrypted connection for a password, but found security none. Take starttls or tls.");
        }
    }

    private static boolean isThisMachine(String host) {
        return host.equals("localhost") || host.equals("127.0.0.1") || host.equals("::1");
    }

    /** The domain that mails come from. */
    public String domain() {
        return from.substring(from.lastIndexOf('@') + 1);
    }
}
