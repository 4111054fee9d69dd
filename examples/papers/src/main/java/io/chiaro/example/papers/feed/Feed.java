package io.chiaro.example.papers.feed;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a file of listings holds: JSON lines ({@code .jsonl}) or Atom ({@code .atom}, {@code .xml}).
 *
 * @param listings those that could be read, ids each once
 * @param skipped why others could not, a sentence each that begins with file and line
 */
public record Feed(List<Listing> listings, List<String> skipped) {

    public Feed {
        listings = List.copyOf(listings);
        skipped = List.copyOf(skipped);
    }

    /**
     * Reads a whole feed. Entries of Atom, which strangers write, are skipped if they are not as described; JSON lines are one's own
     * and right to the last.
     *
     * @throws ChiaroException of kind data if the file cannot be read, a line of JSON is not as described or has an id again; the
     *     message begins with file and line. Of kind usage if the name says nothing of the format
     */
    public static Feed read(Path file) {
        Feed feed = readAny(file);
        Set<String> ids = new HashSet<>();
        for (Listing listing : feed.listings) {
            if (!ids.add(listing.id())) {
                throw ChiaroException.data(file.toAbsolutePath() + ": expected each paper once, but found the id "
                        + listing.id() + " again. Remove one.");
            }
        }
        return feed;
    }

    private static Feed readAny(Path file) {
        String name = file.toString();
        if (name.matches("[a-z]+:/.*")) {
            throw ChiaroException.usage(name + ": expected a file, but found an address. Fetch it first, for example by"
                    + " curl -o today.atom ADDRESS.");
        }
        try {
            if (name.endsWith(".jsonl")) {
                return new Feed(JsonLinesFeed.read(file), List.of());
            }
            if (name.endsWith(".atom") || name.endsWith(".xml")) {
                return AtomFeed.read(file);
            }
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    file.toAbsolutePath() + ": expected a readable file of UTF-8 text, but found: "
                            + AtomicFiles.reason(e) + ". Check the path and the encoding.",
                    e);
        }
        throw ChiaroException.usage(file.toAbsolutePath()
                + ": expected a feed that ends in .jsonl, .atom or .xml, but found another name. Rename the file.");
    }
}
