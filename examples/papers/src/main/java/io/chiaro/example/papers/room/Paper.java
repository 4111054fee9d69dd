package io.chiaro.example.papers.room;

import io.chiaro.example.papers.feed.Listing;
import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import io.chiaro.model.MetadataValue;
import io.chiaro.search.StoredText;
import io.chiaro.search.TextHit;
import io.chiaro.search.filter.Filter;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/**
 * A listing that the room holds.
 *
 * @param edition the number of the update that brought it, from 1; digests go by it, since a date may lie before the last digest
 */
public record Paper(Listing listing, int edition) {

    private static final String TITLE = "title";
    private static final String DATE = "date";
    private static final String VOTES = "votes";
    private static final String EDITION = "edition";

    /** What the index keeps: the date as a number such as 20260314, so that a filter can ask for a range of days. */
    Document document() {
        int date = Integer.parseInt(listing.date().format(DateTimeFormatter.BASIC_ISO_DATE));
        Metadata metadata = new Metadata(Map.of(
                TITLE, new MetadataValue.Text(listing.title()),
                DATE, new MetadataValue.Figure(date),
                VOTES, new MetadataValue.Figure(listing.votes()),
                EDITION, new MetadataValue.Figure(edition)));
        return new Document(listing.id(), listing.title(), listing.abstractText(), metadata);
    }

    /** The papers of the editions after one and up to another. */
    static Filter editions(int after, int upTo) {
        return new Filter.Range(EDITION, after + 1, upTo);
    }

    /** A paper that a search has found. */
    static Paper from(TextHit hit) {
        return from(hit.id(), hit.text(), hit.metadata());
    }

    /** A paper as the index keeps it. */
    static Paper from(StoredText text) {
        return from(text.id(), text.text(), text.metadata());
    }

    private static Paper from(String id, String text, Metadata metadata) {
        Map<String, Object> values = metadata.plain();
        String title = String.valueOf(values.get(TITLE));
        Listing listing = new Listing(
                id,
                title,
                text.substring(title.length()),
                LocalDate.parse(String.valueOf(values.get(DATE)), DateTimeFormatter.BASIC_ISO_DATE),
                number(values, VOTES));
        return new Paper(listing, number(values, EDITION));
    }

    private static int number(Map<String, Object> values, String name) {
        return Integer.parseInt(String.valueOf(values.get(name)));
    }
}
