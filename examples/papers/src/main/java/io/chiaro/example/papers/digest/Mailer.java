package io.chiaro.example.papers.digest;

/** Hands mails to whoever delivers them. */
@FunctionalInterface
public interface Mailer {

    /** What is known of a mail after it was handed over. */
    enum Delivery {
        /** The server has taken it. */
        ACCEPTED,
        /** The server does not take it. */
        REFUSED,
        /** The connection was lost before the server's answer: it may have taken it or not. */
        UNKNOWN
    }

    /**
     * Hands over a mail.
     *
     * @throws io.chiaro.core.ChiaroException of kind resources if there is no server to hand it to; nothing was sent then
     */
    Delivery send(Mail mail);
}
