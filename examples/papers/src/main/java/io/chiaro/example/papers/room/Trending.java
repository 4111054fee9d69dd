package io.chiaro.example.papers.room;

import io.chiaro.example.papers.feed.Listing;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/**
 * Orders papers by votes that fade with age. With v votes and a days since the paper's date,
 *
 * <pre>score = v * 2^(-a / h)</pre>
 *
 * so that votes count half after h days. All scores shrink by the same factor from day to day: without new votes and papers the order
 * stays. A date in the future counts as today.
 *
 * @param halfLife h, in days
 */
public record Trending(double halfLife) {

    public Trending {
        if (!(halfLife > 0)) {
            throw new IllegalArgumentException("Trending: expected a positive half-life, but found " + halfLife);
        }
    }

    /** Votes count half after a week. */
    public static Trending weekly() {
        return new Trending(7);
    }

    /** The score of a listing on a day. */
    public double score(Listing listing, LocalDate today) {
        long age = Math.max(0, ChronoUnit.DAYS.between(listing.date(), today));
        return listing.votes() * Math.pow(2, -age / halfLife);
    }

    /** The papers with the highest scores; of equal ones the newer first, then by id. */
    public List<Paper> of(List<Paper> papers, LocalDate today, int most) {
        return papers.stream()
                .sorted(Comparator.comparingDouble((Paper paper) -> score(paper.listing(), today))
                        .reversed()
                        .thenComparing(Shelf.NEWEST_FIRST))
                .limit(most)
                .toList();
    }
}
