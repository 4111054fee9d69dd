package io.chiaro.example.papers.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.example.papers.room.SearchMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionsTest {

    private static final Instant NOW = Instant.parse("2026-03-15T12:00:00Z");

    @TempDir
    Path folder;

    @Test
    void a_wish_is_confirmed_and_ended_by_its_token() {
        Subscriptions subscriptions = Subscriptions.of(folder);
        Subscription asked = subscriptions
                .ask(" reader@example.org ", " coral ", SearchMode.HYBRID, NOW)
                .orElseThrow();
        assertThat(asked.address()).isEqualTo("reader@example.org");
        assertThat(asked.query()).isEqualTo("coral");
        assertThat(asked.confirmed()).isFalse();

        assertThat(subscriptions.confirm("another token", 3)).isEmpty();
        assertThat(subscriptions.confirm(asked.token(), 3).orElseThrow().edition())
                .isEqualTo(3);
        assertThat(subscriptions.confirm(asked.token(), 9).orElseThrow().edition())
                .as("once is enough")
                .isEqualTo(3);
        assertThat(Subscriptions.of(folder).all()).as("on the disk").hasSize(1).allMatch(Subscription::confirmed);

        assertThat(subscriptions.remove("another token")).isFalse();
        assertThat(subscriptions.remove(asked.token())).isTrue();
        assertThat(subscriptions.all()).isEmpty();
        assertThat(subscriptions.confirm(asked.token(), 3)).isEmpty();
    }

    @Test
    void the_same_wish_sends_no_second_mail_before_or_after_it_is_confirmed() {
        Subscriptions subscriptions = Subscriptions.of(folder);
        Subscription first = subscriptions
                .ask("reader@example.org", "coral", SearchMode.HYBRID, NOW)
                .orElseThrow();
        assertThat(subscriptions.ask("Reader@example.org", "coral", SearchMode.HYBRID, NOW))
                .isEmpty();
        assertThat(subscriptions.ask("reader@example.org", "planets", SearchMode.HYBRID, NOW))
                .isPresent();
        subscriptions.confirm(first.token(), 0);
        assertThat(subscriptions.ask("reader@example.org", "coral", SearchMode.HYBRID, NOW.plusSeconds(9_999_999)))
                .isEmpty();
    }

    @Test
    void a_wish_that_nobody_confirmed_is_forgotten_and_can_be_made_again() {
        Subscriptions subscriptions = Subscriptions.of(folder);
        Subscription first = subscriptions
                .ask("reader@example.org", "coral", SearchMode.HYBRID, NOW)
                .orElseThrow();
        Instant later = NOW.plus(Subscriptions.TIME_TO_CONFIRM).plusSeconds(1);
        Subscription second = subscriptions
                .ask("reader@example.org", "coral", SearchMode.HYBRID, later)
                .orElseThrow();
        assertThat(second.token()).isNotEqualTo(first.token());
        assertThat(subscriptions.all()).containsExactly(second);
    }

    @Test
    void an_address_gets_only_so_many_mails() {
        Subscriptions subscriptions = Subscriptions.of(folder);
        for (int i = 0; i < 3; i++) {
            assertThat(subscriptions.ask("reader@example.org", "unconfirmed " + i, SearchMode.HYBRID, NOW))
                    .isPresent();
        }
        assertThat(subscriptions.ask("reader@example.org", "one more", SearchMode.HYBRID, NOW))
                .as("nobody has said that the address wants any")
                .isEmpty();
        subscriptions.all().forEach(each -> subscriptions.confirm(each.token(), 0));
        for (int i = 3; i < 20; i++) {
            String token = subscriptions
                    .ask("reader@example.org", "query " + i, SearchMode.HYBRID, NOW)
                    .orElseThrow()
                    .token();
            subscriptions.confirm(token, 0);
        }
        assertThat(subscriptions.ask("reader@example.org", "one more", SearchMode.HYBRID, NOW))
                .isEmpty();
    }

    @Test
    void a_wish_carries_no_link_to_somebody_elses_mail() {
        assertThatThrownBy(() -> Subscriptions.of(folder)
                        .ask("reader@example.org", "see http://example.org", SearchMode.HYBRID, NOW))
                .hasMessageContaining("without an address of a page");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nobody",
                "@example.org",
                "a@",
                "a@b@c",
                "a b@example.org",
                "Name <a@example.org>",
                "a@example.org,b@example.org",
                "a@example.org\r\nBcc: b@example.org",
                "a@example.org\u0000",
                "ä@example.org"
            })
    void what_is_no_single_address_is_refused_and_not_repeated(String address) {
        assertThatThrownBy(() -> Subscriptions.of(folder).ask(address, "coral", SearchMode.HYBRID, NOW))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.USAGE))
                .hasMessageStartingWith("address: expected one mail address")
                .hasMessageNotContaining("Bcc");
        assertThat(folder.resolve("subscriptions.json")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "coral\r\nBcc: b@example.org", "coral\nreef", "a\u0007b"})
    void a_query_that_cannot_stand_in_a_subject_is_refused(String query) {
        assertThatThrownBy(() -> Subscriptions.of(folder).ask("reader@example.org", query, SearchMode.HYBRID, NOW))
                .isInstanceOf(ChiaroException.class)
                .hasMessageStartingWith("query: expected");
    }

    @Test
    void the_file_is_its_owners_alone_and_a_subscription_in_a_log_says_nothing_of_its_reader() throws IOException {
        Subscription asked = Subscriptions.of(folder)
                .ask("reader@example.org", "coral", SearchMode.HYBRID, NOW)
                .orElseThrow();
        Path file = folder.resolve("subscriptions.json");
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(asked.toString()).doesNotContain("reader").doesNotContain(asked.token());
    }

    @Test
    void changes_by_many_threads_at_once_all_stay() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            String address = "reader" + t + "@example.org";
            // Each with an object of its own, as processes have.
            all.add(CompletableFuture.runAsync(() -> {
                Subscriptions own = Subscriptions.of(folder);
                Subscription asked =
                        own.ask(address, "coral", SearchMode.HYBRID, NOW).orElseThrow();
                own.confirm(asked.token(), 1);
            }));
        }
        all.forEach(CompletableFuture::join);
        assertThat(Subscriptions.of(folder).all()).hasSize(8).allMatch(Subscription::confirmed);
    }

    @Test
    void a_file_of_another_version_or_with_unknown_keys_is_refused() throws IOException {
        Path file = folder.resolve("subscriptions.json");
        Files.writeString(file, "{\"version\": 2, \"subscriptions\": []}");
        assertThatThrownBy(() -> Subscriptions.of(folder).all())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("version 1");
        Files.writeString(file, "{\"version\": 1, \"subscriptions\": [], \"subscribers\": []}");
        assertThatThrownBy(() -> Subscriptions.of(folder).all())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("subscribers");
    }
}
