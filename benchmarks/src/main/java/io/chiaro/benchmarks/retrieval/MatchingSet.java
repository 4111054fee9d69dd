package io.chiaro.benchmarks.retrieval;

import java.nio.file.Path;
import java.util.function.Function;

/** The public sets whose own task is to tell pairs that match from pairs that do not. */
enum MatchingSet {
    MSRP(SearchSet.MSRP, data -> MatchingTask.ofSentences(data.resolve("msrp"))),
    ABT_BUY(SearchSet.ABT_BUY, "Textual_Abt-Buy"),
    WALMART_AMAZON(SearchSet.WALMART_AMAZON, "Structured_Walmart-Amazon"),
    DBLP_ACM(SearchSet.DBLP_ACM, "Structured_DBLP-ACM"),
    BEER(SearchSet.BEER, "Structured_Beer"),
    FODORS_ZAGATS(SearchSet.FODORS_ZAGATS, "Structured_Fodors-Zagats"),
    ITUNES_AMAZON(SearchSet.ITUNES_AMAZON, "Structured_iTunes-Amazon"),
    DIRTY_ITUNES_AMAZON(SearchSet.DIRTY_ITUNES_AMAZON, "Dirty_iTunes-Amazon");

    private final SearchSet searched;
    private final Function<Path, MatchingTask> reader;

    MatchingSet(SearchSet searched, Function<Path, MatchingTask> reader) {
        this.searched = searched;
        this.reader = reader;
    }

    MatchingSet(SearchSet searched, String folder) {
        this(
                searched,
                data -> MatchingTask.ofRecords(data.resolve("entity_matching").resolve(folder)));
    }

    /** The same set as a task of search, with the budget of its training. */
    SearchSet searched() {
        return searched;
    }

    String key() {
        return searched.key();
    }

    MatchingTask read(Path data) {
        return reader.apply(data);
    }
}
