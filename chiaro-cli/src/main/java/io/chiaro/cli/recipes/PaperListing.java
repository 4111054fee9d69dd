package io.chiaro.cli.recipes;

import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Which paper of the field is covered by what, and how far. Only what was shown on real data counts as done. */
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

    /**
     * A paper.
     *
     * @param coveredBy recipes and parts of the program, empty for none
     * @param evidence where it is shown
     */
    record Paper(int number, String title, String coveredBy, State state, String evidence) {}

    /** All papers, in the order of their numbers. */
    static List<Paper> all() {
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
                            cells[4]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says them, the covered ones first, and returns them as a document. */
    public static Object list(Output output) {
        List<Paper> papers = all();
        Map<String, Object> counts = new LinkedHashMap<>();
        for (State state : State.values()) {
            List<Paper> found =
                    papers.stream().filter(paper -> paper.state() == state).toList();
            counts.put(state.name().toLowerCase(Locale.ROOT), found.size());
            output.say(state.words + ": " + found.size() + " of " + papers.size());
            for (Paper paper : found) {
                output.say(String.format(Locale.ROOT, "  %3d  %s", paper.number(), paper.title())
                        + (paper.coveredBy().isEmpty() ? "" : "\n       by " + paper.coveredBy())
                        + (paper.evidence().isEmpty() ? "" : " (" + paper.evidence() + ")"));
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("counts", counts);
        document.put("papers", papers);
        return document;
    }

    /** Listing papers has nothing to do with finding recipes. */
    public static ChiaroException oneAtATime() {
        return ChiaroException.usage("recipes: expected one of --papers, --grid and --find, but found several.");
    }
}
