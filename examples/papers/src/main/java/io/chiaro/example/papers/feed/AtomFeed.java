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
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Listings as an Atom feed (RFC 4287): of each {@code entry} its {@code id}, {@code title}, {@code summary} and {@code published},
 * or {@code updated} where that is missing. Atom knows no votes; they come as an element {@code votes} of the namespace {@value
 * #VOTES}, and are 0 without it.
 *
 * <p>A feed comes from strangers. A document type, with which a file could name other files or grow without end, is refused, and
 * nothing outside the file is ever opened.
 */
final class AtomFeed {

    static final String ATOM = "http://www.w3.org/2005/Atom";
    static final String VOTES = "urn:chiaro:papers";

    private final String file;
    private final XMLStreamReader xml;

    private AtomFeed(String file, XMLStreamReader xml) {
        this.file = file;
        this.xml = xml;
    }

    static List<Listing> read(Path file) throws IOException {
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

    private List<Listing> listings() throws XMLStreamException {
        List<Listing> listings = new ArrayList<>();
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
                    listings.add(entry());
                }
            }
        }
        return listings;
    }

    /** From the start of an entry to its end. */
    private Listing entry() throws XMLStreamException {
        Map<String, String> texts = new HashMap<>();
        int depth = 1;
        while (depth > 0) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (depth == 1 && isRead()) {
                        put(texts); // also passes over the end of the element
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
        return listing(texts);
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

    private void put(Map<String, String> texts) throws XMLStreamException {
        String name = xml.getLocalName();
        String type = xml.getAttributeValue(null, "type");
        if (type != null && !type.equals("text")) {
            throw wrong("expected plain text in " + name + ", but found the type " + type + ". Take the markup out.");
        }
        if (texts.put(name, xml.getElementText().strip()) != null) {
            throw wrong("expected one " + name + " in an entry, but found another. Remove one.");
        }
    }

    private Listing listing(Map<String, String> texts) {
        String date = texts.containsKey("published") ? text(texts, "published") : text(texts, "updated");
        String votes = texts.getOrDefault("votes", "0");
        try {
            return new Listing(
                    text(texts, "id"),
                    text(texts, "title"),
                    text(texts, "summary"),
                    OffsetDateTime.parse(date).toLocalDate(),
                    Integer.parseInt(votes));
        } catch (DateTimeException e) {
            throw wrong("expected a time as in 2026-03-14T09:00:00Z, but found \"" + date + "\". Correct it.");
        } catch (NumberFormatException e) {
            throw wrong("expected a whole number of votes, but found \"" + votes + "\". Correct it.");
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage() + " Correct the entry.");
        }
    }

    private String text(Map<String, String> texts, String name) {
        String text = texts.get(name);
        if (text == null) {
            throw wrong("expected an entry with " + name + ", but found only " + texts.keySet() + ". Add it.");
        }
        return text;
    }

    private ChiaroException wrong(String sentence) {
        return ChiaroException.data(file + ":" + xml.getLocation().getLineNumber() + ": " + sentence);
    }
}
