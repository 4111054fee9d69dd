package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
