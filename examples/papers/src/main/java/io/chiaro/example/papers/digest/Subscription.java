package io.chiaro.example.papers.digest;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.example.papers.room.SearchMode;
import java.util.Optional;

/**
 * What a reader wants to hear of.
 *
 * @param token known to the reader alone, from the mails: confirms and ends the subscription
 * @param address of the reader's mail
 * @param query new papers about it are sent
 * @param mode by what they are found; by words and meaning together where it is missing
 * @param asked when, ISO-8601
 * @param confirmed whether the reader has followed the link of the first mail
 * @param edition up to which papers were sent
 * @param sending the edition of a digest that was handed to the mail server, of which nothing is known since
 */
public record Subscription(
        String token,
        String address,
        String query,
        Optional<SearchMode> mode,
        String asked,
        boolean confirmed,
        int edition,
        Optional<Integer> sending) {

    static Subscription asked(String token, String address, String query, SearchMode mode, String now) {
        return new Subscription(token, address, query, Optional.of(mode), now, false, 0, Optional.empty());
    }

    static Subscription from(JsonObject object) {
        return Json.read(object, Subscription.class);
    }

    SearchMode searched() {
        return mode.orElse(SearchMode.HYBRID);
    }

    /** Hears from here on of what comes after an edition. */
    Subscription confirmed(int since) {
        return new Subscription(token, address, query, mode, asked, true, since, Optional.empty());
    }

    /** A digest is about to be handed to the mail server. */
    Subscription sending(int upTo) {
        return new Subscription(token, address, query, mode, asked, confirmed, edition, Optional.of(upTo));
    }

    /** Has got everything up to an edition. */
    Subscription sent(int upTo) {
        return new Subscription(token, address, query, mode, asked, confirmed, upTo, Optional.empty());
    }

    /** What was about to be sent was not. */
    Subscription unsent() {
        return new Subscription(token, address, query, mode, asked, confirmed, edition, Optional.empty());
    }

    /** Neither whom nor how to act for them: it may stand in a log. */
    @Override
    public String toString() {
        return "Subscription[confirmed " + confirmed + ", edition " + edition + "]";
    }
}
