package io.chiaro.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lines of a test that a page of the book shows word for word, so that what people copy is compiled and run. */
public final class BookExample {

    private BookExample() {}

    /**
     * Asserts that a page shows, as one block of Java, the lines of a source between {@code // [name} and {@code // name]},
     * without what all of them are indented by.
     */
    public static void isShown(Path page, Path source, String name) throws IOException {
        List<String> lines = Files.readAllLines(source);
        List<String> stripped = lines.stream().map(String::strip).toList();
        int start = stripped.indexOf("// [" + name);
        int end = stripped.indexOf("// " + name + "]");
        assertThat(start).as("// [%s in %s", name, source).isNotNegative();
        assertThat(end).as("// %s] in %s", name, source).isGreaterThan(start + 1);
        List<String> example = lines.subList(start + 1, end);
        int indent = example.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElseThrow();
        String shown = String.join(
                "\n",
                example.stream()
                        .map(line -> line.isBlank() ? "" : line.substring(indent))
                        .toList());
        assertThat(Files.readString(page)).contains("```java\n" + shown + "\n```");
    }
}
