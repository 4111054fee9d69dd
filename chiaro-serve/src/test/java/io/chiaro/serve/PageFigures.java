package io.chiaro.serve;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Not a test: takes the pictures of the book of the page of a running server, and measures how fast its map moves. Its name keeps it out
 * of the build; docs/page.md has the command. Settings: {@code chiaro.page}, the address; {@code chiaro.pictures}, a folder; {@code
 * chiaro.query}, what is searched for.
 */
class PageFigures {

    private static final int MILLISECONDS = 5_000;

    private static Browser browser() {
        Assumptions.assumeTrue(!address().isEmpty(), "expected the address of a server by -Dchiaro.page");
        return Browser.start(Browser.program().orElseThrow());
    }

    private static String address() {
        return System.getProperty("chiaro.page", "");
    }

    private static Page page(Browser browser, ColorScheme colours) {
        BrowserContext context = browser.get()
                .newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                        .setColorScheme(colours)
                        .setViewportSize(1100, 780));
        Page page = context.newPage();
        page.setDefaultTimeout(120_000);
        return page;
    }

    private static void visit(Page page, String path) {
        page.navigate(address() + path);
        page.waitForSelector("html[data-ready]");
    }

    private static void take(Page page, String name) {
        Path folder = Path.of(System.getProperty("chiaro.pictures", "target/pictures"));
        page.screenshot(new Page.ScreenshotOptions().setPath(folder.resolve(name + ".png")));
    }

    @Test
    @SuppressWarnings("SystemOut") // a program for people
    void pictures_and_frames() {
        try (Browser browser = browser()) {
            Page light = page(browser, ColorScheme.LIGHT);
            String query = System.getProperty("chiaro.query", "");
            visit(light, "/");
            light.locator("#query").fill(query);
            light.waitForSelector("#first-hits > li");
            take(light, "page-search");
            // One that words have found as well.
            light.locator("#first-hits > li:has(mark) .about button").first().click();
            light.waitForSelector("#why-body table");
            take(light, "page-why");

            Page dark = page(browser, ColorScheme.DARK);
            visit(dark, "/#map");
            dark.waitForFunction("() => /documents/.test(document.getElementById('map-status').textContent)");
            System.out.println("map: " + dark.locator("#map-status").textContent());
            dark.locator("#map-query").fill(query);
            dark.waitForSelector("#map-hits li");
            dark.locator("#map-hits button").first().click();
            dark.waitForSelector("#map-document h2");
            dark.locator("#canvas").focus();
            dark.keyboard().press("0");
            dark.waitForTimeout(300);
            dark.evaluate("() => scrollTo(0, 0)");
            take(dark, "page-map");
            dark.setViewportSize(1600, 1000);
            dark.locator("#map-query").fill("");
            dark.waitForTimeout(500);
            System.out.println("browser: Chromium " + browser.get().version() + ", canvas "
                    + dark.evaluate("() => document.getElementById('canvas').width + ' x ' + "
                            + "document.getElementById('canvas').height"));
            say("pan and zoom together", frames(dark));
        }
    }

    /** Milliseconds between frames while the mouse drags and the wheel turns. */
    @SuppressWarnings("SystemOut")
    private static double[] frames(Page page) {
        BoundingBox box = page.locator("#canvas").boundingBox();
        double x = box.x + box.width / 2;
        double y = box.y + box.height / 2;
        page.evaluate("""
                (milliseconds) => {
                  window.frames5 = [];
                  window.drawn = 0;
                  const put = CanvasRenderingContext2D.prototype.putImageData;
                  CanvasRenderingContext2D.prototype.putImageData = function (...all) {
                    window.drawn++;
                    return put.apply(this, all);
                  };
                  let before = performance.now();
                  const begun = before;
                  const tick = (now) => {
                    window.frames5.push(now - before);
                    before = now;
                    if (now - begun < milliseconds) {
                      requestAnimationFrame(tick);
                    }
                  };
                  requestAnimationFrame(tick);
                }""", MILLISECONDS);
        page.mouse().move(x, y);
        long end = System.nanoTime() + MILLISECONDS * 1_000_000L;
        for (int i = 0; System.nanoTime() < end; i++) {
            page.mouse().down();
            for (int step = 0; step < 8; step++) {
                page.mouse().move(x + 12 * step * (i % 2 == 0 ? 1 : -1), y + 7 * step);
            }
            page.mouse().up();
            for (int step = 0; step < 4; step++) {
                page.mouse().wheel(0, i / 4 % 2 == 0 ? -60 : 60);
            }
        }
        page.waitForTimeout(200);
        System.out.println("the map was drawn " + page.evaluate("() => window.drawn") + " times");
        Object found = page.evaluate("() => window.frames5.slice(1)");
        return ((List<?>) found)
                .stream()
                        .mapToDouble(value -> ((Number) value).doubleValue())
                        .sorted()
                        .toArray();
    }

    @SuppressWarnings("SystemOut")
    private static void say(String what, double[] sorted) {
        System.out.printf(
                Locale.ROOT,
                "%s: %d frames in 5 s, median %.1f ms, 95th percentile %.1f ms, longest %.1f ms%n",
                what,
                sorted.length,
                sorted[sorted.length / 2],
                sorted[(int) Math.min(sorted.length - 1L, Math.round(0.95 * sorted.length))],
                Arrays.stream(sorted).max().orElse(0));
    }
}
