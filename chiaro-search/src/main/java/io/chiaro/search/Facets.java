package io.chiaro.search;

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

    static Map<String, List<FacetCount>> of(IndexSearcher searcher, Query query, List<String> names, int most)
            throws IOException {
        if (!MetadataFields.areIn(searcher.getIndexReader())) {
            Map<String, List<FacetCount>> none = new LinkedHashMap<>();
            names.forEach(name -> none.put(name, List.of()));
            return none;
        }
        names.forEach(name -> MetadataFields.refuseUnknown(searcher.getIndexReader(), name));
        FacetsCollector matches = new FacetsCollector();
        searcher.search(query, matches);
        Map<String, List<FacetCount>> facets = new LinkedHashMap<>();
        for (String name : names) {
            String field = MetadataFields.words(name);
            StringDocValuesReaderState state = new StringDocValuesReaderState(searcher.getIndexReader(), field);
            FacetResult result = new StringValueFacetCounts(state, matches).getTopChildren(most, field);
            List<FacetCount> counts = new ArrayList<>();
            if (result != null) {
                for (LabelAndValue value : result.labelValues) {
                    counts.add(new FacetCount(value.label, value.value.intValue()));
                }
            }
            facets.put(name, counts);
        }
        return facets;
    }
}
