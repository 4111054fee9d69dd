package io.chiaro.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.SelectOption;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.route.ServedIndex;
import io.chiaro.serve.route.Shown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real Chromium before a real server. */
class BrowserTest {

    private static final List<String> WORDS = List.of("harbour", "tea", "cold", "winter", "bird", "song", "bread");

    private static final double MILLISECONDS = 60_000;

    /** It would run as soon as any text were put in as markup. */
    private static final String HOSTILE = "<img src=x onerror=\"document.title='broken'\"> winter tale";

    @TempDir
    static Path folder = Path.of("");

    private static Browser browser;
    private static OnnxEmbedder model;
    private static OnnxEmbedder base;
    private static LiveIndex live;
    private static LiveIndex beside;
    private static LiveIndex large;
    private static RunningServer server;

    private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private BrowserContext context;
    private Page page;

    private static Stream<Document> documents() {
        return Stream.concat(
                IntStream.range(0, 49)
                        .mapToObj(i -> new Document(
                                "d" + i, "", WORDS.get(i / 7) + " and " + WORDS.get(i % 7), kind(WORDS.get(i / 7)))),
                Stream.of(new Document("hostile", "", HOSTILE)));
    }

    private static Metadata kind(String kind) {
        return Metadata.from(Json.parse("test", "{\"kind\": \"" + kind + "\"}"));
    }

    @BeforeAll
    @SuppressWarnings("SystemOut") // the reason of a skip shall be seen where the tests run
    static void start() throws IOException {
        Optional<Path> program = Browser.program();
        if (program.isEmpty()) {
            System.out.println("BrowserTest " + Browser.NONE);
        }
        Assumptions.assumeTrue(program.isPresent(), Browser.NONE);
        browser = Browser.start(program.get());
        // A machine that builds beside the test may be slow; no test waits longer than it must.
        PlaywrightAssertions.setDefaultAssertionTimeout(MILLISECONDS);
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        base = TinyModel.create(folder.resolve("untuned"), 2, true);
        TextIndex.write(folder.resolve("birds"), documents(), model);
        TextIndex.write(folder.resolve("base"), documents(), base);
        // Twelve are more than an answer may hold.
        String filling = "x. ".repeat(150_000);
        TextIndex.write(
                folder.resolve("long"),
                Stream.concat(
                        Stream.of(new Document("hebrew", "שיר", "הציפור שרה בחורף")),
                        IntStream.range(0, 12)
                                .mapToObj(i -> new Document(
                                        "l" + i,
                                        "Of a heron",
                                        "x. ".repeat(1_000) + "Here a heron stands. " + filling + "the end of it"))),
                model);
        try (TextIndex index = TextIndex.open(folder.resolve("birds"))) {
            index.drawMap(42);
        }
        runs(folder.resolve("runs"));
        live = LiveIndex.open(folder.resolve("birds"));
        beside = LiveIndex.open(folder.resolve("base"));
        large = LiveIndex.open(folder.resolve("long"));
        server = new RunningServer(
                model,
                List.of(
                        new ServedIndex("birds", live),
                        new ServedIndex("base", beside, Optional.of(base)),
                        new ServedIndex("long", large)),
                ServerSettings.defaults()
                        .withShown(Shown.NOTHING
                                .withRuns(folder.resolve("runs"))
                                .withCard(folder.resolve("tiny/README.md"))));
    }

    private static void runs(Path runs) throws IOException {
        Path run = Files.createDirectories(runs.resolve("first"));
        Files.writeString(
                run.resolve("events.jsonl"),
                "{\"event\":\"run-started\",\"step\":0,\"steps\":3}\n" + step(1, 2.5) + step(2, 2.0)
                        + "{\"event\":\"evaluated\",\"step\":2,\"name\":\"sts\",\"metrics\":{\"spearman\":0.7}}\n"
                        + "{\"event\":\"collapse-checked\",\"step\":2,\"verdict\":{\"level\":\"healthy\",\"reason\":"
                        + "\"items are told apart\",\"standard-deviation\":0.9,\"effective-rank\":7.5,"
                        + "\"mean-cosine\":0.1}}\n");
        for (String name : List.of("first", "second")) {
            double value = name.equals("first") ? 0.25 : 0.5;
            Files.writeString(
                    Files.createDirectories(runs.resolve(name)).resolve("report.json"),
                    "{\"ndcg@10\": " + value + ", \"protocol\": {\"seed\": 1}}");
        }
    }

