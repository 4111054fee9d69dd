package io.chiaro.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.chiaro.model.Document;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.ServedIndex;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a server with keys in a real Chromium. */
class KeyedPageTest {

    private static final double MILLISECONDS = 60_000;

    @TempDir
    static Path folder = Path.of("");

    private static Browser browser;
    private static RunningServer server;
    private static String reader = "";
    private static String admin = "";

    private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private BrowserContext context;
    private Page page;

    @BeforeAll
    @SuppressWarnings("SystemOut") // the reason of a skip shall be seen where the tests run
    static void start() {
        Optional<Path> program = Browser.program();
        if (program.isEmpty()) {
            System.out.println("KeyedPageTest " + Browser.NONE);
        }
        Assumptions.assumeTrue(program.isPresent(), Browser.NONE);
        browser = Browser.start(program.get());
        PlaywrightAssertions.setDefaultAssertionTimeout(MILLISECONDS);
        Path directory = folder.resolve("tiny");
        try (OnnxEmbedder model = TinyModel.create(directory, 1, true)) {
            TextIndex.write(folder.resolve("birds"), Stream.of(new Document("d", "", "a bird in winter")), model);
        }
        Path keys = folder.resolve("keys.json");
        reader = key(keys, Role.READ);
        admin = key(keys, Role.ADMIN);
        server = new RunningServer(
                () -> new Content(
                        OnnxEmbedder.open(directory.toString(), new OnnxSettings(1, 256)),
                        List.of(new ServedIndex("birds", LiveIndex.open(folder.resolve("birds"))))),
                ServerSettings.defaults().withName("tiny").withKeys(keys));
    }

    private static String key(Path keys, Role role) {
        return KeyFile.openOrCreate(keys)
                .add(role.word(), role, Clock.systemUTC())
                .text();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        context = browser.get().newContext();
        page = newPage();
    }

    private Page newPage() {
        Page opened = context.newPage();
        opened.setDefaultTimeout(MILLISECONDS);
        opened.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        opened.onPageError(complaints::add);
        context.onRequest(request -> asked.add(request.url()));
        return opened;
    }

    @AfterEach
    void only_refusals_were_complained_of_and_no_address_held_a_key() {
        context.close();
        assertThat(complaints).allMatch(text -> text.contains("status of 401") || text.contains("status of 403"));
        assertThat(asked)
                .isNotEmpty()
                .allMatch(url -> url.startsWith(server.server().address() + "/"))
                .noneMatch(url -> url.contains("chiaro_"));
    }

    private void visit(Page opened) {
        opened.navigate(server.uri("/?query=bird").toString());
    }

    private void give(String key) {
        page.locator("#key").fill(key);
        page.locator("#key").press("Enter");
    }

    @Test
    void the_page_asks_for_a_key_until_it_is_a_right_one_and_keeps_it_for_its_tab_alone() {
        visit(page);
        assertThat(page.locator("#key-dialog")).isVisible();
        assertThat(page.locator("#first-hits > li")).hasCount(0);
        give("chiaro_wrong");
        assertThat(page.locator("#key-status")).hasText("The server does not know the last one.");
        give(" " + reader + " ");

        assertThat(page.locator("#first-hits > li")).hasCount(1);
        assertThat(page.locator("#name")).hasText("tiny");
        assertThat(page.locator("#key-dialog")).isHidden();
        assertThat(page.locator("#key")).hasValue("");
        page.reload();
        assertThat(page.locator("#first-hits > li")).hasCount(1);
        assertThat(page.url()).doesNotContain("chiaro_");
        assertThat(page.evaluate("Object.values(sessionStorage).join()")).isEqualTo(reader);
        assertThat(page.evaluate("Object.values(localStorage).join() + document.cookie"))
                .asString()
                .doesNotContain("chiaro_");
        try (Page other = newPage()) {
            visit(other);
            assertThat(other.locator("#key-dialog")).isVisible();
        }
    }

    @Test
    void who_gives_no_key_is_told_what_is_wanted_and_can_give_one_later() {
        visit(page);
        page.locator("#key-close").click();

        assertThat(page.locator("#problem-text")).hasText("The server wants a key. The button Key takes one.");
        assertThat(page.locator("html[data-ready]")).hasCount(1);
        assertThat(page.locator("#key-dialog")).isHidden();
        page.locator("#key-button").click();
        give(reader);
        assertThat(page.locator("#first-hits > li")).hasCount(1);
    }

    @Test
    void a_key_whose_role_does_not_do_is_told_so_and_another_can_be_given() {
        visit(page);
        give(reader);
        page.locator("#tab-model").click();
        page.locator("#reload").click();
        assertThat(page.locator("#model-status"))
                .hasText("This may not be done here: expected a key of the role admin, but this one has read.");

        page.locator("#key-button").click();
        assertThat(page.locator("#key-status")).hasText("The last key is forgotten.");
        give(admin);
        assertThat(page.locator("#facts")).containsText("tiny");
        page.locator("#reload").click();
        assertThat(page.locator("#model-status")).hasText("tiny is served anew.");
    }
}
