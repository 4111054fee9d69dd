package io.chiaro.example.papers.digest;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.FolderLock;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.example.papers.room.SearchMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All subscriptions, in one file that only its owner may read. Each change reads the file, and writes it whole or not at all, while
 * other processes wait. Safe for any thread.
 */
public final class Subscriptions {

    /** How long a reader has to confirm; until then the same wish sends no second mail. */
    static final Duration TIME_TO_CONFIRM = Duration.ofDays(2);

    private static final int VERSION = 1;
    /** The longest query that can be subscribed to. */
    public static final int LONGEST_QUERY = 200;

    private static final int MOST_UNCONFIRMED = 1_000;
    private static final int MOST_OF_ONE_ADDRESS = 20;
    private static final int MOST_UNCONFIRMED_OF_ONE = 3;
    private static final int TOKEN_BYTES = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path folder;
    private final Path file;

    private Subscriptions(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("subscriptions.json");
    }

    /** Those of a room's folder. */
    public static Subscriptions of(Path folder) {
        return new Subscriptions(folder);
    }

    /** All of them, oldest first. */
    public List<Subscription> all() {
        if (!Files.exists(file)) {
            return List.of();
        }
        JsonObject object = Json.object(file);
        object.refuseUnknownKeys(List.of("version", "subscriptions"));
        if (object.integer("version") != VERSION) {
            throw object.error("expected version " + VERSION + " of the file, but found " + object.integer("version")
                    + ". Use the program that wrote it.");
        }
        return object.objects("subscriptions").stream().map(Subscription::from).toList();
    }

    /** The one of a token. */
    public Optional<Subscription> find(String token) {
        return all().stream().filter(each -> each.token().equals(token)).findFirst();
    }

    /**
     * Notes a wish, to be confirmed by a mail that the caller sends.
     *
     * @return empty where no mail is due: the reader has the subscription, or was sent that mail already
     * @throws ChiaroException of kind usage if address or query cannot be taken, of kind resources if too many wait
     */
    public Optional<Subscription> ask(String address, String query, SearchMode mode, Instant now) {
        String to = MailAddress.checked(address);
        String wish = query.strip();
        // It stands in a mail to an address that anybody may have typed: no letter of theirs, and no link.
        if (wish.isEmpty()
                || wish.length() > LONGEST_QUERY
                || wish.contains("://")
                || wish.chars().anyMatch(Character::isISOControl)) {
            throw ChiaroException.usage("query: expected 1 to " + LONGEST_QUERY
                    + " characters in one line without an address of a page. Shorten it.");
        }
        return FolderLock.during(folder, "subscriptions", () -> {
            List<Subscription> all = new ArrayList<>(all());
            all.removeIf(each -> !each.confirmed()
                    && Instant.parse(each.asked()).plus(TIME_TO_CONFIRM).isBefore(now));
            List<Subscription> own = all.stream()
                    .filter(each -> each.address().equalsIgnoreCase(to))
                    .toList();
            // An address that has what it may have gets no more mail, and who asked for it is not told why.
            if (own.size() >= MOST_OF_ONE_ADDRESS
                    || own.stream().filter(each -> !each.confirmed()).count() >= MOST_UNCONFIRMED_OF_ONE
                    || own.stream().anyMatch(each -> each.query().equals(wish) && each.searched() == mode)) {
                return Optional.empty();
            }
            if (all.stream().filter(each -> !each.confirmed()).count() >= MOST_UNCONFIRMED) {
                throw ChiaroException.resources("subscriptions: too many wait to be confirmed. Try again tomorrow.");
            }
            Subscription made = Subscription.asked(token(), to, wish, mode, now.toString());
            all.add(made);
            write(all);
            return Optional.of(made);
        });
    }

    /**
     * Confirms a subscription; once is enough.
     *
     * @param edition the last of which the reader shall not hear
     * @return the subscription, if there is one of this token
     */
    public Optional<Subscription> confirm(String token, int edition) {
        find(token).filter(found -> !found.confirmed()).ifPresent(found -> exchange(found, found.confirmed(edition)));
        return find(token);
    }

    /** Ends a subscription. */
    public boolean remove(String token) {
        return FolderLock.during(folder, "subscriptions", () -> {
            List<Subscription> all = new ArrayList<>(all());
            boolean there = all.removeIf(each -> each.token().equals(token));
            if (there) {
                write(all);
            }
            return there;
        });
    }

    /** Puts a subscription in the place of another, if that is still there as it was; gives the new one then. */
    Optional<Subscription> exchange(Subscription seen, Subscription other) {
        return FolderLock.during(folder, "subscriptions", () -> {
            List<Subscription> all = new ArrayList<>(all());
            int at = all.indexOf(seen);
            if (at < 0) {
                return Optional.empty();
            }
            all.set(at, other);
            write(all);
            return Optional.of(other);
        });
    }

    /** Lets one digest at a time go out, in whatever process. */
    <T> T whileSending(Supplier<T> digest) {
        return FolderLock.during(folder, "digest", digest);
    }

    private static String token() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void write(List<Subscription> all) {
        AtomicFiles.writePrivate(file, Json.text(Map.of("version", VERSION, "subscriptions", all)));
    }
}
