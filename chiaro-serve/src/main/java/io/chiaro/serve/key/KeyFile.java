package io.chiaro.serve.key;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.FolderLock;
import io.chiaro.core.Hashes;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A file of keys. A key is {@code chiaro_}, its public id, an underscore, and 256 random bits in base64url; a secret of that
 * size cannot be guessed, so one round of SHA-256 over it, with a salt, is all that the file has to keep. The file belongs to
 * its owner alone. Immutable; {@link #add} and {@link #revoke} read the file anew and write it in one step, while other processes
 * that change it wait: no key that was made is lost, and none that was revoked comes back.
 */
public final class KeyFile {

    private static final String PREFIX = "chiaro_";
    private static final int VERSION = 1;
    private static final int ID_BYTES = 4;
    private static final int ID_DIGITS = 2 * ID_BYTES;
    private static final int SALT_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final int LONGEST_KEY = 100;
    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    /** Not an addressed stream: a key that could be computed again would be no secret. */
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path path;
    private final List<StoredKey> keys;

    private KeyFile(Path path, List<StoredKey> keys) {
        this.path = path;
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads a file.
     *
     * @throws ChiaroException of kind data if it is missing or damaged, or others than its owner may read it
     */
    public static KeyFile open(Path file) {
        Path path = file.toAbsolutePath().normalize();
        refuseOpenFile(path);
        JsonObject object = Json.object(path);
        object.refuseUnknownKeys(List.of("version", "keys"));
        if (object.integer("version") != VERSION) {
            throw object.error("expected version " + VERSION + " of the file, but found " + object.integer("version")
                    + ". Use the program that wrote it.");
        }
        List<StoredKey> keys = new ArrayList<>();
        for (JsonObject key : object.objects("keys")) {
            keys.add(Json.read(key, StoredKey.class));
        }
        return new KeyFile(path, keys);
    }

    /** Reads a file, or begins one where there is none. */
    public static KeyFile openOrCreate(Path file) {
        return Files.exists(file)
                ? open(file)
                : new KeyFile(file.toAbsolutePath().normalize(), List.of());
    }

    private static void refuseOpenFile(Path path) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try {
            if (!OWNER.containsAll(Files.getPosixFilePermissions(path))) {
                throw ChiaroException.data(path
                        + ": expected a file that only its owner may read and write, but others may too. Run: chmod 600 "
                        + path);
            }
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    path + ": expected a file of keys, but found: " + AtomicFiles.reason(e)
                            + ". Make one with chiaro keys add.",
                    e);
        }
    }

    /** The keys, oldest first. */
    public List<StoredKey> keys() {
        return keys;
    }

    /**
     * A key that was made, in the one moment in which it can be seen.
     *
     * @param text what a client sends
     * @param stored what the file keeps
     */
    public record NewKey(String text, StoredKey stored) {

        /** Only what may be seen. */
        @Override
        public String toString() {
            return "NewKey[" + stored.id() + "]";
        }
    }

    /** Makes a key and writes the file as it is now, with it. */
    public NewKey add(String name, Role role, Clock clock) {
        return changing(now -> now.added(name, role, clock));
    }

    private NewKey added(String name, Role role, Clock clock) {
        if (name.isBlank() || name.length() > LONGEST_KEY) {
            throw ChiaroException.usage("keys: expected a name of 1 to " + LONGEST_KEY
                    + " characters, so that the key can be told from others.");
        }
        String id = HexFormat.of().formatHex(random(ID_BYTES));
        while (find(id).isPresent()) {
            id = HexFormat.of().formatHex(random(ID_BYTES));
        }
        String text =
                PREFIX + id + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random(SECRET_BYTES));
        byte[] salt = random(SALT_BYTES);
        StoredKey stored = new StoredKey(
                id,
                name,
                role,
                Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString(),
                HexFormat.of().formatHex(salt),
                hash(salt, text));
        List<StoredKey> more = new ArrayList<>(keys);
        more.add(stored);
        write(more);
        return new NewKey(text, stored);
    }

    /**
     * Writes the file as it is now, without a key.
     *
     * @throws ChiaroException of kind usage if there is none of that id
     */
    public StoredKey revoke(String id) {
        return changing(now -> now.revoked(id));
    }

    private StoredKey revoked(String id) {
        StoredKey key = find(id).orElseThrow(() -> {
            List<String> ids = keys.stream().map(StoredKey::id).toList();
            return ChiaroException.usage("keys: expected the id of a key in " + path + ", but found \"" + id + "\". "
                    + (ids.isEmpty() ? "There are no keys." : Names.hint(id, ids)));
        });
        write(keys.stream().filter(other -> !other.equals(key)).toList());
        return key;
    }

    /** The key that a client sent, if it is one of the file's. */
    public Optional<StoredKey> check(String text) {
        int idEnd = PREFIX.length() + ID_DIGITS;
        if (text.length() > LONGEST_KEY || text.length() <= idEnd || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        return find(text.substring(PREFIX.length(), idEnd))
                .filter(key -> isEqual(hash(HexFormat.of().parseHex(key.salt()), text), key.hash()));
    }

    private Optional<StoredKey> find(String id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst();
    }

    /** Takes as long for a wrong hash as for the right one, so that time tells nothing. */
    private static boolean isEqual(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.US_ASCII), b.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hash(byte[] salt, String text) {
        byte[] key = text.getBytes(StandardCharsets.UTF_8);
        byte[] both = new byte[salt.length + key.length];
        System.arraycopy(salt, 0, both, 0, salt.length);
        System.arraycopy(key, 0, both, salt.length, key.length);
        return Hashes.sha256(both);
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private <T> T changing(Function<KeyFile, T> change) {
        Path folder = Objects.requireNonNull(path.getParent());
        return FolderLock.during(
                folder, String.valueOf(path.getFileName()), () -> change.apply(KeyFile.openOrCreate(path)));
    }

    private void write(List<StoredKey> all) {
        AtomicFiles.writePrivate(path, Json.text(Map.of("version", VERSION, "keys", all)));
    }
}
