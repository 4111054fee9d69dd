package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.onnx.OnnxEmbedder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search page as a browser gets it. */
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
    void the_page_loads_its_parts_from_the_server_alone_and_each_field_has_its_label() {
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true);
                RunningServer server = RunningServer.of(model)) {
            HttpResponse<String> page = server.get("/?query=tea");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("default-src 'none'; script-src 'self'");
            List<String> parts = all("(?:src|href)=\"([^\"]+)\"", page.body());
            assertThat(parts).containsExactlyInAnyOrder("page/search.css", "page/search.js");
            StringBuilder everything = new StringBuilder(page.body());
            for (String part : parts) {
                HttpResponse<String> got = server.get("/" + part);
                assertThat(got.statusCode()).isEqualTo(200);
                assertThat(got.headers().firstValue("Content-Type").orElse(""))
                        .startsWith(part.endsWith(".js") ? "text/javascript" : "text/css");
                everything.append(got.body());
            }
            assertThat(everything.toString()).doesNotContain("http:", "https:", "innerHTML", "eval(");
            List<String> ids = all(" id=\"([a-z]+)\"", page.body());
            assertThat(ids).containsAll(all("getElementById\\('([a-z]+)'\\)", everything.toString()));
            List<String> labelled = all("<label for=\"([a-z]+)\"", page.body());
            assertThat(labelled)
                    .containsExactlyInAnyOrderElementsOf(all("<(?:input|select) id=\"([a-z]+)\"", page.body()));
            assertThat(everything.toString()).contains("prefers-color-scheme: dark", "role=\"status\"");
        }
    }
}
