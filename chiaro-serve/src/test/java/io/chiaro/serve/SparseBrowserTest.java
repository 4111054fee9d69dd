package io.chiaro.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.model.SparseDirectory;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.onnx.OnnxSparseEmbedder;
import io.chiaro.search.IndexForm;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.route.ServedIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page says of sparse vectors, in a real Chromium before a real server. */
class SparseBrowserTest {

    private static final double MILLISECONDS = 60_000;
    private static final List<String> TEXTS = List.of("cold harbour", "tea", "the ships come in");

    @TempDir
    Path folder = Path.of("");

    @Test
    void a_hit_says_which_tokens_match_with_what_weights_and_where_they_stand() {
        Optional<Path> program = Browser.program();
        Assumptions.assumeTrue(program.isPresent(), Browser.NONE);
        Path sparse = folder.resolve("sparse");
        try (OnnxEmbedder dense = TinyModel.create(folder.resolve("tiny"), 1, true);
                OnnxSparseEmbedder weighing = SparseTest.tiny(sparse, 7)) {
            TextIndex.write(
                    folder.resolve("weighed"),
                    IntStream.range(0, 12).mapToObj(i -> new Document("d" + i, "", TEXTS.get(i % 3) + " number " + i)),
                    dense,
                    Optional.of(weighing),
                    IndexForm.defaults());
        }
        OnnxSettings settings = new OnnxSettings(1, 256);
        try (RunningServer server = new RunningServer(
                        () -> new Content(
                                OnnxEmbedder.open(folder.resolve("tiny").toString(), settings),
                                List.of(new ServedIndex("weighed", LiveIndex.open(folder.resolve("weighed")))),
                                Optional.empty(),
                                Optional.of(OnnxSparseEmbedder.open(SparseDirectory.open(sparse), settings))),
                        ServerSettings.defaults());
                Browser browser = Browser.start(program.get());
                BrowserContext context = browser.get().newContext()) {
            Page page = context.newPage();
            page.setDefaultTimeout(MILLISECONDS);
            page.navigate(server.uri("/?query=a+cold+ship").toString());
            page.waitForSelector("html[data-ready]");
            Locator first = page.locator("#first-hits > li").first();
            String id = first.getAttribute("data-id");
            first.getByRole(AriaRole.BUTTON).click();
            JsonObject tokens = RunningServer.object(
                            server.post("/v1/indexes/weighed/explain", Map.of("query", "a cold ship", "id", id)))
                    .object("tokens");
            List<JsonObject> matches = tokens.objects("matches");
            Locator table =
                    page.locator("#why-body table").filter(new Locator.FilterOptions().setHasText("Matching tokens"));
            assertThat(table.locator("tbody tr"))
                    .hasCount(
                            Math.min(20, matches.size()),
                            new com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions()
                                    .setTimeout(MILLISECONDS));
            for (int i = 0; i < Math.min(20, matches.size()); i++) {
                JsonObject match = matches.get(i);
                String stands = match.bool("in_query")
                        ? match.bool("in_document") ? "query and text" : "query"
                        : match.bool("in_document") ? "text" : "neither";
                assertThat(table.locator("tbody tr").nth(i).innerText())
                        .contains(
                                match.string("token"),
                                stands,
                                shown(match.number("query_weight")),
                                shown(match.number("document_weight")),
                                shown(match.number("share")));
            }
            assertThat(page.locator("#why-body")).containsText("sparse vectors (product)");
            page.keyboard().press("Escape");
            page.locator("#first").selectOption("weighed/sparse");
            assertThat(page.locator("#status")).containsText("the best first");
            assertThat(page.locator("#columns")).hasAttribute("aria-busy", "false");
            assertThat(page.locator("#first-hits > li").evaluateAll("all => all.map(one => one.dataset.id)"))
                    .isEqualTo(RunningServer.object(server.post(
                                    "/v1/indexes/weighed/search", Map.of("query", "a cold ship", "by", "sparse")))
                            .objects("hits")
                            .stream()
                            .map(hit -> hit.string("id"))
                            .toList());
            assertThat(matches.size()).isGreaterThan(20);
            assertThat(page.locator("#why-body")).containsText((matches.size() - 20) + " more tokens add");
        }
    }

    private static String shown(double number) {
        return String.format(Locale.ROOT, "%.4f", number);
    }
}
