package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.search.filter.Filter;
import java.util.List;
import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.KeywordField;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.BytesRef;

/**
 * A filter as Lucene understands it, for an index that knows its names.
 *
 * @param strict whether an unknown name is refused
 */
record FilterQuery(IndexReader reader, boolean strict) implements Filter.Visitor<Query> {

    /**
     * A filter of what is found. Where no document has metadata yet, no name can be wrong, and no document meets a condition on one.
     *
     * @throws ChiaroException of kind data if the documents have metadata and none of them the name
     */
    static Query toFind(IndexReader reader, Filter filter) {
        return filter.accept(new FilterQuery(reader, MetadataFields.areIn(reader)));
    }

    /** A filter of what is found, in which no name is wrong: no document meets a condition on one that none has. */
    static Query ofWhatIsThere(IndexReader reader, Filter filter) {
        return filter.accept(new FilterQuery(reader, false));
    }

    /**
     * A filter of what is deleted. A name that no document has is refused, for what does not meet it would be all.
     *
     * @throws ChiaroException of kind data if no document has a name
     */
    static Query toDelete(IndexReader reader, Filter filter) {
        return filter.accept(new FilterQuery(reader, true));
    }

    @Override
    public Query oneOf(Filter.OneOf filter) {
        if (strict) {
            MetadataFields.refuseUnknown(reader, filter.name());
        }
        List<BytesRef> values = filter.values().stream().map(BytesRef::new).toList();
        return KeywordField.newSetQuery(MetadataFields.words(filter.name()), values);
    }

    @Override
    public Query range(Filter.Range filter) {
        if (strict) {
            MetadataFields.refuseWithoutNumbers(reader, filter.name());
        }
        return DoubleField.newRangeQuery(
                MetadataFields.numbers(filter.name()),
                MetadataFields.withoutSignOfZero(filter.least()),
                MetadataFields.withoutSignOfZero(filter.most()));
    }

    @Override
    public Query and(Filter.And filter) {
        if (filter.filters().isEmpty()) {
            return new MatchAllDocsQuery();
        }
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        filter.filters().forEach(part -> query.add(part.accept(this), Occur.FILTER));
        return query.build();
    }

    @Override
    public Query or(Filter.Or filter) {
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        filter.filters().forEach(part -> query.add(part.accept(this), Occur.SHOULD));
        return new ConstantScoreQuery(query.build());
    }

    @Override
    public Query not(Filter.Not filter) {
        return new BooleanQuery.Builder()
                .add(new MatchAllDocsQuery(), Occur.FILTER)
                .add(filter.filter().accept(this), Occur.MUST_NOT)
                .build();
    }
}
