package io.chiaro.example.papers.digest;

import io.chiaro.example.papers.room.News;
import io.chiaro.example.papers.room.ReadingRoom;
import io.chiaro.example.papers.room.Wish;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sends each reader the papers that came since the last digest and are about the reader's query.
 *
 * <p>Before a mail is handed over, the file says so, and after the server's answer it says which. If the process dies in between,
 * nobody can know whether the mail went out: it is not sent again, so that no reader gets it twice, until {@code again} asks for it.
 * Then it has the message id that it had before.
 *
 * @param leastSimilarity as {@link Wish} has it
 */
public record Digest(ReadingRoom room, Subscriptions subscriptions, Post post, double leastSimilarity) {

    /** Papers in one mail; the others are counted. */
    private static final int MOST = 20;

    /** What became of a subscription. */
    public enum Outcome {
        /** The server has taken the digest. */
        SENT,
        /** There was nothing new. */
        NOTHING_NEW,
        /** The server does not take it; the next digest tries again. */
        REFUSED,
        /** It may have been sent, now or by an earlier digest that was broken off. */
        IN_DOUBT
    }

    /**
     * Sends what is due; a digest that goes out already is waited for.
     *
     * @param again whether digests in doubt are sent once more
     * @return how many subscriptions had which outcome; unconfirmed ones have none
     */
    public Map<Outcome, Integer> send(boolean again) {
        return subscriptions.whileSending(() -> sendAll(again));
    }

    private Map<Outcome, Integer> sendAll(boolean again) {
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        for (Subscription each : subscriptions.all()) {
            if (each.confirmed()) {
                send(each.token(), again).ifPresent(outcome -> outcomes.merge(outcome, 1, Integer::sum));
            }
        }
        return outcomes;
    }

    private Optional<Outcome> send(String token, boolean again) {
        int edition = room.shelf().edition();
        Optional<Subscription> before = subscriptions.find(token);
        boolean doubtful = before.flatMap(Subscription::sending).isPresent();
        if (doubtful && !again) {
            return Optional.of(Outcome.IN_DOUBT);
        }
        return before.flatMap(seen -> {
            int upTo = seen.sending().orElse(edition);
            // Before the file says that a mail is on its way: a search that fails leaves nothing in doubt.
            News news = due(seen, upTo);
            return subscriptions.exchange(seen, seen.sending(upTo)).map(claimed -> send(claimed, news, doubtful));
        });
    }

    private News due(Subscription subscription, int upTo) {
        Wish wish = new Wish(subscription.query(), subscription.searched(), leastSimilarity);
        return room.news(wish, subscription.edition(), upTo, MOST);
    }

    private Outcome send(Subscription claimed, News news, boolean doubtful) {
        int upTo = claimed.sending().orElseThrow();
        if (news.found() == 0) {
            subscriptions.exchange(claimed, claimed.sent(upTo));
            return Outcome.NOTHING_NEW;
        }
        Subscription unsent = doubtful ? claimed : claimed.unsent();
        Mailer.Delivery delivery;
        try {
            delivery = post.mailer().send(post.letters().digest(claimed, news, upTo));
        } catch (RuntimeException e) {
            subscriptions.exchange(claimed, unsent);
            throw e;
        }
        return switch (delivery) {
            case ACCEPTED -> {
                subscriptions.exchange(claimed, claimed.sent(upTo));
                yield Outcome.SENT;
            }
            case REFUSED -> {
                subscriptions.exchange(claimed, unsent);
                yield Outcome.REFUSED;
            }
            case UNKNOWN -> Outcome.IN_DOUBT;
        };
    }
}
