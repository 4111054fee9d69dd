package io.chiaro.search;

import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Which ids a segment holds: a look into its dictionary for each, without the stored documents. */
final class Held {

    private Held() {}

    /** Removes from some ids those that a document of the segment has that is not deleted. */
    static void remove(LeafReader segment, Set<String> ids) throws IOException {
        Terms terms = segment.terms(Words.ID);
        if (terms == null) {
            return;
        }
        TermsEnum known = terms.iterator();
        Bits live = segment.getLiveDocs();
        PostingsEnum documents = null;
        for (Iterator<String> all = ids.iterator(); all.hasNext(); ) {
            if (known.seekExact(new BytesRef(all.next()))) {
                documents = known.postings(documents, PostingsEnum.NONE);
                if (hasLive(documents, live)) {
                    all.remove();
                }
            }
        }
    }

    private static boolean hasLive(PostingsEnum documents, @Nullable Bits live) throws IOException {
        int document = documents.nextDoc();
        while (document != DocIdSetIterator.NO_MORE_DOCS) {
            if (live == null || live.get(document)) {
                return true;
            }
            document = documents.nextDoc();
        }
        return false;
    }
}