    private static String step(int step, double loss) {
        return "{\"event\":\"step-done\",\"step\":" + step + ",\"steps\":3,\"loss\":" + loss
                + ",\"chance-loss\":3.0,\"learning-rate\":0.001,\"gradient-norm\":1.0}\n";
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
            live.close();
            beside.close();
            large.close();
            model.close();
            base.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        context = browser.get()
                .newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                        .setColorScheme(ColorScheme.LIGHT)
                        .setViewportSize(1200, 900));
        page = context.newPage();
        page.setDefaultTimeout(MILLISECONDS);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        context.onRequest(request -> asked.add(request.url()));
    }

    @AfterEach
    void nothing_was_complained_of_and_nobody_else_was_asked() {
        context.close();
        assertThat(complaints).isEmpty();
        assertThat(asked)
                .isNotEmpty()
                .allMatch(url -> url.startsWith(server.server().address() + "/"));
    }

    private void visit(String path) {
        page.navigate(server.uri(path).toString());
        page.waitForSelector("html[data-ready]");
    }

    /** Waits until what is shown is the answer to what stands in the box. */
    private void answered() {
        assertThat(page.locator("#columns")).hasAttribute("aria-busy", "false");
    }

    private Locator hits(String side) {
        return page.locator("#" + side + "-hits > li");
    }

    private String focused() {
        return (String) page.evaluate("document.activeElement.dataset.id ?? document.activeElement.id");
    }

    private static List<String> ids(String index, String query) {
        return ids(index, query, 10);
    }

    private static List<String> ids(String index, String query, int k) {
        return RunningServer.object(server.post("/v1/indexes/" + index + "/search", Map.of("query", query, "k", k)))
                .objects("hits")
                .stream()
                .map(hit -> hit.string("id"))
                .toList();
    }

    @Test
    void hits_come_as_one_types_from_both_models_side_by_side() {
        visit("/");
        Locator query = page.getByRole(AriaRole.SEARCHBOX, new Page.GetByRoleOptions().setName("Search"));
        query.pressSequentially("a bird");
        assertThat(page.locator("#status")).containsText("in both.");
        query.pressSequentially(" and bread");

        answered();
        assertThat(hits("first")).hasCount(10);
        assertThat(hits("first").evaluateAll("all => all.map(one => one.dataset.id)"))
                .isEqualTo(ids("birds", "a bird and bread"));
        assertThat(hits("second").evaluateAll("all => all.map(one => one.dataset.id)"))
                .isEqualTo(ids("base", "a bird and bread"));
        assertThat(page.locator("#second-title")).hasText("base (untuned), vectors");
        // What was typed meanwhile has been asked for, and no answer to a shorter query has come after it.
        page.locator("#second").selectOption("");
        assertThat(page.locator("#status")).hasText("10 hits, the best first.");
        assertThat(page.locator("#second-column")).isHidden();
        page.locator("#query").fill("");
        assertThat(hits("first")).hasCount(0);
    }

    @Test
    void of_a_long_text_a_few_lines_are_shown_apart_from_its_title_and_the_rest_on_demand() {
        visit("/?query=heron");
        page.locator("#first").selectOption(new SelectOption().setLabel("long (tiny), words"));
        page.locator("#second").selectOption("");
        answered();
        assertThat(hits("first")).hasCount(10);
        Locator hit = hits("first").first();
        assertThat(hit.locator(".title")).hasText("Of a heron");
        assertThat(hit.locator(".title mark")).hasText("heron");
        assertThat(hit.locator(".few mark")).hasText("heron");
        assertThat(hit.locator(".few")).containsText("… Here a heron stands.");
        assertThat(((Number) hit.evaluate("one => one.getBoundingClientRect().height")).doubleValue())
                .isLessThan(250);
        assertThat(hit).not().containsText("Of a heron x");
        Locator rest = hit.locator("button.more");
        assertThat(rest).hasAttribute("aria-expanded", "false");
        rest.focus();
        page.keyboard().press("Enter");
        assertThat(rest).hasAttribute("aria-expanded", "true");
        assertThat(page.locator("#why")).isHidden();
        assertThat(hit.locator(".few")).isHidden();
        assertThat(hit.locator(".text")).containsText("The first 20,000 characters; Why? shows all.");
        rest.click();
        assertThat(hit.locator(".text")).isHidden();

        hit.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Why"))
                .click();
        page.locator("#why-body button.more").click();
        assertThat(page.locator("#why-body > .text")).containsText("the end of it");
        assertThat(page.locator("#why-body > .title")).hasText("Of a heron");
    }

    @Test
    void ten_more_hits_come_behind_those_that_are_shown_until_there_are_no_more() {
        visit("/?query=a+bird+and+bread");
        assertThat(hits("first")).hasCount(10);
        List<String> birds = ids("birds", "a bird and bread", 50);
        List<String> base = ids("base", "a bird and bread", 50);
        page.locator("#first-more").click();
        assertThat(hits("first")).hasCount(20);
        assertThat(focused()).isEqualTo(birds.get(10));
        assertThat(page.locator("#status")).containsText("20 and 10 hits");
        assertThat(hits("first").nth(10)).containsText("11. ");
        String best = base.get(0);
        int at = birds.indexOf(best);
        assertThat(hits("second").first().locator(".elsewhere"))
                .hasText(at < 20 ? at + 1 + " in the other list" : "not in the other list");
        for (int shown = 30; shown <= 50; shown += 10) {
            page.locator("#first-more").click();
            assertThat(hits("first")).hasCount(shown);
        }
        assertThat(hits("second").first().locator(".elsewhere")).hasText(at + 1 + " in the other list");
        assertThat(hits("first").evaluateAll("all => all.map(one => one.dataset.id)"))
                .isEqualTo(birds);
        page.locator("#first-more").click();
        assertThat(page.locator("#first-more")).isHidden();
        assertThat(hits("second")).hasCount(10);
        page.locator("#query").fill("winter");
        assertThat(page.locator("#first-more")).isVisible();
        assertThat(hits("first")).hasCount(10);
    }

    @Test
    void a_start_that_is_refused_is_said_and_made_up_for() {
        List<Route> refused = new ArrayList<>();
        page.route(Pattern.compile(".*/info"), route -> {
            if (refused.size() < 2) {
                refused.add(route);
                route.fulfill(
                        new Route.FulfillOptions().setStatus(429).setBody("{\"error\": {\"message\": \"busy.\"}}"));
            } else {
                route.resume();
            }
        });
        visit("/?query=winter#map");
        assertThat(page.locator("#problem")).containsText("busy.");
        assertThat(page.locator("#view-map")).isVisible();
        page.locator("#tab-training").click();
        assertThat(page.locator("#training-status")).containsText("loss");
        page.locator("#tab-map").click();
        page.locator("#problem-again").click();
        // The button was refused as well; the page asks again by itself.
        assertThat(page.locator("#map-status")).containsText("on the map");
        assertThat(page.locator("#problem")).isHidden();
        assertThat(refused).hasSize(2);
        page.locator("#tab-search").click();
        assertThat(hits("first")).hasCount(10);
        complaints.removeIf(text -> text.contains("status of 429"));
    }

    @Test
    void texts_that_are_read_from_right_to_left_are_shown_so() {
        visit("/");
        page.locator("#first").selectOption(new SelectOption().setLabel("long (tiny), words"));
        page.locator("#second").selectOption("");
        page.locator("#query").fill("ציפור שיר");
        Locator hit = page.locator("#first-hits > li[data-id=hebrew]");
        for (Locator place : List.of(page.locator("#query"), hit.locator(".title"), hit.locator(".text"))) {
            assertThat(place).hasCSS("direction", "rtl");
        }
        assertThat(hit.locator(".about")).hasCSS("direction", "ltr");
        hit.getByRole(AriaRole.BUTTON).click();
        assertThat(page.locator("#why-body .text").first()).hasCSS("direction", "rtl");
        assertThat(page.locator("#why-body caption").first()).hasCSS("direction", "ltr");
    }

    @Test
    void what_answers_in_place_of_the_server_is_not_shown_to_people() {
        visit("/");
        List<Route.FulfillOptions> answers = new ArrayList<>(List.of(
                new Route.FulfillOptions()
                        .setStatus(502)
                        .setContentType("text/html")
                        .setBody("<html>Bad Gateway</html>"),
                new Route.FulfillOptions()
                        .setStatus(503)
                        .setContentType("application/json")
                        .setBody("null"),
                new Route.FulfillOptions().setStatus(200).setBody("{\"hits\": [")));
        page.locator("#second").selectOption("");
        page.route(Pattern.compile(".*/search"), route -> {
            if (answers.isEmpty()) {
                route.abort();
            } else {
                route.fulfill(answers.remove(0));
            }
        });
        for (String message : List.of(
                "The server does not answer (502).",
                "The server does not answer (503).",
                "The answer of the server broke off.",
                "The server cannot be reached.")) {
            page.locator("#query").fill("winter " + message.length());
            assertThat(page.locator("#status")).hasText(message);
        }
        complaints.removeIf(text -> text.startsWith("Failed to load resource"));
    }

    @Test
    void the_address_holds_the_search_and_back_goes_to_the_view_before() {
        visit("/");
        page.locator("#query").fill("tea & song");
        page.locator("#first").selectOption(new SelectOption().setLabel("base (untuned), words"));
        page.locator("#second").selectOption("");
        assertThat(page.locator("#status")).hasText("10 hits, the best first.");
        Object shown = hits("first").evaluateAll("all => all.map(one => one.dataset.id)");
        page.locator("#tab-map").click();
        page.locator("#tab-model").click();
        page.goBack();
        assertThat(page.locator("#view-map")).isVisible();
        assertThat(page.locator("#tab-map")).hasAttribute("aria-selected", "true");
        page.goBack();
        assertThat(page.locator("#view-search")).isVisible();
        page.goForward();
        page.keyboard().press("/");
        page.locator("#query").fill("cold");
        assertThat(page.locator("#status")).hasText("10 hits, the best first.");
        page.goBack();
        assertThat(page.locator("#view-map")).isVisible();
        page.goBack();
        assertThat(page.locator("#query")).hasValue("tea & song");
        assertThat(hits("first")).hasCount(10);

        page.navigate("about:blank");
        page.goBack();
        page.waitForSelector("html[data-ready]");
        assertThat(page.locator("#query")).hasValue("tea & song");
        assertThat(page.locator("#first option:checked")).hasText("base (untuned), words");
        assertThat(page.locator("#second")).hasValue("");
        answered();
        assertThat(hits("first").evaluateAll("all => all.map(one => one.dataset.id)"))
                .isEqualTo(shown);
        asked.removeIf(url -> url.equals("about:blank"));
        visit("/?query=tea&first=gone/words&second=gone/words");
        assertThat(page.locator("#first option:checked")).hasText("birds (tiny), vectors");
    }

    @Test
    void an_answer_that_comes_after_a_later_one_is_not_shown() {
        visit("/");
        page.locator("#second").selectOption("");
        List<Route> held = new ArrayList<>();
        page.route(Pattern.compile(".*/search"), route -> {
            if (route.request().postData().contains("harbour")) {
                held.add(route);
            } else {
                route.resume();
            }
        });
        page.locator("#query").fill("harbour");
        page.waitForCondition(() -> !held.isEmpty());
        page.locator("#query").fill("tea and song");
        assertThat(page.locator("#status")).hasText("10 hits, the best first.");
        try {
            held.get(0)
                    .fulfill(new Route.FulfillOptions()
                            .setContentType("application/json")
                            .setBody("{\"hits\": []}"));
        } catch (PlaywrightException givenUp) {
            // The page has ended the request, which is as good.
        }
        page.evaluate("() => new Promise((done) => setTimeout(done, 50))");
        assertThat(hits("first").evaluateAll("all => all.map(one => one.dataset.id)"))
                .isEqualTo(ids("birds", "tea and song"));
    }

    @Test
    void the_keyboard_reaches_everything() {
        visit("/?query=winter");
        assertThat(hits("first")).hasCount(10);
        List<String> first = ids("birds", "winter");
        assertThat(focused()).isEqualTo("query");
        page.keyboard().press("ArrowDown");
        assertThat(focused()).isEqualTo(first.get(0));
        page.keyboard().press("ArrowDown");
        assertThat(focused()).isEqualTo(first.get(1));
        page.keyboard().press("ArrowRight");
        assertThat(focused()).isEqualTo(ids("base", "winter").get(1));
        page.keyboard().press("Enter");
        assertThat(page.locator("#why")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator("#why")).isHidden();
        page.keyboard().press("Escape");
        assertThat(focused()).isEqualTo("query");

        page.locator("#tab-search").focus();
        page.keyboard().press("ArrowRight");
        assertThat(page.locator("#view-map")).isVisible();
        assertThat(page.locator("#view-search")).isHidden();
        assertThat(focused()).isEqualTo("tab-map");
        page.keyboard().press("/");
        assertThat(page.locator("#view-search")).isVisible();
        assertThat(focused()).isEqualTo("query");

        page.locator(".skip").focus();
        page.keyboard().press("Enter");
        assertThat(focused()).isEqualTo("content");
    }

    @Test
    void a_hit_says_why_and_leads_to_its_neighbours_and_the_map() {
        visit("/?query=a+bird+and+bread");
        hits("first").first().getByRole(AriaRole.BUTTON).click();
        JsonObject why = RunningServer.object(server.post(
                "/v1/indexes/birds/explain",
                Map.of(
                        "query",
                        "a bird and bread",
                        "id",
                        ids("birds", "a bird and bread").get(0))));
        Locator body = page.locator("#why-body");
        assertThat(page.locator("#why-title")).hasText("Why " + why.string("id"));
        assertThat(body).containsText(why.string("text"));
        assertThat(body)
                .containsText(
                        String.format(Locale.ROOT, "%.4f", why.object("vectors").number("score")));
        for (JsonObject match : why.object("words").objects("matches")) {
            assertThat(body).containsText(match.string("word"));
            assertThat(body).containsText(String.format(Locale.ROOT, "%.4f", match.number("share")));
        }
        String next = why.objects("neighbours").get(0).string("id");
        body.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(next + " ("))
                .click();
        assertThat(page.locator("#why-title")).hasText("Why " + next);
        body.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Show on the map"))
                .click();
        assertThat(page.locator("#view-map")).isVisible();
        assertThat(page.locator("#map-document")).containsText(next);
    }

    @Test
    void the_map_shows_its_points_moves_zooms_and_finds() {
        visit("/#map");
        assertThat(page.locator("#map-status")).hasText("50 documents.");
        assertThat(page.locator("#legend li")).hasCount(7);
        Locator canvas = page.locator("#canvas");
        page.waitForFunction("() => document.getElementById('canvas').width > 300");
        twoFrames();
        String still = picture();
        canvas.focus();
        page.keyboard().press("+");
        String zoomed = changedFrom(still);
        page.keyboard().press("ArrowLeft");
        String moved = changedFrom(zoomed);
        page.keyboard().press("0");
        assertThat(changedFrom(moved)).isEqualTo(still);
        page.mouse().move(600, 500);
        page.mouse().wheel(0, -300);
        String wheeled = changedFrom(still);
        page.mouse().down();
        page.mouse().move(680, 540);
        page.mouse().up();
        String dragged = changedFrom(wheeled);
        page.keyboard().press("0");
        assertThat(changedFrom(dragged)).isEqualTo(still);

        page.locator("#map-query").fill("winter");
        assertThat(page.locator("#map-hits li")).hasCount(50);
        page.locator("#map-hits button").first().click();
        assertThat(page.locator("#map-document h2")).isVisible();
        // The document that was looked at stands in the middle now, and is found under the pointer.
        String shown = page.locator("#map-document h2").textContent();
        var box = canvas.boundingBox();
        page.mouse().move(box.x + box.width / 2, box.y + box.height / 2);
        assertThat(page.locator("#tip")).containsText(shown);
        page.locator("#map-colour").selectOption("");
        assertThat(page.locator("#legend li")).hasCount(0);
    }

    @Test
    void that_a_map_is_stale_is_said_also_while_something_is_searched_for() {
        page.route(
                Pattern.compile(".*/birds/map"),
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(server.get("/v1/indexes/birds/map")
                                .body()
                                .replace("\"stale\":false,\"gone\":0", "\"stale\":true,\"gone\":3"))));
        visit("/?query=winter#map");
        assertThat(page.locator("#map-status")).hasText("50 of the 50 best are on the map.");
        assertThat(page.locator("#map-stale"))
                .hasText("The index has changed since the map was drawn, and 3 that it showed are gone.");
        assertThat(page.locator("#map-stale")).isVisible();
    }

    @Test
    void a_map_that_is_being_drawn_is_said_and_shown_when_it_is_there() {
        List<String> states = new ArrayList<>(List.of(
                "\"map\":false",
                "\"map\":false,\"map_drawing\":\"failed\"",
                "\"map\":false,\"map_drawing\":\"under-way\""));
        page.route(
                Pattern.compile(".*/v1/indexes$"),
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(server.get("/v1/indexes")
                                .body()
                                .replace("\"map\":true", states.isEmpty() ? "\"map\":true" : states.get(0)))));
        visit("/#map");
        assertThat(page.locator("#map-status")).containsText("No index has a map.");
        states.remove(0);
        page.locator("#tab-search").click();
        page.locator("#tab-map").click();
        assertThat(page.locator("#map-status"))
                .hasText("The map of birds could not be drawn. The log of the server says why.");
        states.remove(0);
        page.locator("#tab-search").click();
        page.locator("#tab-map").click();
        assertThat(page.locator("#map-status"))
                .hasText("The map of birds is being drawn. Of a large index that takes minutes.");
        states.remove(0);
        assertThat(page.locator("#map-status")).hasText("50 documents.");
    }

    @Test
    void the_keyboard_chooses_the_document_in_the_middle_of_the_map() {
        visit("/?query=winter#map");
        page.locator("#map-hits button").first().click();
        String found = page.locator("#map-document h2").textContent();
        page.locator("#map-hits button").nth(1).click();
        assertThat(page.locator("#map-document h2")).not().hasText(found);
        page.locator("#map-hits button").first().focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("#map-document h2")).hasText(found);
        page.locator("#canvas").focus();
        page.keyboard().press("0");
        page.keyboard().press("Enter");
        assertThat(page.locator("#map-document h2")).not().hasText(found);
        String middle = page.locator("#map-document h2").textContent();
        for (int i = 0; i < 3; i++) {
            page.keyboard().press("ArrowLeft");
        }
        page.keyboard().press(" ");
        assertThat(page.locator("#map-document h2")).not().hasText(middle);
        assertThat(page.locator("#map-document")).hasAttribute("aria-live", "polite");
    }

    /** The pixels of the map once they are other ones and two frames have passed. */
    private String changedFrom(String before) {
        page.waitForFunction("(old) => document.getElementById('canvas').toDataURL() !== old", before);
        twoFrames();
        return picture();
    }

    /** What was asked to be drawn is drawn then. */
    private void twoFrames() {
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    /** The pixels of the map. */
    private String picture() {
        return (String) page.evaluate("() => document.getElementById('canvas').toDataURL()");
    }

    @Test
    void dark_follows_the_machine_until_the_reader_chooses_and_the_choice_is_kept() {
        visit("/");
        String light = paper();
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        String dark = paper();
        assertThat(dark).isNotEqualTo(light);
        Locator button = page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Dark"));
        assertThat(button).hasAttribute("aria-pressed", "true");
        button.click();
        assertThat(paper()).isEqualTo(light);
        visit("/");
        assertThat(paper()).isEqualTo(light);
        assertThat(button).hasAttribute("aria-pressed", "false");
    }

    private String paper() {
        return (String) page.evaluate("() => getComputedStyle(document.body).backgroundColor");
    }

    @Test
    void training_is_drawn_while_it_goes_on() throws IOException {
        visit("/#training");
        assertThat(page.locator("#training-status")).hasText("Step 2 of 3, loss 2.0000. Running.");
        assertThat(page.locator("#collapse")).hasText("Collapse watch: healthy, items are told apart.");
        assertThat(page.getByRole(AriaRole.IMG, new Page.GetByRoleOptions().setName("Loss: loss 2 at the end")))
                .isVisible();
        assertThat(page.locator("#charts")).containsText("sts spearman 0.7");
        Files.writeString(
                folder.resolve("runs/first/events.jsonl"),
                step(3, 1.5)
                        + "{\"event\":\"run-finished\",\"step\":3,\"ending\":\"completed\",\"message\":\"All 3 steps are"
                        + " done.\"}\n",
                StandardOpenOption.APPEND);
        assertThat(page.locator("#training-status")).hasText("Step 3 of 3, loss 1.5000. All 3 steps are done.");
    }

    @Test
    void a_poll_that_fails_is_repeated_and_runs_that_begin_meanwhile_are_listed() throws IOException {
        List<Route> refused = new ArrayList<>();
        page.route(Pattern.compile(".*/events/.*"), route -> {
            if (refused.size() < 2) {
                refused.add(route);
                route.fulfill(
                        new Route.FulfillOptions().setStatus(429).setBody("{\"error\": {\"message\": \"busy.\"}}"));
            } else {
                route.resume();
            }
        });
        visit("/#training");
        assertThat(page.locator("#training-status")).hasText("busy. It is asked again in 2 seconds.");
        assertThat(page.locator("#training-status")).hasText("busy. It is asked again in 4 seconds.");
        assertThat(page.locator("#training-status")).containsText("loss");
        String shown = page.locator("#run").inputValue();
        Path newer = Files.createDirectories(folder.resolve("runs/newer"));
        Files.writeString(newer.resolve("events.jsonl"), "{\"event\":\"run-started\",\"step\":0,\"steps\":3}\n");
        assertThat(page.locator("#run option").first()).hasText("newer");
        assertThat(page.locator("#run")).hasValue(shown);
        visit("/");
        page.locator("#tab-training").click();
        assertThat(page.locator("#run")).hasValue("newer");
        // Nobody asks for it any longer.
        page.close();
        Files.delete(newer.resolve("events.jsonl"));
        complaints.removeIf(text -> text.contains("status of 429"));
    }

    @Test
    void a_silent_run_says_since_when_and_every_series_of_a_validation_is_drawn() throws IOException {
        Path killed = Files.createDirectories(folder.resolve("runs/killed")).resolve("events.jsonl");
        String metrics = IntStream.range(0, 9)
                .mapToObj(i -> "\"m" + i + "\":0." + (i + 1))
                .collect(Collectors.joining(","));
        Files.writeString(
                killed,
                step(1, 2.5) + "{\"event\":\"evaluated\",\"step\":1,\"name\":\"sts\",\"metrics\":{" + metrics + "}}\n");
        Files.setLastModifiedTime(killed, FileTime.from(Instant.now().minus(Duration.ofHours(73))));
        visit("/#training");
        page.locator("#run").selectOption("killed");
        assertThat(page.locator("#training-status"))
                .hasText("Step 1 of 3, loss 2.5000. No event for 3 days: it may have been ended.");
        assertThat(page.locator("#charts")).containsText("Validation 2 of 2");
        for (int i = 0; i < 9; i++) {
            assertThat(page.locator("#charts")).containsText("sts m" + i + " 0." + (i + 1));
        }
        // Nobody asks for it any longer.
        page.close();
        Files.delete(killed);
    }

    @Test
    void reports_are_compared_also_one_of_the_reader_and_the_model_has_its_card() {
        visit("/#reports");
        page.locator("#report-a").selectOption("first");
        page.locator("#report-b").selectOption("second");
        assertThat(page.locator("#comparison td")).hasText(new String[] {"0.2500", "0.5000", "+0.2500"});
        page.locator("#file-b").setInputFiles(folder.resolve("runs/first/report.json"));
        assertThat(page.locator("#comparison td")).hasText(new String[] {"0.2500", "0.2500", "0.0000"});
        page.locator("#tab-model").click();
        assertThat(page.locator("#facts")).containsText("max input length");
        assertThat(page.locator("#card h2")).hasText("tiny");
    }

    @Test
    void only_figures_whose_better_direction_is_known_are_coloured_by_it() {
        visit("/#reports");
        String first =
                "{\"base\": {\"ndcg@10\": 0.5, \"recall_at_10\": 0.5, \"average-precision\": 0.5, \"seconds\": 1,"
                        + " \"alignment\": 1, \"uniformity\": -2, \"effective-rank\": 5, \"loss\": 2}, \"ndcg@10\": {\"size\": 1}}";
        String second =
                "{\"base\": {\"ndcg@10\": 0.6, \"recall_at_10\": 0.4, \"average-precision\": 0.6, \"seconds\": 2,"
                        + " \"alignment\": 2, \"uniformity\": -3, \"effective-rank\": 6, \"loss\": 2}, \"ndcg@10\": {\"size\": 2}}";
        give("a", first);
        give("b", second);
        assertThat(page.locator("#comparison tbody tr")).hasCount(9);
        assertThat(page.locator("#comparison tr:has(.better) th"))
                .hasText(new String[] {"base ndcg@10", "base average-precision", "base uniformity"});
        assertThat(page.locator("#comparison tr:has(.worse) th"))
                .hasText(new String[] {"base recall_at_10", "base seconds", "base alignment"});
    }

    @Test
    void what_is_no_report_is_refused_and_leaves_nothing_of_the_last_one() {
        visit("/#reports");
        for (Map.Entry<String, String> wrong : Map.of(
                        "null", "null", "[1, 2]", "a list", "\"x\"", "a string", "{", "no JSON")
                .entrySet()) {
            give("a", "{\"ndcg@10\": 0.5}");
            assertThat(page.locator("#comparison td")).hasText(new String[] {"0.5000", "", ""});
            give("a", wrong.getKey());
            assertThat(page.locator("#reports-status"))
                    .containsText("Expected a report, but found: " + wrong.getValue() + ".");
            assertThat(page.locator("#comparison td")).hasCount(0);
        }
        give("a", "{\"ndcg@10\": 0.5}");
        page.locator("#report-a").selectOption("second");
        assertThat(page.locator("#comparison td").first()).hasText("0.5000");
        assertThat(page.locator("#file-a")).hasValue("");
        page.locator("#report-b").selectOption("first");
        assertThat(page.locator("#comparison td")).hasText(new String[] {"0.5000", "0.2500", "-0.2500"});
        page.locator("#report-b").selectOption("");
        assertThat(page.locator("#comparison td")).hasText(new String[] {"0.5000", "", ""});
        page.locator("#report-a").selectOption("");
        assertThat(page.locator("#comparison table")).hasCount(0);
    }

    private void give(String side, String report) {
        page.locator("#file-" + side)
                .setInputFiles(
                        new FilePayload("report.json", "application/json", report.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void what_documents_hold_is_text_wherever_it_is_shown() {
        visit("/?query=winter+tale");
        page.locator("#first").selectOption(new SelectOption().setLabel("birds (tiny), words"));
        Locator hostile = page.locator("#first-hits > li[data-id=hostile]");
        assertThat(hostile).containsText(HOSTILE);
        hostile.getByRole(AriaRole.BUTTON).click();
        assertThat(page.locator("#why-body")).containsText(HOSTILE);
        page.keyboard().press("Escape");
        assertThat(page.locator("#why")).isHidden();
        page.locator("#tab-map").click();
        assertThat(page.locator("#map-hits")).containsText("<img src=x");
        assertThat(page.locator("img")).hasCount(0);
        assertThat(page).hasTitle("Chiaro");
    }

    @Test
    void nothing_is_wider_than_a_narrow_screen() {
        page.setViewportSize(320, 700);
        visit("/?query=a+bird+and+bread");
        assertThat(hits("first")).hasCount(10);
        page.locator("#first-hits > li:has(mark) button").first().click();
        assertThat(page.locator("#why-body")).containsText("Matching words");
        assertThat(page.locator("#why-body table thead th").filter(new Locator.FilterOptions().setHasText("Share")))
                .hasText("Share of the score");
        assertThat(width("document.getElementById('why').scrollWidth"))
                .isLessThanOrEqualTo(width("document.getElementById('why').clientWidth"));
        page.keyboard().press("Escape");
        for (String view : List.of("search", "map", "training", "reports", "model")) {
            page.locator("#tab-" + view).click();
            if (view.equals("reports")) {
                give("a", "{\"tuned\": {\"average-precision\": 0.5, \"a-figure-of-a-long-name@1000\": 123456.5}}");
                give("b", "{\"tuned\": {\"average-precision\": 0.25, \"a-figure-of-a-long-name@1000\": 223456.5}}");
                assertThat(page.locator("#comparison tbody tr")).hasCount(2);
            }
            assertThat(width("document.documentElement.scrollWidth")).as(view).isLessThanOrEqualTo(320);
        }
    }

    private int width(String of) {
        return ((Number) page.evaluate(of)).intValue();
    }

    @Test
    void lines_and_their_names_are_told_from_the_paper_in_both_colours() {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            visit("/");
            Object least = page.evaluate("""
                    () => {
                      const style = getComputedStyle(document.documentElement);
                      const light = (name) => {
                        const parts = style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/g)
                          .map((one) => parseInt(one, 16) / 255)
                          .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
                        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05;
                      };
                      const paper = light('--paper');
                      return Math.min(...['--first', '--second', '--third', '--fourth', '--quiet', '--accent']
                        .map(light).map((one) => Math.max(one, paper) / Math.min(one, paper)));
                    }""");
            assertThat(((Number) least).doubleValue()).as(scheme.name()).isGreaterThan(4.5);
        }
        assertThat(server.get("/page/style.css")
                        .body()
                        .lines()
                        .filter(line -> line.contains(".line-") || line.contains(".key-")))
                .noneMatch(line -> line.contains("#"));
    }

    @Test
    void every_control_of_every_view_has_a_name_and_a_place_in_the_order() {
        visit("/?query=winter");
        assertThat(hits("first")).hasCount(10);
        for (String view : List.of("search", "map", "training", "reports", "model")) {
            page.locator("#tab-" + view).click();
            assertThat(page.locator("#view-" + view)).isVisible();
            @SuppressWarnings("unchecked")
            List<String> nameless = (List<String>) page.evaluate("""
                    () => [...document.querySelectorAll('button, input, select, canvas, a, svg, meter, [role=tabpanel]')]
                      .filter((one) => one.checkVisibility())
                      .filter((one) => {
                        const label = one.getAttribute('aria-label')
                          ?? document.getElementById(one.getAttribute('aria-labelledby'))?.textContent
                          ?? one.labels?.[0]?.textContent
                          ?? one.textContent;
                        return label.trim() === '';
                      })
                      .map((one) => one.outerHTML)""");
            assertThat(nameless).as(view).isEmpty();
        }
        assertThat(page.locator("[role=tab][tabindex='0'], [role=tab]:not([tabindex])"))
                .hasCount(1);
        assertThat(page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])"))
                .hasCount(0);
        assertThat((Object) page.evaluate("document.documentElement.lang")).isEqualTo("en");
        assertThat(page.locator("h1")).hasCount(1);
    }
}
