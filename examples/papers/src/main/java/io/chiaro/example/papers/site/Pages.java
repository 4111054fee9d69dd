package io.chiaro.example.papers.site;

import io.chiaro.example.papers.digest.Subscription;
import io.chiaro.example.papers.feed.Listing;
import io.chiaro.example.papers.html.Html;
import io.chiaro.example.papers.room.Paper;
import io.chiaro.example.papers.room.SearchMode;
import io.chiaro.example.papers.room.Topic;
import io.chiaro.example.papers.room.Trending;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The pages. Whatever comes from a feed or a reader goes through {@link Html#text}. */
final class Pages {

    private static final int SUMMARY = 300;

    private Pages() {}

    static String trending(Part part, Trending trending, LocalDate today) {
        String formula = String.format(
                Locale.ROOT,
                "score = votes &times; 2<sup>&minus;age&nbsp;/&nbsp;%.0f</sup>, age in days",
                trending.halfLife());
        return page(
                "Trending",
                "<p class=\"note\">" + formula + "</p>\n"
                        + list(part, "/", paper -> ", score " + score(trending.score(paper.listing(), today))));
    }

    /** Votes of long ago have faded to what nobody wants to read the digits of. */
    private static String score(double score) {
        return score > 0 && score < 0.01 ? "below 0.01" : String.format(Locale.ROOT, "%.2f", score);
    }

    static String newest(Part part) {
        return page("New", list(part, "/new", paper -> ""));
    }

    private static String list(Part part, String path, Function<Paper, String> said) {
        StringBuilder body = new StringBuilder(list(part.papers(), part.start() + 1, said));
        if (part.number() > 1 || part.more()) {
            body.append("<nav aria-label=\"More\">");
            if (part.number() > 1) {
                body.append("<a rel=\"prev\" href=\"%s?page=%d\">Before</a> ".formatted(path, part.number() - 1));
            }
            if (part.more()) {
                body.append("<a rel=\"next\" href=\"%s?page=%d\">More</a>".formatted(path, part.number() + 1));
            }
            body.append("</nav>\n");
        }
        return body.toString();
    }

    static String topics(List<Topic> topics) {
        StringBuilder body = new StringBuilder();
        for (Topic topic : topics) {
            body.append("<section>\n<h2>")
                    .append(Html.text(topic.words().isEmpty() ? "other" : String.join(", ", topic.words())))
                    .append("</h2>\n<ul>\n");
            topic.papers()
                    .forEach(paper ->
                            body.append("<li>").append(link(paper.listing())).append("</li>\n"));
            body.append("</ul>\n</section>\n");
        }
        return page("Topics", topics.isEmpty() ? nothing() : body.toString());
    }

    static String search(String query, SearchMode mode, List<Paper> found, boolean mails) {
        StringBuilder body = new StringBuilder("<form action=\"/search\" role=\"search\">\n");
        body.append("<label for=\"query\">Search for</label>\n<input id=\"query\" name=\"q\" type=\"search\" value=\"")
                .append(Html.text(query))
                .append("\" required>\n<fieldset>\n<legend>by</legend>\n");
        for (SearchMode each : SearchMode.values()) {
            body.append("<label><input type=\"radio\" name=\"mode\" value=\"%s\"%s> %s</label>\n"
                    .formatted(each.key(), each == mode ? " checked" : "", name(each)));
        }
        body.append("</fieldset>\n<button>Search</button>\n</form>\n");
        if (!query.isEmpty()) {
            body.append(list(found, paper -> ""));
            if (mails) {
                body.append(subscribeForm(query, mode));
            }
        }
        return page(query.isEmpty() ? "Search" : "Search: " + query, body.toString());
    }

    private static String name(SearchMode mode) {
        return switch (mode) {
            case HYBRID -> "words and meaning";
            case SEMANTIC -> "meaning";
            case WORDS -> "words";
        };
    }

    private static String subscribeForm(String query, SearchMode mode) {
        return """
                <section>
                <h2>Hear of new papers like these</h2>
                <form action="/subscribe" method="post">
                <input type="hidden" name="q" value="%s">
                <input type="hidden" name="mode" value="%s">
                <label for="address">Mail address</label>
                <input id="address" name="address" type="email" autocomplete="email" required>
                <button>Subscribe</button>
                </form>
                </section>
                """.formatted(Html.text(query), mode.key());
    }

    static String paper(Paper paper, List<Paper> related) {
        Listing listing = paper.listing();
        return page(
                listing.title(),
                "<p class=\"note\">%s, %d votes, %s</p>\n<p dir=\"auto\">%s</p>\n<h2>Related</h2>\n%s"
                        .formatted(
                                listing.date(),
                                listing.votes(),
                                Html.text(listing.id()),
                                Html.text(listing.abstractText()),
                                list(related, each -> "")));
    }

    static String asked() {
        return page(
                "Look into your mail",
                "<p>If the address has no such subscription yet, a mail is under way to it. "
                        + "Nothing else is sent until its link is followed.</p>\n");
    }

    static String confirm(Subscription subscription) {
        return button("Confirm", "/confirm", subscription, "Send me new papers for this query");
    }

    static String unsubscribe(Subscription subscription) {
        return button("End a subscription", "/unsubscribe", subscription, "End these mails");
    }

    private static String button(String title, String path, Subscription subscription, String label) {
        return page(
                title,
                "<p>New papers for: <strong>%s</strong></p>\n<form action=\"%s?token=%s\" method=\"post\"><button>%s</button></form>\n"
                        .formatted(Html.text(subscription.query()), path, encoded(subscription.token()), label));
    }

    static String confirmed(Subscription subscription) {
        return page(
                "Confirmed",
                "<p>From now on you hear of new papers for: <strong>" + Html.text(subscription.query())
                        + "</strong></p>\n");
    }

    static String unsubscribed(Subscription subscription) {
        return page(
                "Ended",
                "<p>No more mails are sent for: <strong>" + Html.text(subscription.query()) + "</strong></p>\n");
    }

    static String problem(String sentence) {
        return page("That did not work", "<p>" + Html.text(sentence) + "</p>\n");
    }

    /** Papers one below the other, with something said behind the votes of each. */
    private static String list(List<Paper> papers, Function<Paper, String> said) {
        return list(papers, 1, said);
    }

    private static String list(List<Paper> papers, int first, Function<Paper, String> said) {
        if (papers.isEmpty()) {
            return nothing();
        }
        return papers.stream()
                .map(paper -> {
                    Listing listing = paper.listing();
                    return "<li>\n<h2 dir=\"auto\">%s</h2>\n<p class=\"note\">%s, %d votes%s</p>\n<p dir=\"auto\">%s</p>\n</li>\n"
                            .formatted(
                                    link(listing),
                                    listing.date(),
                                    listing.votes(),
                                    said.apply(paper),
                                    Html.text(summary(listing.abstractText())));
                })
                .collect(Collectors.joining("", "<ol class=\"papers\" start=\"" + first + "\">\n", "</ol>\n"));
    }

    private static String nothing() {
        return "<p>Nothing here yet.</p>\n";
    }

    private static String link(Listing listing) {
        return "<a href=\"/paper?id=" + encoded(listing.id()) + "\">" + Html.text(listing.title()) + "</a>";
    }

    private static String summary(String text) {
        int end = text.length() <= SUMMARY ? -1 : text.lastIndexOf(' ', SUMMARY);
        return end < 0 ? text : text.substring(0, end) + " ...";
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static String page(String title, String body) {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%1$s - Daily papers</title>
                <link rel="stylesheet" href="/style.css">
                </head>
                <body>
                <a class="skip" href="#content">To the content</a>
                <header>
                <nav aria-label="Pages"><a href="/">Trending</a> <a href="/new">New</a> <a href="/topics">Topics</a> <a href="/search">Search</a></nav>
                </header>
                <main id="content">
                <h1 dir="auto">%1$s</h1>
                %2$s</main>
                </body>
                </html>
                """.formatted(Html.text(title), body);
    }
}
