package io.chiaro.cli.judging;

import io.chiaro.cli.searching.IndexSearch;
import io.chiaro.cli.searching.SearchBy;
import io.chiaro.cli.searching.SearchOptions;
import io.chiaro.core.ChiaroException;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import io.chiaro.search.SparseModel;
import io.chiaro.search.TextIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds by an index as a search of it would, with its engine, its short forms and its sides: what people will get.
 *
 * @param folder of the index
 * @param asked how it is searched
 * @param weighedBy the split whose judged queries choose what weight was not told
 */
public record IndexFinder(Path folder, SearchOptions asked, Optional<String> weighedBy) implements Finder {

    /** A search that is closed with its index. */
    private record Opened(TextIndex index, IndexSearch search, String description) implements Ranker {

        @Override
        public String name() {
            return search.name();
        }

        @Override
        public List<Hit> rank(String query, int depth) {
            return search.rank(query, depth);
        }

        @Override
        public void close() {
            try (index;
                    search) {
                // both are closed, also where the first fails
            }
        }
    }

    /** The names of the models by which an index is searched: that which filled it, and a sparse encoder where one is asked. */
    public static List<String> modelsOf(Path folder, SearchOptions asked) {
        try (TextIndex index = TextIndex.open(folder)) {
            List<String> models = new ArrayList<>(List.of(index.description().modelName()));
            if (asked.weighsTokens()) {
                asked.sparse()
                        .or(() -> index.description().sparse().map(SparseModel::name))
                        .ifPresent(models::add);
            }
            return List.copyOf(models);
        }
    }

    @Override
    public Ranker open(RetrievalData collection, JudgingSettings on) {
        TextIndex index = TextIndex.open(folder);
        try {
            String held = held(index, collection);
            IndexSearch search = IndexSearch.open(index, asked, Optional.empty(), false, on.threads());
            try {
                Optional<String> by = asked.by() == SearchBy.HYBRID
                        ? VectorWeight.choosing(asked.vectorWeight(), weighedBy)
                        : Optional.empty();
                IndexSearch weighed = by.map(split -> RetrievalData.open(on.located(), split))
                        .map(judged -> search.weighedBy(judged.queries(), judged.judgments()))
                        .orElse(search);
                String chosen = by.map(split -> ", chosen by the split \"" + split + "\"")
                        .orElse("");
                return new Opened(index, weighed, weighed.description() + chosen + held);
            } catch (RuntimeException e) {
                search.close();
                throw e;
            }
        } catch (RuntimeException e) {
            index.close();
            throw e;
        }
    }

    /** In what the index differs from the collection; nothing to say if it has its documents and no others. */
    private String held(TextIndex index, RetrievalData collection) {
        Set<String> right = collection.judgments().values().stream()
                .flatMap(grades -> grades.entrySet().stream())
                .filter(grade -> grade.getValue() > 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        Set<String> all;
        try (Stream<Document> documents = collection.documents()) {
            all = documents.map(Document::id).collect(Collectors.toSet());
        }
        int documents = index.description().documents();
        int shared = all.size() - index.missing(all).size();
        int missing = index.missing(right).size();
        if (missing == right.size()) {
            throw ChiaroException.data(folder + ": expected an index of the collection " + collection.name()
                    + ", but it holds none of the " + missing
                    + " documents that are right. Build it from that corpus.jsonl, whose _id are the ids.");
        }
        return (shared == all.size() ? "" : "; " + (all.size() - shared) + " documents of the collection are not in it")
                + (missing == 0
                        ? ""
                        : ", " + missing + " of the " + right.size() + " right ones, which count as not found")
                + (documents == shared
                        ? ""
                        : "; " + (documents - shared) + " others are in it and count as wrong where they are found");
    }
}
