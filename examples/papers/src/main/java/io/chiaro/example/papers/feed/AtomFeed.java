package io.chiaro.example.papers.feed;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Entities;

/**
 * Listings as an Atom feed (RFC 4287): of each {@code entry} its {@code id}, {@code title}, {@code summary} and {@code published},
 * or {@code updated} where that is missing. Atom knows no votes; they come as an element {@code votes} of the namespace {@value
 * #VOTES}, and are 0 without it.
 *
 * <p>A feed comes from strangers. A document type, with which a file could name other files or grow without end, is refused, and
 * nothing outside the file is ever opened. A title or summary of the type {@code html} or {@code xhtml} is read as the text that a
 * browser would show. An entry that is not as described is skipped with its reason: strangers make mistakes, and one of theirs
 * should not keep all other papers out. A file that is no XML has no entries that could be told apart, and is refused.
 */
final class AtomFeed {

    static final String ATOM = "http://www.w3.org/2005/Atom";
    static final String VOTES = "urn:chiaro:papers";

    private static final int LONGEST_REASON = 200;

    private final String file;
    private final XMLStreamReader xml;
    private final List<Listing> listings = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final List<String> skipped = new ArrayList<>();

    private AtomFeed(String file, XMLStreamReader xml) {
        this.file = file;
        this.xml = xml;
    }

    static Feed read(Path file) throws IOException {
        String name = file.toAbsolutePath().toString();
        try (InputStream in = Files.newInputStream(file)) {
            return new AtomFeed(name, factory().createXMLStreamReader(in)).listings();
        } catch (XMLStreamException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    name + ": expected an Atom feed, but found: "
                            + String.valueOf(e.getMessage()).replaceAll("\\s+", " ") + ". Correct the file.",
                    e);
        }
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("a reference to another file");
        });
        return factory;
    }

    private Feed listings() throws XMLStreamException {
        boolean root = true;
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.DTD) {
                throw wrong("expected no document type, but found one. Remove it.");
            }
            if (event == XMLStreamConstants.START_ELEMENT) {
                if (root && !isAtom("feed")) {
                    throw wrong("expected a feed of the namespace " + ATOM + ", but found the element "
                            + xml.getLocalName() + ". Check the file.");
                }
                root = false;
                if (isAtom("entry")) {
                    entry();
                }
            }
        }
        return new Feed(listings, skipped);
    }

    /** From the start of an entry to its end, whatever is in it, so that the next one is read as well. */
    private void entry() throws XMLStreamException {
        String where = file + ":" + xml.getLocation().getLineNumber() + ": ";
        Map<String, String> texts = new HashMap<>();
        Optional<String> wrong = Optional.empty();
        int depth = 1;
        while (depth > 0) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (depth == 1 && isRead()) {
                        Optional<String> found = put(texts); // also passes over the end of the element
                        wrong = wrong.or(() -> found);
                    } else {
                        depth++;
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> depth--;
                default -> {
                    // text between the elements says nothing
                }
            }
        }
        wrong.or(() -> list(texts)).ifPresent(reason -> skipped.add(where + oneLine(reason)));
    }

    /** A reason repeats what a stranger wrote, of whatever length. */
    private static String oneLine(String reason) {
        String line = reason.replaceAll("[\\s\\p{Cntrl}]+", " ");
        return line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "..." : line;
    }

    private boolean isRead() {
        return isAtom("id")
                || isAtom("title")
                || isAtom("summary")
                || isAtom("published")
                || isAtom("updated")
                || (VOTES.equals(xml.getNamespaceURI()) && xml.getLocalName().equals("votes"));
    }

    private boolean isAtom(String name) {
        return ATOM.equals(xml.getNamespaceURI()) && xml.getLocalName().equals(name);
    }

    /** Reads an element to its end. Gives what is wrong with it, if anything is. */
    private Optional<String> put(Map<String, String> texts) throws XMLStreamException {
        String name = xml.getLocalName();
        boolean mayHoldMarkup = name.equals("title") || name.equals("summary");
        String type = Objects.requireNonNullElse(xml.getAttributeValue(null, "type"), "text");
        boolean isElements = mayHoldMarkup && type.equals("xhtml");
        StringBuilder text = new StringBuilder();
        Optional<String> element = read(text, isElements);
        if (!isElements && !type.equals("text") && !(mayHoldMarkup && type.equals("html"))) {
            return Optional.of("expected " + (mayHoldMarkup ? "the type text, html or xhtml" : "plain text") + " of "
                    + name + ", but found the type " + type + ".");
        }
        if (!isElements && element.isPresent()) {
            return Optional.of("expected text in " + name + ", but found the element " + element.get()
                    + ". Its type would be xhtml.");
        }
        if (texts.containsKey(name)) {
            return Optional.of("expected one " + name + " in an entry, but found another.");
        }
        // What comes out is text, whatever it looks like; who puts it into a page escapes it, as any other from
        // outside.
        texts.put(
                name,
                isElements || type.equals("html")
                        ? Jsoup.parseBodyFragment(text.toString()).text()
                        : text.toString().strip());
        return Optional.empty();
    }

    /**
     * Reads to the end of the element, and the text of all elements within.
     *
     * @param markup whether what is read is HTML
     * @return the name of the first element within
     */
    private Optional<String> read(StringBuilder text, boolean markup) throws XMLStreamException {
        Optional<String> first = Optional.empty();
        int depth = 1;
        while (depth > 0) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    depth++;
                    String name = xml.getLocalName();
                    first = first.or(() -> Optional.of(name));
                    text.append(markup ? "<" + name + ">" : "");
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    text.append(markup && depth > 0 ? "</" + xml.getLocalName() + ">" : "");
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    text.append(markup ? Entities.escape(xml.getText()) : xml.getText());
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw wrong(
                            "expected no entities but those of XML, but found " + xml.getLocalName() + ". Remove it.");
                default -> {
                    // comments and instructions are no text
                }
            }
        }
        return first;
    }

    /** Adds the listing. Gives why there is none, if so. */
    private Optional<String> list(Map<String, String> texts) {
        for (String name :
                List.of("id", "title", "summary", texts.containsKey("published") ? "published" : "updated")) {
            if (!texts.containsKey(name)) {
                return Optional.of(
                        "expected an entry with " + name + ", but found only " + new TreeSet<>(texts.keySet()) + ".");
            }
        }
        String date = text(texts, texts.containsKey("published") ? "published" : "updated");
        String votes = texts.getOrDefault("votes", "0");
        try {
            Listing listing = new Listing(
                    text(texts, "id"),
                    text(texts, "title"),
                    text(texts, "summary"),
                    OffsetDateTime.parse(date).toLocalDate(),
                    Integer.parseInt(votes));
            if (!ids.add(listing.id())) {
                return Optional.of("expected each paper once, but found the id " + listing.id() + " again.");
            }
            listings.add(listing);
            return Optional.empty();
        } catch (DateTimeException e) {
            return Optional.of("expected a time as in 2026-03-14T09:00:00Z, but found \"" + date + "\".");
        } catch (NumberFormatException e) {
            return Optional.of("expected a whole number of votes, but found \"" + votes + "\".");
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static String text(Map<String, String> texts, String name) {
        return Objects.requireNonNull(texts.get(name));
    }

    private ChiaroException wrong(String sentence) {
        return ChiaroException.data(file + ":" + xml.getLocation().getLineNumber() + ": " + sentence);
    }
}
