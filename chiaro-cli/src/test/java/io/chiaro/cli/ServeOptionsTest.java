package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code chiaro serve} says of options that it cannot use, before it opens anything. */
class ServeOptionsTest {

    private static String refused(String... options) {
        String[] line = new String[options.length + 3];
        line[0] = "serve";
        line[1] = "--model";
        line[2] = "no-such-model";
        System.arraycopy(options, 0, line, 3, options.length);
        CommandRun run = CommandRun.of(line);
        assertThat(run.exitCode()).as(run.errors()).isEqualTo(2);
        return run.errors();
    }

    @Test
    void an_origin_is_a_site_and_no_page() {
        assertThat(refused("--cors-origin", "https://app.example.org", "--cors-origin", "https://app.example.org/page"))
                .contains("--cors-origin: expected an origin like", "https://app.example.org/page");
    }

    @Test
    void a_name_of_a_model_that_is_not_served_is_refused() {
        assertThat(refused("--served-rerank-name", "judge")).contains("has no effect without --rerank");
        assertThat(refused("--served-sparse-name", "words")).contains("has no effect without --sparse");
    }

    @Test
    void a_certificate_comes_with_the_password_of_its_store_or_with_its_key_in_pem() {
        for (String[] options : new String[][] {
            {"--certificate", "c"},
            {"--certificate-key", "k"},
            {"--certificate-password", "p"},
            {"--certificate", "c", "--certificate-key", "k", "--certificate-password", "p"}
        }) {
            assertThat(refused(options)).contains("--certificate-password for a key store, or with --certificate-key");
        }
    }

    @Test
    void a_server_without_keys_warns_where_other_machines_are_let_in(@TempDir Path folder) {
        String keys = folder.resolve("keys.json").toString();
        CommandRun.of("keys", "add", "--keys", keys, "--name", "app");
        assertThat(refused("--host", "0.0.0.0", "--quiet")).contains("warning: --host 0.0.0.0", "without --keys");
        assertThat(refused("--host", "::")).contains("warning: --host ::");
        assertThat(refused("--host", "localhost")).doesNotContain("warning");
        assertThat(refused("--host", "127.0.0.1")).doesNotContain("warning");
        assertThat(refused("--host", "0.0.0.0", "--keys", keys)).doesNotContain("warning");
    }
}
