package io.chiaro.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.SelectOption;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.route.ServedIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page offers where a reranker is served, in a real Chromium before a real server. */
class RerankedBrowserTest {

    private static final double MILLISECONDS = 60_000;
    private static final String QUERY = "a cold ship";
    private static final List<String> TEXTS = List.of("cold harbour", "tea", "the ships come in");

    @TempDir
    Path folder = Path.of("");

    @Test
    void what_a_reranker_puts_in_order_stands_beside_what_it_was_given() {
        Optional<Path> program = Browser.program();
        Assumptions.assumeTrue(program.isPresent(), Browser.NONE);
        PlaywrightAssertions.setDefaultAssertionTimeout(MILLISECONDS);
        try (Embedder model = TinyModel.create(folder.resolve("tiny"), 1, true)) {
            TextIndex.write(
                    folder.resolve("index"),
                    IntStream.range(0, 12).mapToObj(i -> new Document("d" + i, "", TEXTS.get(i % 3) + " number " + i)),
                    model);
        }
        try (RunningServer server = new RunningServer(
                        () -> new Content(
                                OnnxEmbedder.open(folder.resolve("tiny").toString(), new OnnxSettings(1, 256)),
                                List.of(new ServedIndex("ships", LiveIndex.open(folder.resolve("index")))),
                                Optional.of(RerankTest.tinyReranker(folder.resolve("scorer")))),
                        ServerSettings.defaults());
                Browser browser = Browser.start(program.get());
                BrowserContext context = browser.get().newContext()) {
            Page page = context.newPage();
            page.setDefaultTimeout(MILLISECONDS);
            page.navigate(server.uri("/?query=a+cold+ship").toString());
            page.waitForSelector("html[data-ready]");
            page.locator("#first").selectOption(new SelectOption().setLabel("ships, hybrid"));
            page.locator("#second").selectOption(new SelectOption().setLabel("ships, hybrid, reranked"));

            assertThat(page.locator("#columns")).hasAttribute("aria-busy", "false");
            List<String> plain = ids(server, Map.of("query", QUERY, "k", 10, "by", "hybrid"));
            List<String> reranked = ids(server, Map.of("query", QUERY, "k", 10, "by", "hybrid", "rerank", true));
            assertThat(reranked).isNotEqualTo(plain);
            assertThat(shown(page, "first")).isEqualTo(plain);
            assertThat(shown(page, "second")).isEqualTo(reranked);
        }
    }

    private static Object shown(Page page, String side) {
        return page.locator("#" + side + "-hits > li").evaluateAll("all => all.map(one => one.dataset.id)");
    }

    private static List<String> ids(RunningServer server, Map<String, Object> query) {
        return RunningServer.object(server.post("/v1/indexes/ships/search", query)).objects("hits").stream()
                .map(hit -> hit.string("id"))
                .toList();
    }
}
