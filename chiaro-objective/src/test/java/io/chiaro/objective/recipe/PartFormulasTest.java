package io.chiaro.objective.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.objective.RecordSlots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the program says of a part is what its source says. */
class PartFormulasTest {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path RESOURCE =
            Path.of("src/main/resources/io/chiaro/objective/recipe", PartFormulas.RESOURCE);
    private static final Pattern RECORD = Pattern.compile(
            "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@[A-Za-z]+(?:\\([^)]*\\))?\\s*)*(?:(?:public|private|static|final) )*record (\\w+)\\(",
            Pattern.DOTALL);

    @Test
    void the_resource_is_what_the_source_says() throws IOException {
        StringBuilder expected = new StringBuilder();
        texts().forEach((name, text) -> expected.append(PartFormulas.HEADING)
                .append(name)
                .append('\n')
                .append(text)
                .append("\n\n"));
        Path made = Files.writeString(Path.of("target", PartFormulas.RESOURCE), expected);
        assertThat(Files.readString(RESOURCE))
                .as("Take it over with: cp chiaro-objective/" + made + " chiaro-objective/" + RESOURCE)
                .isEqualTo(expected.toString());
    }

    @Test
    void every_recipe_says_what_its_parts_are() {
        for (Recipe recipe : Recipes.all()) {
            assertThat(recipe.parts())
                    .as(recipe.name())
                    .isNotEmpty()
                    .allSatisfy(part -> assertThat(part.text()).isNotBlank().doesNotContain("{@", "<p", "@param"));
            assertThat(recipe.parts())
                    .as(recipe.name())
                    .extracting(Recipe.Part::slot)
                    .containsAnyOf("divergence", "loss", "objective");
        }
    }

    /** The classes of the parts of all recipes. */
    private static Set<String> classes() {
        Set<String> classes = new HashSet<>();
        for (Recipe recipe : Recipes.all()) {
            if (recipe.create() instanceof Record objective) {
                classes.add(objective.getClass().getName());
                RecordSlots.eachPart(
                        objective,
                        (slot, type, part) -> classes.add(part.getClass().getName()));
            }
        }
        return classes;
    }

    @Test
    void paragraphs_are_joined_and_formulas_keep_their_lines() {
        String text =
                "\n * A sum: {@code a {b} c} of {@link Other#name other} and\n * {@link Thing}.\n *\n * <pre>{@code\n"
                        + " * L = x\n *   + y\n * }</pre>\n *\n * <p>More &lt; less.\n *\n * @param margin m, at\n *     least 0\n ";
        assertThat(plain(text))
                .isEqualTo(
                        "A sum: a {b} c of other and Thing.\n\n    L = x\n      + y\n\nMore < less.\n\nmargin: m, at least 0");
    }

    private static Map<String, String> texts() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                String of = SOURCES.relativize(file)
                        .toString()
                        .replace(".java", "")
                        .replace('/', '.')
                        .replace('\\', '.');
                Matcher found = RECORD.matcher(read(file));
                while (found.find()) {
                    String record = found.group(2);
                    texts.put(of.endsWith("." + record) ? of : of + "$" + record, plain(found.group(1)));
                }
            });
        }
        texts.keySet().retainAll(classes());
        return texts;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A comment in paragraphs, a line each; what stands in {@code pre} keeps its lines, indented. */
    static String plain(String comment) {
        String bare = comment.replaceAll("(?m)^ *\\* ?", "").strip();
        List<String> parts = new ArrayList<>();
        int tags = (bare + "\n@param").indexOf("\n@");
        String body = bare.substring(0, Math.min(tags, bare.length()));
        String[] pieces = body.split("<pre>|</pre>", -1);
        for (int i = 0; i < pieces.length; i++) {
            String text = unmarked(pieces[i]);
            if (i % 2 == 1) {
                parts.add(text.replaceAll("^\n+|\\s+$", "").indent(4).stripTrailing());
            } else {
                for (String paragraph : text.split("<p>|\n\\s*\n")) {
                    parts.add(paragraph.replaceAll("\\s+", " ").strip());
                }
            }
        }
        for (String tag : bare.substring(Math.min(tags, bare.length())).split("\n@")) {
            if (tag.startsWith("param ")) {
                parts.add(unmarked(tag.substring("param ".length()).strip())
                        .replaceAll("\\s+", " ")
                        .replaceFirst(" ", ": "));
            }
        }
        parts.removeIf(String::isBlank);
        return String.join("\n\n", parts);
    }

    private static String unmarked(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("{@", i)) {
                int end = i;
                for (int depth = 0; ; end++) {
                    depth += text.charAt(end) == '{' ? 1 : text.charAt(end) == '}' ? -1 : 0;
                    if (depth == 0) {
                        break;
                    }
                }
                String inner = text.substring(i + 2, end);
                plain.append(
                        inner.startsWith("code")
                                ? inner.substring("code".length()).replaceFirst("^ ", "")
                                : linked(inner));
                i = end;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString()
                .replaceAll("</?em>", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
    }

    /** The words of a link, or the last name that it leads to. */
    private static String linked(String inner) {
        String[] words = inner.strip().split("\\s+", 3);
        return words.length == 3 ? words[2] : words[1].replaceFirst(".*[#.]", "");
    }
}
