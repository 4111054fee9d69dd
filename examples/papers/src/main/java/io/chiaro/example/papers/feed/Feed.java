package io.chiaro.example.papers.feed;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A file of listings: JSON lines ({@code .jsonl}) or Atom ({@code .atom}, {@code .xml}). */
public final class Feed {

    private Feed() {}

    /**
     * Reads a whole feed.
     *
     * @throws ChiaroException of kind data if the file cannot be read, a record is not as described or an id comes twice; the
     *     message begins with file and line. Of kind usage if the name says nothing of the format
     */
    public static List<Listing> read(Path file) {
        List<Listing> listings = readAny(file);
        Set<String> ids = new HashSet<>();
        for (Listing listing : listings) {
            if (!ids.add(listing.id())) {
                throw ChiaroException.data(file.toAbsolutePath() + ": expected each paper once, but found the id "
                        + listing.id() + " again. Remove one.");
            }
        }
        return listings;
    }

    private static List<Listing> readAny(Path file) {
        String name = file.toString();
        try {
            if (name.endsWith(".jsonl")) {
                return JsonLinesFeed.read(file);
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
