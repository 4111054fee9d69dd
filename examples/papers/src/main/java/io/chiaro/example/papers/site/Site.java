package io.chiaro.example.papers.site;

import io.chiaro.core.ChiaroException;
import io.chiaro.example.papers.digest.Mailer;
import io.chiaro.example.papers.digest.Post;
import io.chiaro.example.papers.digest.Subscription;
import io.chiaro.example.papers.digest.Subscriptions;
import io.chiaro.example.papers.room.Paper;
import io.chiaro.example.papers.room.ReadingRoom;
import io.chiaro.example.papers.room.SearchMode;
import io.chiaro.example.papers.room.Trending;
import io.chiaro.serve.http.Handler;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Request;
import io.chiaro.serve.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The reading room as a small site. A page changes nothing unless it is sent by POST: programs that follow the links of mails to look for
 * viruses neither confirm nor end a subscription. Safe for any thread.
 *
 * @param post sends the mails that confirm; without it readers cannot subscribe
 */
public record Site(ReadingRoom room, Trending trending, Subscriptions subscriptions, Optional<Post> post, Clock clock)
        implements Handler {

    private static final int SHOWN = 20;
    private static final int RELATED = 5;
    private static final int LONGEST_QUERY = Subscriptions.LONGEST_QUERY;
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            // The address of a page may hold a token.
            "Referrer-Policy",
            "no-referrer");

    @Override
    public Response handle(Request request) {
        return switch (request.method()) {
            case "GET", "HEAD" -> get(request.path(), Parameters.parse(request.query()));
            case "POST" -> post(request.path(), Parameters.parse(request.query()), request);
            default -> throw HttpProblem.of(405, "This page is read by GET.").with("Allow", "GET, HEAD, POST");
        };
    }

    private Response get(String path, Parameters asked) {
        LocalDate today = LocalDate.now(clock);
        return switch (path) {
            case "/" -> {
                List<Paper> papers = room.shelf().papers();
                yield page(Pages.trending(
                        Part.of(trending.of(papers, today, papers.size()), part(asked), SHOWN), trending, today));
            }
            case "/new" -> page(Pages.newest(Part.of(room.shelf().papers(), part(asked), SHOWN)));
            case "/topics" -> page(Pages.topics(room.shelf().topics()));
            case "/search" -> page(search(asked));
            case "/paper" -> page(paper(asked.get("id")));
            case "/confirm" -> page(Pages.confirm(subscription(asked)));
            case "/unsubscribe" -> page(Pages.unsubscribe(subscription(asked)));
            case "/style.css" -> style();
            default -> throw HttpProblem.of(404, "There is no such page.");
        };
    }

    private String search(Parameters asked) {
        String query = asked.get("q").strip();
        SearchMode mode = mode(asked);
        if (query.length() > LONGEST_QUERY) {
            throw HttpProblem.of(400, "A query has at most " + LONGEST_QUERY + " characters.");
        }
        List<Paper> found = query.isEmpty() ? List.of() : room.search(query, mode, ReadingRoom.PAGE);
        return Pages.search(query, mode, found, post.isPresent());
    }

    private static int part(Parameters asked) {
        String part = asked.find("page").orElse("1");
        if (!part.matches("[1-9][0-9]{0,5}")) {
            throw HttpProblem.of(400, "Pages are numbered from 1.");
        }
        return Integer.parseInt(part);
    }

    private static SearchMode mode(Parameters asked) {
        String key = asked.find("mode").orElse(SearchMode.HYBRID.key());
        return SearchMode.of(key).orElseThrow(() -> HttpProblem.of(400, "A search is hybrid, semantic or by words."));
    }

    private String paper(String id) {
        Paper paper = room.shelf().find(id).orElseThrow(() -> HttpProblem.of(404, "The room has no such paper."));
        return Pages.paper(paper, room.related(id, RELATED));
    }

    private Subscription subscription(Parameters asked) {
        return subscriptions
                .find(asked.get("token"))
                .orElseThrow(() -> HttpProblem.of(404, "There is no such subscription. It may have been ended."));
    }

    private Response post(String path, Parameters asked, Request request) {
        return switch (path) {
            case "/subscribe" -> page(subscribe(form(request)));
            case "/confirm" -> {
                Subscription found = subscription(asked);
                subscriptions.confirm(found.token(), room.shelf().edition());
                yield page(Pages.confirmed(found));
            }
            // Mail programs send a body of their own here (RFC 8058), of which nothing is needed.
            case "/unsubscribe" -> {
                Subscription found = subscription(asked);
                subscriptions.remove(found.token());
                yield page(Pages.unsubscribed(found));
            }
            default -> throw HttpProblem.of(404, "There is no such page.");
        };
    }

    private static Parameters form(Request request) {
        if (!request.header("Content-Type").orElse("").startsWith(FORM)) {
            throw HttpProblem.of(415, "Expected a form.");
        }
        return Parameters.parse(new String(request.body(), StandardCharsets.UTF_8));
    }

    private String subscribe(Parameters form) {
        Post sender = post.orElseThrow(() -> HttpProblem.of(503, "This room sends no mails."));
        try {
            subscriptions
                    .ask(form.get("address"), form.get("q"), mode(form), clock.instant())
                    .ifPresent(asked -> confirmBy(sender, asked));
        } catch (ChiaroException e) {
            throw e.kind() == ChiaroException.Kind.USAGE
                    ? HttpProblem.of(400, String.valueOf(e.getMessage()))
                    : HttpProblem.of(503, "The mail could not be sent. Try again later.");
        }
        return Pages.asked();
    }

    /** Without the mail the wish is forgotten, so that the reader can try again. */
    private void confirmBy(Post sender, Subscription asked) {
        boolean lost = true;
        try {
            lost = sender.mailer().send(sender.letters().confirmation(asked)) == Mailer.Delivery.REFUSED;
        } finally {
            if (lost) {
                subscriptions.remove(asked.token());
            }
        }
    }

    @Override
    public Response refuse(String path, HttpProblem problem) {
        return html(problem.status(), Pages.problem(problem.sentence())).with(problem.headers());
    }

    private static Response page(String html) {
        return html(200, html);
    }

    private static Response html(int status, String html) {
        return Response.of(status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8))
                .with(HEADERS);
    }

    private static Response style() {
        try (InputStream in = Site.class.getResourceAsStream("style.css")) {
            if (in == null) {
                throw new IllegalStateException("Site: style.css is missing from the jar");
            }
            return Response.of(200, "text/css; charset=utf-8", in.readAllBytes())
                    .with(HEADERS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
