package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.metric.DocumentOrder;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Ranker;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseVector;
import io.chiaro.model.TextRole;
import io.chiaro.search.filter.Filter;
import io.chiaro.search.vector.Allowed;
import io.chiaro.search.vector.FullComparison;
import io.chiaro.search.vector.NearestVectors;
import io.chiaro.search.vector.SearchEngine;
import io.chiaro.search.vector.SparseField;
import io.chiaro.search.vector.UnitVectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StandardDirectoryReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.StringHelper;

/**
 * A folder of texts with their vectors and their words, and the memory of the model that made the vectors. A query by
 * another model, or by the same with other prompts, is refused: its numbers would mean nothing here.
 *
 * <p>Up to 250,000 documents every vector is compared by two threads, which is exact; beyond that a graph finds nearly all
 * of the nearest ({@link SearchEngine}), as do short forms of the vectors, if wished for ({@link IndexForm}). Building a
 * graph takes many times longer than writing the vectors, so a smaller index has none. Scores are cosines; equal ones come in
 * the order of {@link DocumentOrder}.
 *
 * <p>An open index is a snapshot; any number of threads may search it, as far as the embedder may. {@link TextIndexWriter}
 * changes what the folder holds, {@link #newer} shows it.
 */
public final class TextIndex implements AutoCloseable {

    private final IndexFolder folder;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final IndexDescription description;
    private final Analyzer analyzer;
    private final View view;
    private final NearestVectors vectors;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * What of a snapshot is looked at.
     *
     * @param filter which documents are found; all if there is none
     * @param mostText characters that the texts of an answer may have together
     * @param eachText characters that are given of the text of a hit
     */
    private record View(Optional<Query> filter, long mostText, int eachText) {
        static final View WHOLE = new View(Optional.empty(), Long.MAX_VALUE, Integer.MAX_VALUE);
    }

    /**
     * A snapshot of a folder.
     *
     * @param folder and reader are closed with it, once
     */
    private TextIndex(IndexFolder folder, DirectoryReader reader, View view) throws IOException {
        this.folder = folder;
        this.reader = reader;
        this.view = view;
        this.description = IndexMemory.read(
                folder.place().toString(), reader.getIndexCommit().getUserData(), reader.numDocs());
        this.analyzer = description.language().analyzer();
        this.searcher = new IndexSearcher(reader);
        this.searcher.setSimilarity(Words.similarity());
        this.vectors = new NearestVectors(searcher, view.filter(), description.quantisation(), IndexedDocument::id);
    }

    /**
     * Embeds a collection and writes it. Until the end the folder holds what it held before, an older index or none: a kill
     * or an error loses nothing. Memory does not grow with the texts.
     *
     * @param folder missing, empty, or an index, which is replaced
     * @param documents ids each once; the caller closes the stream
     * @param embedder with at most 4096 dimensions
     * @throws ChiaroException if an id comes twice, the folder holds other files, or cannot be written
     */
    public static IndexDescription write(Path folder, Stream<Document> documents, Embedder embedder) {
        return write(folder, documents, embedder, IndexForm.defaults());
    }

    /** The same in a form of one's own. */
    public static IndexDescription write(Path folder, Stream<Document> documents, Embedder embedder, IndexForm form) {
        return write(folder, documents, embedder, Optional.empty(), form);
    }

    /**
     * The same with the weights of each document's tokens beside its vector.
     *
     * @param sparse weighs them; stays with the caller
     */
    public static IndexDescription write(
            Path folder,
            Stream<Document> documents,
            Embedder embedder,
            Optional<SparseEmbedder> sparse,
            IndexForm form) {
        return WholeIndex.write(
                folder, documents, embedder, sparse, form, WholeIndex.MOST_EXACT, WholeIndex.BUFFER_MEGABYTES);
    }

    /** Writes with other limits, which {@link WholeIndex#write} explains. */
    static IndexDescription write(
            Path folder, Stream<Document> documents, Embedder embedder, int mostExact, double bufferMegabytes) {
        return WholeIndex.write(
                folder, documents, embedder, Optional.empty(), IndexForm.defaults(), mostExact, bufferMegabytes);
    }

    /** Whether a folder holds an index that was finished at least once. */
    public static boolean exists(Path folder) {
        return IndexFolder.hasIndex(folder);
    }

