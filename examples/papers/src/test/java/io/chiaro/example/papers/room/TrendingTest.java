package io.chiaro.example.papers.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.example.papers.feed.Listing;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrendingTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 3, 15);

    private static Paper paper(String id, int daysAgo, int votes) {
        return new Paper(new Listing(id, "Title", "Abstract", TODAY.minusDays(daysAgo), votes), 1);
    }

    private static List<String> ids(List<Paper> papers) {
        return papers.stream().map(paper -> paper.listing().id()).toList();
    }

    @Test
    void a_vote_counts_half_after_each_half_life() {
        Trending weekly = Trending.weekly();
        assertThat(weekly.score(paper("a", 0, 12).listing(), TODAY)).isEqualTo(12);
        assertThat(weekly.score(paper("a", 7, 12).listing(), TODAY)).isCloseTo(6, within(1e-12));
        assertThat(weekly.score(paper("a", 21, 12).listing(), TODAY)).isCloseTo(1.5, within(1e-12));
        assertThat(new Trending(2).score(paper("a", 3, 8).listing(), TODAY))
                .isCloseTo(8 / Math.pow(2, 1.5), within(1e-12));
    }

    @Test
    void many_old_votes_give_way_to_fewer_new_ones_and_equal_scores_to_the_newer_paper() {
        List<Paper> papers = List.of(
                paper("old", 14, 30), paper("new", 1, 10), paper("b", 2, 0), paper("a", 2, 0), paper("c", 1, 0));
        assertThat(ids(Trending.weekly().of(papers, TODAY, 9))).containsExactly("new", "old", "c", "a", "b");
        assertThat(Trending.weekly().of(papers, TODAY, 2)).hasSize(2);
    }

    @Test
    void the_order_does_not_change_with_the_days() {
        List<Paper> papers = List.of(paper("a", 14, 30), paper("b", 1, 10), paper("c", 5, 11), paper("d", 0, 8));
        assertThat(ids(Trending.weekly().of(papers, TODAY.plusDays(100), 9)))
                .isEqualTo(ids(Trending.weekly().of(papers, TODAY, 9)));
    }

    @Test
    void a_date_in_the_future_counts_as_today() {
        assertThat(Trending.weekly().score(paper("a", -3, 5).listing(), TODAY)).isEqualTo(5);
    }

    @Test
    void a_half_life_is_positive() {
        assertThatThrownBy(() -> new Trending(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Trending(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
