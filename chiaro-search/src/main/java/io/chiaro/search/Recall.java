package io.chiaro.search;

import io.chiaro.search.vector.Allowed;
import io.chiaro.search.vector.FullComparison;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.StoredFields;

/** Measures how many of the nearest an index finds, with its own documents as queries. */
final class Recall {

    private Recall() {}

    /**
     * The share of the k nearest by exact search that the index finds, over all queries together; 1 if there are none.
     *
     * @param allowed documents, of which the queries are taken evenly
     */
    static double of(TextIndex index, IndexReader reader, Allowed allowed, int queries, int k) throws IOException {
        StoredFields stored = reader.storedFields();
        int found = 0;
        int wanted = 0;
        int last = -1;
        int asked = (int) Math.min(Integer.MAX_VALUE, k + 1L);
        for (int i = 0; i < queries; i++) {
            int document = allowed.next(Math.max(last + 1, (int) ((long) i * reader.maxDoc() / queries)));
            if (document >= reader.maxDoc()) {
                break;
            }
            last = document;
            String own = IndexedDocument.id(stored, document);
            float[] vector = FullComparison.vector(reader, document);
            List<String> exact = others(index.exact(vector, asked), own, k);
            wanted += exact.size();
            found += (int) others(index.search(vector, asked), own, k).stream()
                    .filter(exact::contains)
                    .count();
        }
        return wanted == 0 ? 1 : (double) found / wanted;
    }

    /** A document is the nearest to itself, which says nothing. */
    private static List<String> others(List<TextHit> hits, String own, int k) {
        return hits.stream()
                .map(TextHit::id)
                .filter(id -> !id.equals(own))
                .limit(k)
                .toList();
    }
}