    /**
     * Opens an index.
     *
     * @throws ChiaroException if there is none, it was never finished, or it is of another version
     */
    public static TextIndex open(Path folder) {
        return open(IndexFolder.open(folder), IndexFolder::read, View.WHOLE);
    }

    /** What a folder holds; the folder is closed if that cannot be opened. */
    private static TextIndex open(IndexFolder folder, Function<IndexFolder, DirectoryReader> read, View view) {
        try {
            DirectoryReader reader = read.apply(folder);
            try {
                return new TextIndex(folder, reader, view);
            } catch (IOException | RuntimeException e) {
                reader.decRef();
                throw e;
            }
        } catch (IOException e) {
            folder.close();
            throw IndexFolder.unreadable(folder.place(), e);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /**
     * The whole index as the last commit left it, if that is another state than this one. Only what has changed is opened; this
     * snapshot stays as it is, and both are closed on their own.
     */
    public Optional<TextIndex> newer() {
        try {
            DirectoryReader changed = DirectoryReader.openIfChanged(reader);
            return changed == null ? Optional.empty() : Optional.of(open(folder.share(), same -> changed, View.WHOLE));
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /** The same snapshot for one more user, who closes it. */
    TextIndex share() {
        return viewed(view);
    }

    private TextIndex viewed(View other) {
        reader.incRef();
        return open(folder.share(), same -> reader, other);
    }

    /**
     * The same snapshot, in which the texts of an answer may have at most so many characters together; a search that finds more is an
     * error of kind data. No more than that, and one text, is ever in memory for an answer. The caller closes both.
     */
    public TextIndex withMostText(long characters) {
        return viewed(new View(view.filter(), characters, view.eachText()));
    }

    /**
     * The same snapshot, whose hits have at most so many first characters of their texts, {@link TextHit#shortened}; what is left out counts
     * towards no bound. The caller closes both.
     *
     * @param characters at least 1
     */
    public TextIndex withShortTexts(int characters) {
        if (characters < 1) {
            throw new IllegalArgumentException(
                    "TextIndex.withShortTexts: expected at least 1 character, but found " + characters);
        }
        return viewed(new View(view.filter(), view.mostText(), characters));
    }

    /**
     * The same snapshot, in which only the documents that meet a filter are found and counted. The filter works inside the
     * search: there are k hits where k documents meet it. Scores are the same as without. Where no document has metadata, none meets a
     * condition on them. The caller closes both.
     *
     * @throws ChiaroException of kind data if the documents have metadata and none of them a name of the filter
     */
    public TextIndex where(Filter condition) {
        if (condition.equals(Filter.EVERYTHING)) {
            return share();
        }
        return narrowed(FilterQuery.toFind(reader, condition));
    }

    /**
     * The same for programs whose names come from elsewhere: a condition on a name that no document has is met by none, as before the first
     * document that has it. The caller closes both.
     */
    public TextIndex meeting(Filter condition) {
        return condition.equals(Filter.EVERYTHING) ? share() : narrowed(FilterQuery.ofWhatIsThere(reader, condition));
    }

    private TextIndex narrowed(Query query) {
        Query both = view.filter()
                .map(first -> (Query) new BooleanQuery.Builder()
                        .add(first, BooleanClause.Occur.FILTER)
                        .add(query, BooleanClause.Occur.FILTER)
                        .build())
                .orElse(query);
        return viewed(new View(Optional.of(both), view.mostText(), view.eachText()));
    }

    /** What the index holds and which model filled it. */
    public IndexDescription description() {
        return description;
    }

    /** What the graphs of {@link SearchEngine#JVECTOR} cover; nothing, if the index is of another engine. */
    public GraphCoverage graphs() {
        return new GraphCoverage(vectors.underGraphs(), vectors.faults());
    }

    /** The document with an id, if the index holds it. */
    public Optional<StoredText> find(String id) {
        try {
            ScoreDoc[] found = searcher.search(new TermQuery(new Term(Words.ID, id)), 1).scoreDocs;
            return found.length == 0
                    ? Optional.empty()
                    : Optional.of(IndexedDocument.stored(searcher.storedFields(), found[0].doc));
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /** Takes the documents of an index one by one. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Takes a document.
         *
         * @param vector of length one, the caller's to keep
         */
        void visit(StoredText document, float[] vector);
    }

    /** Shows every document with its vector, in the order in which the index holds them, for example to group them. */
    public void each(Visitor visitor) {
        try {
            StoredFields stored = reader.storedFields();
            Allowed allowed = vectors.allowed();
            for (int at = allowed.next(0); at < reader.maxDoc(); at = allowed.next(at + 1)) {
                visitor.visit(IndexedDocument.stored(stored, at), FullComparison.vector(reader, at));
            }
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /**
     * The texts nearest to one that the index holds, best first, without itself.
     *
     * @param k how many at most, at least 1
     * @return empty if the index does not hold it
     */
    public List<TextHit> similar(String id, int k) {
        try {
            ScoreDoc[] found = searcher.search(new TermQuery(new Term(Words.ID, id)), 1).scoreDocs;
            return found.length == 0
                    ? List.of()
                    : search(FullComparison.vector(reader, found[0].doc), k + 1).stream()
                            .filter(hit -> !hit.id().equals(id))
                            .limit(k)
                            .toList();
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /**
     * The texts nearest to a query, best first.
     *
     * @param embedder the model that filled the index
     * @param k how many at most, at least 1
     * @throws ChiaroException if the embedder is another model
     */
    public List<TextHit> search(String query, Embedder embedder, int k) {
        refuseOther(embedder.description());
        return search(embedder.embed(List.of(query), TextRole.QUERY)[0], k);
    }

    /**
     * The texts nearest to a vector of the model that filled the index, best first.
     *
     * @throws ChiaroException if the vector has another dimension
     */
    public List<TextHit> search(float[] vector, int k) {
        try {
            return texts(nearest(vector, k));
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /** The nearest documents without their texts, in the order of answers but for documents of equal scores. */
    private List<ScoreDoc> nearest(float[] vector, int k) throws IOException {
        if (vector.length != description.dimension()) {
            throw ChiaroException.model(folder.place() + ": expected a query of " + description.dimension()
                    + " numbers, but found " + vector.length + ". Use the model " + description.modelName() + ".");
        }
        if (k < 1) {
            throw new IllegalArgumentException("TextIndex.search: expected k of at least 1, but found " + k);
        }
        return best(description.engine().nearest(vectors, UnitVectors.unit(vector), k), k);
    }

    /** The same by their ids, in the order of answers. */
    private List<Hit> near(float[] vector, int k) throws IOException {
        StoredFields stored = searcher.storedFields();
        List<Hit> near = new ArrayList<>();
        for (ScoreDoc one : nearest(vector, k)) {
            near.add(new Hit(IndexedDocument.id(stored, one.doc), one.score));
        }
        near.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
        return near;
    }

    /** The texts that share the most telling words with a query, by BM25, best first. */
    public List<TextHit> searchWords(String query, int k) {
        try {
            return whole(Words.rank(searcher, words(query), k));
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /**
     * The texts whose sparse vectors have the greatest products with that of a query, best first. Scores are the products with the numbers
     * that the index keeps ({@link SparseField}); nothing is missed. A text without a token of the query is not found.
     *
     * @param embedder the sparse model of the index
     * @param k how many at most, at least 1
     * @throws ChiaroException if the index has no sparse vectors, or those of another model
     */
    public List<TextHit> searchSparse(String query, SparseEmbedder embedder, int k) {
        refuseOtherSparse(embedder.description());
        return searchSparse(embedder.embed(List.of(query)).get(0), k);
    }

    /** The same for a query whose sparse vector is known, made by the sparse model of the index. */
    public List<TextHit> searchSparse(SparseVector weights, int k) {
        try {
            return whole(byTokens(weights, k));
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /**
     * Refuses a model that did not fill the index.
     *
     * @throws ChiaroException if it is another, or has other prompts
     */
    public void refuseOther(ModelDescription model) {
        description.refuseOther(folder.place().toString(), "queries", model);
    }

    /**
     * Refuses a sparse model that did not weigh the tokens of the documents.
     *
     * @throws ChiaroException if the index has no sparse vectors, or those of another model
     */
    public void refuseOtherSparse(ModelDescription sparse) {
        description.refuseOtherSparse(folder.place().toString(), "queries", sparse);
    }

    private List<Hit> byTokens(SparseVector weights, int depth) throws IOException {
        description.sparse(folder.place().toString()).check("the query", weights);
        return Words.rank(searcher, filtered(SparseField.query(weights)), depth);
    }

    private List<TextHit> whole(List<Hit> bare) throws IOException {
        List<TextHit> hits = new ArrayList<>();
        long characters = 0;
        for (Hit hit : bare) {
            TextHit read = hit(hit);
            characters = counted(characters, read);
            hits.add(read);
        }
        return hits;
    }

    /** The characters of an answer with one more text, if that is not too many. */
    private long counted(long characters, TextHit read) {
        long more = characters + read.title().length() + read.text().length();
        if (more > view.mostText()) {
            throw ChiaroException.data("expected hits whose texts have at most " + view.mostText()
                    + " characters together, but found more. Ask for fewer hits, or for less of their texts.");
        }
        return more;
    }

    /**
     * The best texts by words and vectors together, best first; the score is that of the fusion.
     *
     * @param embedder the model that filled the index
     * @param vectorWeight of the vectors, from 0 to 1; the words have the rest
     * @throws ChiaroException if the embedder is another model
     */
    public List<TextHit> searchHybrid(String query, Embedder embedder, Fusion fusion, double vectorWeight, int k) {
        refuseOther(embedder.description());
        return searchHybrid(query, embedder.embed(List.of(query), TextRole.QUERY)[0], fusion, vectorWeight, k);
    }

    /**
     * The same for a query whose vector is known.
     *
     * @param vector of the query, made by the model that filled the index
     * @throws ChiaroException if the vector has another dimension
     */
    public List<TextHit> searchHybrid(String query, float[] vector, Fusion fusion, double vectorWeight, int k) {
        return fused(query, vector, Optional.empty(), fusion, HybridShares.of(vectorWeight), k);
    }

    /**
     * The best texts by words, vectors and sparse vectors together, best first; the score is that of the fusion.
     *
     * @param vector of the query, made by the model that filled the index
     * @param weights of the query's tokens, made by the sparse model of the index
     * @throws ChiaroException if the vector has another dimension, or the index no sparse vectors
     */
    public List<TextHit> searchHybrid(
            String query, float[] vector, SparseVector weights, Fusion fusion, HybridShares shares, int k) {
        return fused(query, vector, Optional.of(weights), fusion, shares, k);
    }

    /**
     * The same with the models.
     *
     * @param embedder the model that filled the index
     * @param sparse the sparse model of the index
     * @throws ChiaroException if one is another model, or the index has no sparse vectors
     */
    public List<TextHit> searchHybrid(
            String query, Embedder embedder, SparseEmbedder sparse, Fusion fusion, HybridShares shares, int k) {
        refuseOther(embedder.description());
        refuseOtherSparse(sparse.description());
        float[] vector = embedder.embed(List.of(query), TextRole.QUERY)[0];
        return searchHybrid(query, vector, sparse.embed(List.of(query)).get(0), fusion, shares, k);
    }

    private List<TextHit> fused(
            String query, float[] vector, Optional<SparseVector> weights, Fusion fusion, HybridShares shares, int k) {
        int looked = Math.max(HybridRanker.LEAST_DEPTH, k);
        try {
            List<Hit> near = near(vector, looked);
            List<Hit> words = Words.rank(searcher, words(query), looked);
            List<Hit> tokens = weights.isPresent() ? byTokens(weights.get(), looked) : List.of();
            return whole(HybridRanker.fused(words, near, tokens, fusion, shares, k));
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /** The query of words, held to the filter. */
    private Query words(String text) throws IOException {
        return filtered(Words.query(analyzer, text));
    }

    /** A query held to the filter, which gives no score. */
    private Query filtered(Query query) {
        return view.filter()
                .map(condition -> (Query) new BooleanQuery.Builder()
                        .add(query, BooleanClause.Occur.MUST)
                        .add(condition, BooleanClause.Occur.FILTER)
                        .build())
                .orElse(query);
    }

    /**
     * How many of the found documents have which values.
     *
     * @param query only documents that have a word of it are counted; all if there is none
     * @param names of metadata
     * @param most values a name, those with the most documents first, then in the order of their letters
     * @throws ChiaroException of kind data if the documents have metadata and none of them a name, or the values have more characters
     *     together than {@link #withMostText} allows
     */
    public Map<String, Facet> facets(Optional<String> query, List<String> names, int most) {
        try {
            Query counted =
                    query.isPresent() ? words(query.get()) : view.filter().orElseGet(MatchAllDocsQuery::new);
            return Facets.of(searcher, counted, names, most, view.mostText());
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /**
     * The passages of a found text that have the most words of a query, in the order of the text. A text that was found by
     * its vector may have none. Only the first 100,000 characters are looked at.
     *
     * @param most passages, at least 1
     */
    public List<Passage> passages(String query, String text, int most) {
        try {
            return Passages.of(analyzer, query, text, most);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Why a document stands where it stands for a query, taken apart into what words and vectors say.
     *
     * @param id of the document
     * @param vector of the query, made by the model that filled the index
     * @param neighbours how many of the nearest documents to the document itself, 0 or more
     * @return nothing if the index has no document of this id
     * @throws ChiaroException if the vector has another dimension
     */
    public Optional<HitExplanation> explain(
            String id, String query, float[] vector, Fusion fusion, double vectorWeight, int neighbours) {
        return explain(id, query, vector, Optional.empty(), fusion, HybridShares.of(vectorWeight), neighbours);
    }

    /**
     * The same with what sparse vectors say, if the query has one. They count in the fused score if they have a share of it.
     *
     * @param vector of the query, made by the model that filled the index
     * @param weights of the query's tokens, made by the sparse model of the index
     * @throws ChiaroException if the vector has another dimension, or the index no sparse vectors
     */
    public Optional<HitExplanation> explain(
            String id,
            String query,
            float[] vector,
            Optional<SparseVector> weights,
            Fusion fusion,
            HybridShares shares,
            int neighbours) {
        if (shares.sparse() > 0 && weights.isEmpty()) {
            throw new IllegalArgumentException("TextIndex.explain: expected weights of the query's tokens, since they"
                    + " have a share of " + shares.sparse() + ", but found none");
        }
        try {
            List<Hit> near = near(vector, HybridRanker.LEAST_DEPTH);
            List<Hit> byTokens = weights.isPresent() ? byTokens(weights.get(), HybridRanker.LEAST_DEPTH) : List.of();
            ScoreDoc[] found = searcher.search(new TermQuery(new Term(Words.ID, id)), 1).scoreDocs;
            if (found.length == 0) {
                return Optional.empty();
            }
            int document = found[0].doc;
            List<Hit> byWords = Words.rank(searcher, words(query), HybridRanker.LEAST_DEPTH);
            List<Hit> counted = shares.sparse() > 0 ? byTokens : List.of();
            List<Hit> all = HybridRanker.fused(
                    byWords, near, counted, fusion, shares, byWords.size() + near.size() + counted.size());
            OptionalInt fusedRank = Explaining.rank(all, id);
            float[] own = FullComparison.vector(reader, document);
            List<HitExplanation.WordShare> ofWords = Explaining.shares(searcher, analyzer, query, document);
            double wordScore = 0;
            for (HitExplanation.WordShare share : ofWords) {
                wordScore += share.share();
            }
            Optional<HitExplanation.Tokens> tokens = weights.isPresent()
                    ? Optional.of(Explaining.tokens(searcher, weights.get(), document, Explaining.rank(byTokens, id)))
                    : Optional.empty();
            return Optional.of(new HitExplanation(
                    IndexedDocument.stored(searcher.storedFields(), document),
                    ofWords,
                    (float) wordScore,
                    Explaining.rank(byWords, id),
                    UnitVectors.dot(UnitVectors.unit(vector), own),
                    Explaining.rank(near, id),
                    tokens,
                    fusedRank.isPresent() ? all.get(fusedRank.getAsInt() - 1).score() : 0,
                    fusedRank,
                    neighbours(id, own, neighbours)));
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    private List<TextHit> neighbours(String id, float[] own, int most) {
        return search(own, most + 1).stream()
                .filter(hit -> !hit.id().equals(id))
                .limit(most)
                .toList();
    }

    /**
     * Draws the documents in a plane ({@link io.chiaro.search.map.Umap}) and keeps the map in the folder, in place of an older one. At
     * most 30,000 documents are shown, evenly over the index. Time grows with the square of their number.
     *
     * @param seed of the layout: the same index and seed give the same map
     * @throws ChiaroException if the file cannot be written
     */
    public CollectionMap drawMap(long seed) {
        CollectionMap map = layMap(seed);
        keepMap(map);
        return map;
    }

    /** The same map, kept nowhere yet: {@link #keepMap} does. */
    public CollectionMap layMap(long seed) {
        try {
            return MapMaking.of(reader, vectors.allowed(), state(), seed, MapMaking.MOST_POINTS);
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /**
     * Keeps a map in the folder, in place of an older one.
     *
     * @throws ChiaroException if the file cannot be written
     */
    public void keepMap(CollectionMap map) {
        map.write(folder.place());
    }

    /** The map that the folder keeps, if one was made, whichever state of the index it shows. */
    public Optional<CollectionMap> map() {
        return CollectionMap.read(folder.place());
    }

    /** Those of some ids that no document of the snapshot has, whatever the filter. */
    public Set<String> missing(Collection<String> ids) {
        Set<String> missing = new TreeSet<>(ids);
        try {
            for (LeafReaderContext leaf : reader.leaves()) {
                Held.remove(leaf.reader(), missing);
            }
            return missing;
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /** What tells the map as this snapshot has it from any other: it changes when the map is drawn anew or the index changes. */
    public Optional<String> mapVersion() {
        return CollectionMap.stamp(folder.place()).map(stamp -> stamp + " " + state());
    }

    /** Whether the folder keeps a map. */
    public boolean hasMap() {
        return CollectionMap.exists(folder.place());
    }

    /** Whether a map shows this snapshot. */
    public boolean isOf(CollectionMap map) {
        return map.state().equals(state());
    }

    /** What tells a commit from all others. */
    private String state() {
        // Readers that Lucene opens on a directory are of no other class.
        return StringHelper.idToString(
                ((StandardDirectoryReader) reader).getSegmentInfos().getId());
    }

    /**
     * The index as a ranker over its vectors, for example to be judged.
     *
     * @param embedder the model that filled the index; it and the index stay with the caller
     * @throws ChiaroException if the embedder is another model
     */
    public Ranker ranker(Embedder embedder) {
        refuseOther(embedder.description());
        return new Ranker() {
            @Override
            public List<Hit> rank(String query, int depth) {
                try {
                    return near(embedder.embed(List.of(query), TextRole.QUERY)[0], depth);
                } catch (IOException e) {
                    throw IndexFolder.unreadable(folder.place(), e);
                }
            }

            @Override
            public String name() {
                return description.modelName();
            }

            @Override
            public String description() {
                return description.modelName() + ", cosine, "
                        + description.engine().describe(description.quantisation());
            }

            @Override
            public void close() {}
        };
    }

    /** What exact search finds, whatever the engine. */
    List<TextHit> exact(float[] query, int k) throws IOException {
        return texts(best(vectors.exact(query, k), k));
    }

    /** The best k. Ids decide between equal scores, but only at the cut are they read for it. */
    private List<ScoreDoc> best(List<ScoreDoc> found, int k) throws IOException {
        List<ScoreDoc> sorted = new ArrayList<>(found);
        sorted.sort((a, b) -> Float.compare(b.score, a.score));
        if (sorted.size() <= k) {
            return sorted;
        }
        float lowest = sorted.get(k - 1).score;
        sorted.removeIf(one -> one.score < lowest);
        if (sorted.size() > k) {
            Map<Integer, String> ids = new HashMap<>();
            StoredFields stored = searcher.storedFields();
            for (ScoreDoc one : sorted) {
                ids.put(one.doc, IndexedDocument.id(stored, one.doc));
            }
            sorted.sort((a, b) -> DocumentOrder.compare(
                    a.score, Objects.requireNonNull(ids.get(a.doc)), b.score, Objects.requireNonNull(ids.get(b.doc))));
        }
        return sorted.subList(0, Math.min(k, sorted.size()));
    }

    private List<TextHit> texts(List<ScoreDoc> found) throws IOException {
        List<TextHit> hits = new ArrayList<>();
        long characters = 0;
        for (ScoreDoc one : found) {
            TextHit read = hit(one.doc, one.score);
            characters = counted(characters, read);
            hits.add(read);
        }
        hits.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
        return List.copyOf(hits);
    }

    /**
     * The share of the k nearest by exact search that this index finds: the mean over some of its own documents as queries,
     * each left out of its own neighbours. 1 where every vector is compared in full.
     *
     * @param queries how many documents, evenly over the index; at most all
     * @param k at least 1
     */
    public double recall(int queries, int k) {
        try {
            return Recall.of(this, reader, vectors.allowed(), queries, k);
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }

    /** A hit by its id, with its text. */
    private TextHit hit(Hit found) throws IOException {
        return hit(searcher.search(new TermQuery(new Term(Words.ID, found.id())), 1).scoreDocs[0].doc, found.score());
    }

    private TextHit hit(int document, float score) throws IOException {
        return IndexedDocument.hit(searcher.storedFields(), document, score).shortened(view.eachText());
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try (folder) {
            reader.decRef();
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder.place(), e);
        }
    }
}
