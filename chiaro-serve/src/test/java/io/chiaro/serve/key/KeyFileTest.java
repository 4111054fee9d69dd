package io.chiaro.serve.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-25T22:00:00.5Z"), ZoneOffset.UTC);

    @TempDir
    Path folder = Path.of("");

    private KeyFile.NewKey add(String name, Role role) {
        return KeyFile.openOrCreate(folder.resolve("keys.json")).add(name, role, CLOCK);
    }

    @Test
    void a_key_is_recognised_by_a_file_that_does_not_hold_it() throws IOException {
        KeyFile.NewKey reader = add("reader", Role.READ);
        KeyFile.NewKey operator = add("operator", Role.ADMIN);
        KeyFile file = KeyFile.open(folder.resolve("keys.json"));

        assertThat(file.keys()).containsExactly(reader.stored(), operator.stored());
        assertThat(file.check(reader.text())).contains(reader.stored());
        assertThat(file.check(operator.text())).contains(operator.stored());
        assertThat(reader.stored().created()).isEqualTo("2026-11-25T22:00:00Z");
        String secret = reader.text()
                .substring(reader.text().lastIndexOf(reader.stored().id()) + 9);
        assertThat(Base64.getUrlDecoder().decode(secret)).hasSize(32);
        assertThat(Files.readString(folder.resolve("keys.json")))
                .contains(reader.stored().id())
                .doesNotContain(secret);
        assertThat(reader.toString()).doesNotContain(secret);
    }

    @Test
    void whatever_is_changed_in_a_key_it_is_no_longer_one() {
        String key = add("reader", Role.READ).text();
        String other = add("other", Role.READ).text();
        KeyFile file = KeyFile.open(folder.resolve("keys.json"));

        for (int i = 0; i < key.length(); i++) {
            char changed = key.charAt(i) == 'x' ? 'y' : 'x';
            assertThat(file.check(key.substring(0, i) + changed + key.substring(i + 1)))
                    .isEmpty();
        }
        // The id of one with the secret of another.
        assertThat(file.check(key.substring(0, 16) + other.substring(16))).isEmpty();
        for (String wrong : new String[] {"", "chiaro_", key + "x", key.substring(1), " " + key, "x".repeat(10_000)}) {
            assertThat(file.check(wrong)).isEmpty();
        }
    }

    @Test
    void keys_salts_and_ids_are_never_the_same() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            KeyFile.NewKey key = add("reader", Role.READ);
            assertThat(seen.add(key.text())).isTrue();
            assertThat(seen.add(key.stored().salt())).isTrue();
            assertThat(seen.add(key.stored().hash())).isTrue();
            assertThat(seen.add(key.stored().id())).isTrue();
        }
    }

    @Test
    void processes_that_change_the_file_at_once_lose_no_key_and_bring_none_back() throws Exception {
        KeyFile.NewKey leaked = add("leaked", Role.READ);
        List<Process> adding = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            adding.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            ManyKeys.class.getName(),
                            folder.resolve("keys.json").toString(),
                            "process " + i)
                    .inheritIO()
                    .start());
        }
        // While they add, as soon as one has begun.
        while (KeyFile.open(folder.resolve("keys.json")).keys().size() < 2) {
            Thread.sleep(1);
        }
        KeyFile.open(folder.resolve("keys.json")).revoke(leaked.stored().id());
        for (Process process : adding) {
            assertThat(process.waitFor()).isZero();
        }
        assertThat(KeyFile.open(folder.resolve("keys.json")).keys())
                .doesNotContain(leaked.stored())
                .hasSize(3 * ManyKeys.COUNT);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void a_file_that_others_are_let_at_while_it_is_watched_lets_nobody_in() throws IOException {
        KeyFile.NewKey key = add("reader", Role.READ);
        KeyRing ring = KeyRing.open(folder.resolve("keys.json"));
        assertThat(ring.check(key.text())).isPresent();
        Files.setPosixFilePermissions(folder.resolve("keys.json"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> ring.check(key.text())).hasMessageContaining("chmod 600");
        Files.setPosixFilePermissions(folder.resolve("keys.json"), PosixFilePermissions.fromString("rw-------"));
        assertThat(ring.check(key.text())).isPresent();
    }

    @Test
    void a_revoked_key_is_gone_for_those_who_watch_the_file() {
        KeyFile.NewKey first = add("first", Role.READ);
        KeyRing ring = KeyRing.open(folder.resolve("keys.json"));
        assertThat(ring.check(first.text())).contains(first.stored());

        KeyFile.NewKey second = add("second", Role.WRITE);
        assertThat(ring.check(second.text())).contains(second.stored());
        KeyFile.open(folder.resolve("keys.json")).revoke(first.stored().id());

        assertThat(ring.check(first.text())).isEmpty();
        assertThat(ring.check(second.text())).contains(second.stored());
        assertThatThrownBy(() -> KeyFile.open(folder.resolve("keys.json"))
                        .revoke(first.stored().id()))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.USAGE));
    }

    @Test
    void without_its_file_a_ring_lets_nobody_in() throws IOException {
        String key = add("first", Role.READ).text();
        KeyRing ring = KeyRing.open(folder.resolve("keys.json"));
        Files.delete(folder.resolve("keys.json"));

        assertThatThrownBy(() -> ring.check(key)).isInstanceOf(ChiaroException.class);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void the_file_belongs_to_its_owner_alone_and_is_refused_where_it_does_not() throws IOException {
        add("first", Role.READ);
        Path file = folder.resolve("keys.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> KeyFile.open(file))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void a_damaged_file_is_an_error_that_names_it() throws IOException {
        Path file = folder.resolve("keys.json");
        add("first", Role.READ);
        String whole = Files.readString(file);
        for (String damaged : new String[] {
            whole.replace("\"version\": 1", "\"version\": 2"),
            whole.replace("\"role\": \"read\"", "\"role\": \"owner\""),
            whole.replace("\"salt\": \"", "\"salt\": \"zz"),
            whole.replace("\"keys\"", "\"kees\""),
            whole.substring(1)
        }) {
            assertThat(damaged).isNotEqualTo(whole);
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> KeyFile.open(file))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("keys.json");
        }
    }

    @Test
    void roles_include_those_before_them() {
        assertThat(Role.ADMIN.includes(Role.READ)).isTrue();
        assertThat(Role.READ.includes(Role.READ)).isTrue();
        assertThat(Role.READ.includes(Role.WRITE)).isFalse();
        assertThat(Role.WRITE.includes(Role.ADMIN)).isFalse();
    }
}
