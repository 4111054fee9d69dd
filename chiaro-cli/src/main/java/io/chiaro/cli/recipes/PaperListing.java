package io.chiaro.cli.recipes;

import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Which paper of the field is covered by what, and how far. Only what was shown on real data counts as done: its method, trained there, does
 * its work. Whether it is also better than what its paper compares it with is said beside it.
 */
public final class PaperListing {

    private static final String FILE = "papers.tsv";

    private PaperListing() {}

    /** How far a paper is covered. */
    enum State {
        REAL("shown on real data"),
        SYNTHETIC("shown on synthetic data"),
        FORMULA("by formula only"),
        NONE("not yet");

        private final String words;

        State(String words) {
            this.words = words;
        }
    }

    /** Whether what a paper says of its method beside others shows at the size of these studies. */
    enum Compared {
        SHOWN("the claim of its paper shows"),
        NOT_SHOWN("what its paper claims beside other methods does not show"),
        NOT_TRIED("not compared with other methods"),
        NOTHING("");

        private final String words;

        Compared(String words) {
            this.words = words;
        }

        private static Compared of(String word) {
            return word.isEmpty()
                    ? NOTHING
                    : valueOf(word.toUpperCase(Locale.ROOT).replace(' ', '_'));
        }
    }

    /**
     * A paper.
     *
     * @param coveredBy recipes and parts of the program, empty for none
     * @param compared for those that were shown on real data
     * @param evidence where it is shown
     */
    record Paper(int number, String title, String coveredBy, State state, Compared compared, String evidence) {}

    /** All papers, in the order of their numbers. */
    static List<Paper> all() {
        return Read.ALL;
    }

    /** Read when they are first asked for. */
    private static final class Read {
        private static final List<Paper> ALL = read();
    }

    private static List<Paper> read() {
        try (InputStream in = Objects.requireNonNull(PaperListing.class.getResourceAsStream(FILE), FILE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .map(cells -> new Paper(
                            Integer.parseInt(cells[0]),
                            cells[1],
                            cells[2],
                            State.valueOf(cells[3].toUpperCase(Locale.ROOT)),
                            Compared.of(cells[4]),
                            cells[5]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that a recipe covers, alone or with others. */
    static List<Paper> of(Recipe recipe) {
        return all().stream()
                .filter(paper -> Arrays.stream(paper.coveredBy().split("[\\s,;()]+"))
                        .anyMatch(word ->
                                word.equals(recipe.name()) || recipe.aliases().contains(word)))
                .toList();
    }

    /** A line about one of them: its number and title, and how far it is covered. */
    static String line(Paper paper) {
        return paper.number() + " " + paper.title() + " (" + paper.state().words
                + (paper.compared() == Compared.NOTHING ? "" : "; " + paper.compared().words) + ")";
    }

    /** Says them, the covered ones first, and returns them as a document. */
    public static Object list(Output output) {
        List<Paper> papers = all();
        Map<String, Object> counts = new LinkedHashMap<>();
        for (State state : State.values()) {
            List<Paper> found =
                    papers.stream().filter(paper -> paper.state() == state).toList();
            counts.put(state.name().toLowerCase(Locale.ROOT), found.size());
            output.say(state.words + ": " + found.size() + " of " + papers.size() + claims(found));
            for (Paper paper : found) {
                output.say(String.format(Locale.ROOT, "  %3d  %s", paper.number(), paper.title())
                        + (paper.coveredBy().isEmpty() ? "" : "\n       by " + paper.coveredBy())
                        + (paper.evidence().isEmpty() ? "" : " (" + paper.evidence() + ")")
                        + (paper.compared() == Compared.NOTHING ? "" : "\n       " + paper.compared().words));
            }
        }
        Map<String, Object> claims = new LinkedHashMap<>();
        for (Compared compared : List.of(Compared.SHOWN, Compared.NOT_SHOWN, Compared.NOT_TRIED)) {
            claims.put(compared.name().toLowerCase(Locale.ROOT).replace('_', '-'), count(papers, compared));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("counts", counts);
        document.put("claims", claims);
        document.put("papers", papers);
        return document;
    }

    private static long count(List<Paper> papers, Compared compared) {
        return papers.stream().filter(paper -> paper.compared() == compared).count();
    }

    private static String claims(List<Paper> found) {
        return found.stream().allMatch(paper -> paper.compared() == Compared.NOTHING)
                ? ""
                : "; the claims of " + count(found, Compared.SHOWN) + " show, those of "
                        + count(found, Compared.NOT_SHOWN) + " do not";
    }

    /** Listing papers has nothing to do with finding recipes. */
    public static ChiaroException oneAtATime() {
        return ChiaroException.usage("recipes: expected one of --papers, --grid and a filter, but found several.");
    }
}
