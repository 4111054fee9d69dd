package io.chiaro.example.papers.feed;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Listings as JSON, one a line: {@code {"id", "title", "abstract", "date": "2026-03-14", "votes"}}, and no other keys. */
final class JsonLinesFeed {

    private JsonLinesFeed() {}

    static List<Listing> read(Path file) throws IOException {
        List<Listing> listings = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    listings.add(listing(Json.parse(file.toAbsolutePath() + ":" + number, line)));
                }
            }
        }
        return listings;
    }

    private static Listing listing(JsonObject row) {
        row.refuseUnknownKeys(List.of("id", "title", "abstract", "date", "votes"));
        try {
            return new Listing(
                    row.string("id"),
                    row.string("title"),
                    row.string("abstract"),
                    LocalDate.parse(row.string("date")),
                    row.integer("votes"));
        } catch (DateTimeException e) {
            throw row.error(
                    "expected \"date\" as in 2026-03-14, but found \"" + row.string("date") + "\". Correct it.");
        } catch (IllegalArgumentException e) {
            throw ChiaroException.data(row.where() + ": " + e.getMessage() + " Correct the line.");
        }
    }
}
