package io.chiaro.search;

import io.chiaro.core.metric.DocumentOrder;
import io.chiaro.model.Hit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.util.Version;

/**
 * Ranking by words as the public BM25 baselines do it: one field, the analyser of the {@link Language} (for English standard tokens, no
 * possessives, lower case, stop words, Porter stems), a bag of words as the query in which a word that comes twice counts twice.
 */
final class Words {

    static final String ID = "id";
    static final String CONTENTS = "contents";

    /** The parameters of the baselines; Robertson and Zaragoza, "The probabilistic relevance framework", 2009, give the formula. */
    private static final float K1 = 0.9f;

    private static final float B = 0.4f;
    private static final int MOST_WORDS = 65_536;

    static {
        // A whole document may be the query. Lucene's limit is one number for the JVM, so it is only ever raised.
        IndexSearcher.setMaxClauseCount(Math.max(IndexSearcher.getMaxClauseCount(), MOST_WORDS));
    }

    private Words() {}

    static Similarity similarity() {
        return new BM25Similarity(K1, B);
    }

    static String description(Language language) {
        return "BM25 (Lucene " + Version.LATEST + ", k1 " + K1 + ", b " + B + ", " + language.describe()
                + ", title and text in one field)";
    }

    /** The best documents for a text, ties in trec_eval's order, also at the cut. */
    static List<Hit> rank(IndexSearcher searcher, Analyzer analyzer, String text, int depth) throws IOException {
        return rank(searcher, query(analyzer, text), depth);
    }

    /** The best documents of a query. */
    static List<Hit> rank(IndexSearcher searcher, Query query, int depth) throws IOException {
        if (depth < 1) {
            throw new IllegalArgumentException("rank: expected a depth of at least 1, but found " + depth);
        }
        int documents = Math.max(1, searcher.getIndexReader().maxDoc());
        int asked = (int) Math.min(documents, depth + 1L);
        ScoreDoc[] found = searcher.search(query, asked).scoreDocs;
        // Documents of equal score may lie on both sides of the cut: ask on until a lower score shows.
        while (found.length == asked && asked < documents && found[asked - 1].score == found[depth - 1].score) {
            asked = (int) Math.min(documents, 4L * asked);
            found = searcher.search(query, asked).scoreDocs;
        }
        float lowest = found.length > depth ? found[depth - 1].score : Float.NEGATIVE_INFINITY;
        List<Hit> hits = new ArrayList<>();
        for (ScoreDoc document : found) {
            if (document.score >= lowest) {
                String id = searcher.storedFields()
                        .document(document.doc, Set.of(ID))
                        .get(ID);
                hits.add(new Hit(id, document.score));
            }
        }
        hits.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
        return List.copyOf(hits.subList(0, Math.min(depth, hits.size())));
    }

    /**
     * A word of a query.
     *
     * @param term as the index keeps it
     * @param written as the query has it the first time
     * @param times how often
     */
    record QueryWord(String term, String written, int times) {

        /** Scores the word alone, all its times together. */
        Query query() {
            return new BoostQuery(new TermQuery(new Term(CONTENTS, term)), times);
        }
    }

    /** The words of a text, each once, in their order. */
    static Collection<QueryWord> words(Analyzer analyzer, String text) throws IOException {
        Map<String, QueryWord> words = new LinkedHashMap<>();
        try (TokenStream tokens = analyzer.tokenStream(CONTENTS, text)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            OffsetAttribute place = tokens.addAttribute(OffsetAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                String written = text.substring(place.startOffset(), place.endOffset());
                words.merge(
                        term.toString(),
                        new QueryWord(term.toString(), written, 1),
                        (first, again) -> new QueryWord(first.term, first.written, first.times + 1));
            }
            tokens.end();
        }
        return words.values();
    }

    /** The bag of words of a text. */
    static Query query(Analyzer analyzer, String text) throws IOException {
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        words(analyzer, text).stream()
                .limit(MOST_WORDS)
                .forEach(word -> query.add(word.query(), BooleanClause.Occur.SHOULD));
        return query.build();
    }
}
