package io.chiaro.cli.recipes;

import io.chiaro.cli.console.Output;
import io.chiaro.core.AtomicFiles;
import io.chiaro.objective.recipe.PeriodicTable;
import io.chiaro.objective.recipe.PeriodicTable.Learned;
import io.chiaro.objective.recipe.PeriodicTable.Told;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The periodic table of the recipes as text, as a document and as a picture. */
public final class GridListing {

    private static final int HEAD = 150;
    private static final int WIDTH = 152;
    private static final int LINE = 14;
    private static final int TITLE = 46;
    private static final int LEAST = 2;

    private GridListing() {}

    /** Says the table row by row, writes the picture if one is wanted, and returns the table as a document. */
    public static Object list(Output output, @Nullable Path picture) {
        PeriodicTable table = PeriodicTable.of(Recipes.all());
        List<Map<String, Object>> cells = new ArrayList<>();
        for (Learned learned : Learned.values()) {
            output.say(learned.words());
            List<String> open = new ArrayList<>();
            for (Told told : Told.values()) {
                List<Recipe> recipes = table.cell(learned, told);
                cells.add(document(learned, told, recipes));
                if (recipes.isEmpty()) {
                    open.add(told.words());
                } else {
                    output.say("  " + told.words() + ": "
                            + String.join(
                                    ", ",
                                    recipes.stream().map(GridListing::marked).toList()));
                }
            }
            if (!open.isEmpty()) {
                output.say("  open: " + String.join("; ", open));
            }
        }
        output.say(
                "* has no package to agree with: it stands on a plain loop, on differences and on an identity of its paper");
        if (picture != null) {
            AtomicFiles.write(picture, svg(table));
            output.note("picture " + picture);
        }
        return Map.of("cells", cells);
    }

    private static String marked(Recipe recipe) {
        return recipe.name() + (PeriodicTable.hasReference(recipe) ? "" : "*");
    }

    private static Map<String, Object> document(Learned learned, Told told, List<Recipe> recipes) {
        Map<String, Object> cell = new LinkedHashMap<>();
        cell.put("learned", learned.words());
        cell.put("told", told.words());
        cell.put("recipes", recipes.stream().map(Recipe::name).toList());
        cell.put(
                "no-reference",
                recipes.stream()
                        .filter(recipe -> !PeriodicTable.hasReference(recipe))
                        .map(Recipe::name)
                        .toList());
        return cell;
    }

    /** The table as a picture: columns say what is near, rows what the model's similarities are made into. */
    static String svg(PeriodicTable table) {
        StringBuilder cells = new StringBuilder();
        int y = TITLE;
        for (Learned learned : Learned.values()) {
            int lines = LEAST;
            for (Told told : Told.values()) {
                lines = Math.max(lines, table.cell(learned, told).size());
            }
            int height = lines * LINE + LINE;
            wrapped(cells, learned.words(), 6, y + LINE + 2, "h");
            for (Told told : Told.values()) {
                int x = HEAD + told.ordinal() * WIDTH;
                List<Recipe> recipes = table.cell(learned, told);
                cells.append("<rect class=\"").append(recipes.isEmpty() ? "o" : "c");
                cells.append("\" x=\"").append(x).append("\" y=\"").append(y);
                cells.append("\" width=\"")
                        .append(WIDTH - 3)
                        .append("\" height=\"")
                        .append(height - 3);
                cells.append("\"/>\n");
                if (recipes.isEmpty()) {
                    text(cells, "?", x + 6, y + LINE + 2, "q");
                }
                for (int i = 0; i < recipes.size(); i++) {
                    String kind = PeriodicTable.hasReference(recipes.get(i)) ? "r" : "n";
                    text(cells, recipes.get(i).name(), x + 6, y + (i + 1) * LINE + 2, kind);
                }
            }
            y += height;
        }
        for (Told told : Told.values()) {
            wrapped(cells, told.words(), HEAD + told.ordinal() * WIDTH + 6, LINE + 2, "h");
        }
        int width = HEAD + Told.values().length * WIDTH;
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width + " " + (y + 4)
                + "\" role=\"img\" aria-label=\"The recipes by what they learn and what tells it\">\n"
                + "<style>text{font:11px sans-serif;fill:#1d2733}.h{font-weight:600}.n{font-style:italic;fill:#5b6673}"
                + ".q{fill:#a5afba}.c{fill:#e8f1fa}.o{fill:#f6f7f8}svg{background:#fff}</style>\n"
                + cells
                + "</svg>\n";
    }

    /** Words in at most three lines of a column's width. */
    private static void wrapped(StringBuilder svg, String words, int x, int y, String kind) {
        StringBuilder line = new StringBuilder();
        int at = y;
        for (String word : words.split(" ", -1)) {
            if (line.length() + word.length() > 22) {
                text(svg, line.toString(), x, at, kind);
                line.setLength(0);
                at += LINE;
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        text(svg, line.toString(), x, at, kind);
    }

    private static void text(StringBuilder svg, String words, int x, int y, String kind) {
        svg.append("<text class=\"")
                .append(kind)
                .append("\" x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append("\">");
        svg.append(words.replace("&", "&amp;").replace("<", "&lt;")).append("</text>\n");
    }
}
