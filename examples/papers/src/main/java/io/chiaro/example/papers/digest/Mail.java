package io.chiaro.example.papers.digest;

import io.chiaro.core.ChiaroException;
import java.util.List;
import java.util.Optional;

/**
 * A mail to one reader.
 *
 * @param id of the message, without angle brackets: a mail that comes twice with one id can be shown once
 * @param text the whole content for readers of plain text
 * @param html the same as a page
 * @param unsubscribe where a request by POST ends the subscription (RFC 8058)
 */
public record Mail(String to, String subject, String id, String text, String html, Optional<String> unsubscribe) {

    /**
     * A header ends at a line break, behind which another header could be smuggled in.
     *
     * @throws ChiaroException of kind usage if what becomes a header holds one
     */
    public Mail {
        for (String header : List.of(to, subject, id, unsubscribe.orElse(""))) {
            if (header.chars().anyMatch(Character::isISOControl)) {
                throw ChiaroException.usage(
                        "mail: expected headers of one line, but found a control character in one.");
            }
        }
    }

    /** Nothing of whom it goes to. */
    @Override
    public String toString() {
        return "Mail[" + id + "]";
    }
}
