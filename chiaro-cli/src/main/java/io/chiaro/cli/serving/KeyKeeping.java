package io.chiaro.cli.serving;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.key.StoredKey;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes keys, lists them, takes them back. */
public final class KeyKeeping {

    private KeyKeeping() {}

    /** Makes a key and shows it, this once. */
    public static Object add(Output output, Path file, String name, String role) {
        OptionValues.oneOf("--role", role, "read", "write", "admin");
        KeyFile.NewKey key =
                KeyFile.openOrCreate(file).add(name, Role.valueOf(role.toUpperCase(Locale.ROOT)), Clock.systemUTC());
        output.say(key.text());
        output.note("Keep it now: " + file + " holds only its hash, under the id "
                + key.stored().id() + ".");
        Map<String, Object> document = entry(key.stored());
        document.put("key", key.text());
        return document;
    }

    /** Lists the keys without what would let anybody in. */
    public static Object list(Output output, Path file) {
        List<StoredKey> keys = KeyFile.open(file).keys();
        keys.forEach(key -> output.say(String.format(
                Locale.ROOT, "%s  %-5s  %s  %s", key.id(), key.role().word(), key.created(), key.name())));
        if (keys.isEmpty()) {
            output.say("no keys");
        }
        return Map.of("keys", keys.stream().map(KeyKeeping::entry).toList());
    }

    /** Takes a key back; a running server refuses it from its next request on. */
    public static Object revoke(Output output, Path file, String id) {
        StoredKey key = KeyFile.open(file).revoke(id);
        output.say("revoked " + key.id() + " (" + key.name() + ")");
        return entry(key);
    }

    private static Map<String, Object> entry(StoredKey key) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", key.id());
        entry.put("name", key.name());
        entry.put("role", key.role());
        entry.put("created", key.created());
        return entry;
    }
}
