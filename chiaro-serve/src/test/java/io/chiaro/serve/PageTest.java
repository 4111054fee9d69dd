package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.onnx.OnnxEmbedder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as the server gives it; {@link BrowserTest} looks at what a browser makes of it. */
class PageTest {

    @TempDir
    Path folder = Path.of("");

    private static List<String> all(String pattern, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = Pattern.compile(pattern).matcher(text); matcher.find(); ) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void the_page_loads_its_parts_from_the_server_alone_and_all_of_them() {
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true);
                RunningServer server = RunningServer.of(model)) {
            HttpResponse<String> page = server.get("/?query=tea");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
            Map<String, String> parts = new LinkedHashMap<>();
            Deque<String> wanted = new ArrayDeque<>(all("(?:src|href)=\"(page/[^\"]+)\"", page.body()));
            while (!wanted.isEmpty()) {
                String part = wanted.remove();
                if (parts.containsKey(part)) {
                    continue;
                }
                HttpResponse<String> got = server.get("/" + part);
                assertThat(got.statusCode()).as(part).isEqualTo(200);
                assertThat(got.headers().firstValue("Content-Type").orElse(""))
                        .startsWith(
                                part.endsWith(".js")
                                        ? "text/javascript"
                                        : part.endsWith(".css") ? "text/css" : "image/svg+xml");
                assertThat(got.headers().firstValue("Content-Security-Policy").orElse(""))
                        .startsWith("default-src 'none'; script-src 'self'")
                        .doesNotContain("unsafe");
                parts.put(part, got.body());
                all("from '\\./([a-z]+\\.js)'", got.body()).forEach(name -> wanted.add("page/" + name));
            }
            List<String> served = RunningServer.object(server.get("/openapi.json")).object("paths").keys().stream()
                    .filter(path -> path.startsWith("/page/"))
                    .map(path -> path.substring(1))
                    .toList();
            assertThat(new TreeSet<>(parts.keySet())).isEqualTo(new TreeSet<>(served));

            String everything = page.body() + String.join("\n", parts.values());
            // The one address that stands in it names a vocabulary and is never asked.
            assertThat(everything.replace("http://www.w3.org/2000/svg", ""))
                    .doesNotContain("http:", "https:", "innerHTML", "outerHTML", "insertAdjacentHTML", "eval(");
            assertThat(page.body()).doesNotContain("<style", "style=", "onclick");
            assertThat(all("<script([^>]*)>", page.body())).containsExactly(" type=\"module\" src=\"page/main.js\"");
            assertThat(all(" id=\"([a-z-]+)\"", page.body())).doesNotHaveDuplicates();
            assertThat(all(" id=\"([a-z-]+)\"", page.body())).containsAll(all("byId\\('([a-z-]+)'\\)", everything));
            List<String> labelled = all("<label for=\"([a-z-]+)\"", page.body());
            assertThat(labelled)
                    .containsExactlyInAnyOrderElementsOf(all("<(?:input|select) id=\"([a-z-]+)\"", page.body()));
        }
    }
}
