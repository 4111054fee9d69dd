package io.chiaro.example.papers.digest;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.example.papers.feed.Listing;
import io.chiaro.example.papers.html.Html;
import io.chiaro.example.papers.room.News;
import io.chiaro.example.papers.room.Paper;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What the mails say.
 *
 * @param site where readers reach the reading room, for the links
 * @param domain behind the {@code @} of message ids
 */
public record Letters(URI site, String domain) {

    private static final int SHOWN = 400;

    public Letters {
        String scheme = site.getScheme();
        if (site.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw ChiaroException.usage("--site: expected an address such as https://papers.example.org, but found "
                    + site + ". Give the one that readers use.");
        }
        site = URI.create(site.toString().replaceAll("/+$", ""));
    }

    /** Asks whether the owner of the address wants the subscription. */
    public Mail confirmation(Subscription subscription) {
        String link = link("/confirm?token=", subscription.token());
        String text = """
                Somebody, hopefully you, wants to hear of new papers for this query:

                    %s

                To confirm, open this page and press the button:
                %s

                If it was not you, do nothing: without a confirmation nothing is ever sent.
                """.formatted(subscription.query(), link);
        String html = page("""
                <p>Somebody, hopefully you, wants to hear of new papers for this query:</p>
                <p><strong>%s</strong></p>
                <p><a href="%s">Confirm the subscription</a></p>
                <p>If it was not you, do nothing: without a confirmation nothing is ever sent.</p>
                """.formatted(Html.text(subscription.query()), Html.text(link)));
        return new Mail(
                subscription.address(),
                "Please confirm a subscription to new papers",
                id("confirm", subscription.token(), 0),
                text,
                html,
                Optional.empty());
    }

    /** The new papers of a query, up to an edition. */
    public Mail digest(Subscription subscription, News news, int edition) {
        String unsubscribe = link("/unsubscribe?token=", subscription.token());
        StringBuilder text = new StringBuilder("New papers for: " + subscription.query() + "\n");
        StringBuilder html = new StringBuilder("<h1>New papers for: " + Html.text(subscription.query()) + "</h1>\n");
        for (Paper paper : news.best()) {
            Listing listing = paper.listing();
            String link = link("/paper?id=", listing.id());
            String summary = shortened(listing.abstractText());
            text.append("\n%s\n%s, %d votes\n%s\n%s\n"
                    .formatted(listing.title(), listing.date(), listing.votes(), summary, link));
            html.append("<h2><a href=\"%s\">%s</a></h2>\n<p>%s, %d votes</p>\n<p>%s</p>\n"
                    .formatted(
                            Html.text(link),
                            Html.text(listing.title()),
                            listing.date(),
                            listing.votes(),
                            Html.text(summary)));
        }
        if (news.others() > 0) {
            String more = news.others() + " more of them are among the new papers: ";
            text.append('\n').append(more).append(site).append("/new\n");
            html.append("<p>%s<a href=\"%s/new\">New</a></p>\n".formatted(more, Html.text(site.toString())));
        }
        text.append("\n-- \nTo end these mails: ").append(unsubscribe).append('\n');
        html.append("<hr>\n<p><a href=\"%s\">End these mails</a></p>\n".formatted(Html.text(unsubscribe)));
        String count = news.found() == 1 ? "1 new paper" : news.found() + " new papers";
        return new Mail(
                subscription.address(),
                count + " for " + subscription.query(),
                id("digest", subscription.token(), edition),
                text.toString(),
                page(html.toString()),
                Optional.of(unsubscribe));
    }

    /** The same mail has the same id, however often it is made; the token cannot be told from it. */
    private String id(String kind, String token, int edition) {
        byte[] name = (kind + "/" + token + "/" + edition).getBytes(StandardCharsets.UTF_8);
        return Hashes.sha256(name).substring(0, 32) + "@" + domain;
    }

    private String link(String path, String value) {
        return site + path + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static String shortened(String text) {
        if (text.length() <= SHOWN) {
            return text;
        }
        int end = text.lastIndexOf(' ', SHOWN);
        return text.substring(0, end > 0 ? end : text.offsetByCodePoints(0, SHOWN / 2)) + " ...";
    }

    private static String page(String body) {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"color-scheme\" content=\"light dark\"></head>\n<body>\n" + body + "</body></html>\n";
    }
}
