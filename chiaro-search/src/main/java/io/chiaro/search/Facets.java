package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.facet.FacetResult;
import org.apache.lucene.facet.FacetsCollector;
import org.apache.lucene.facet.LabelAndValue;
import org.apache.lucene.facet.StringDocValuesReaderState;
import org.apache.lucene.facet.StringValueFacetCounts;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;

/** Counts the values of metadata over the documents that match a query. */
final class Facets {

    private Facets() {}

    /**
     * @param most values a name
     * @param mostText characters that all values may have together
     */
    static Map<String, Facet> of(IndexSearcher searcher, Query query, List<String> names, int most, long mostText)
            throws IOException {
        Map<String, Facet> facets = new LinkedHashMap<>();
        if (!MetadataFields.areIn(searcher.getIndexReader())) {
            names.forEach(name -> facets.put(name, Facet.NONE));
            return facets;
        }
        names.forEach(name -> MetadataFields.refuseUnknown(searcher.getIndexReader(), name));
        FacetsCollector matches = new FacetsCollector();
        searcher.search(query, matches);
        long characters = 0;
        for (String name : names) {
            Facet facet = of(searcher, matches, name, most);
            for (FacetCount count : facet.values()) {
                characters += count.value().length();
            }
            if (characters > mostText) {
                throw ChiaroException.data("expected values of facets with at most " + mostText
                        + " characters together, but found more. Ask for fewer values.");
            }
            facets.put(name, facet);
        }
        return facets;
    }

    private static Facet of(IndexSearcher searcher, FacetsCollector matches, String name, int most) throws IOException {
        String field = MetadataFields.words(name);
        StringDocValuesReaderState state = new StringDocValuesReaderState(searcher.getIndexReader(), field);
        FacetResult result = new StringValueFacetCounts(state, matches).getTopChildren(most, field);
        if (result == null) {
            return Facet.NONE;
        }
        List<FacetCount> counts = new ArrayList<>();
        for (LabelAndValue value : result.labelValues) {
            counts.add(new FacetCount(value.label, value.value.intValue()));
        }
        return new Facet(counts, result.childCount - counts.size());
    }
}
