package io.chiaro.search.mining;

import io.chiaro.model.Document;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The texts that are searched, each spelling once, and which of them say the same as an anchor or a positive. A document is known by its
 * content, by its text alone and by its title alone, since pairs are made of any of these. Only anchors and positives have numbers, so
 * that a large collection costs no more than its texts. One thread.
 */
final class SearchedTexts {

    /** A shorter text stands word for word in others that do not answer. */
    private static final int FEWEST_CHARACTERS = 20;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final List<String> written = new ArrayList<>();
    /** Of texts that say the same as an anchor or a positive. */
    private final Map<Integer, Names> names = new HashMap<>();

    private final Map<Integer, String> keys = new HashMap<>();
    private final BitSet inCorpus = new BitSet();
    private final BreakIterator words = BreakIterator.getWordInstance(Locale.ROOT);

    /** The numbers of what a text is as a whole, with or without its title, and of what its title is. */
    private record Names(Set<Integer> bodies, Set<Integer> titles) {}

    /** What two spellings of one text have in common. */
    static String key(String text) {
        return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    /** The number of an anchor or a positive, the same for all its spellings; told before any text is added. */
    int number(String text) {
        return numbers.computeIfAbsent(key(text), key -> numbers.size());
    }

    /** Adds a document of the corpus; an empty one is left out. */
    void add(Document document) {
        if (document.content().isEmpty()) {
            return;
        }
        int place = place(document.content());
        name(place, document.content(), false);
        name(place, document.text(), false);
        if (!document.title().isBlank()) {
            name(place, document.title(), true);
        }
        Names own = names.get(place);
        if (own != null) {
            own.bodies().forEach(inCorpus::set);
            own.titles().forEach(inCorpus::set);
        }
    }

    /** Adds a positive. */
    void add(String positive) {
        name(place(positive), positive, false);
    }

    private int place(String text) {
        return places.computeIfAbsent(text, key -> {
            written.add(key);
            return written.size() - 1;
        });
    }

    private void name(int place, String text, boolean title) {
        Integer number = numbers.get(key(text));
        if (number != null) {
            Names own = names.computeIfAbsent(place, key -> new Names(new HashSet<>(), new HashSet<>()));
            (title ? own.titles() : own.bodies()).add(number);
        }
    }

    /** How many texts there are. */
    int count() {
        return written.size();
    }

    /** All texts as they were written, by their places. */
    List<String> written() {
        return written;
    }

    /** Where a text stands. */
    int placeOf(String text) {
        return Objects.requireNonNull(places.get(text));
    }

    /** Whether a document of the corpus says the same. */
    boolean isInCorpus(int number) {
        return inCorpus.get(number);
    }

    /** Whether a text, or its title, is one of these anchors and positives. */
    boolean isAnyOf(int place, Set<Integer> own) {
        Names names = this.names.get(place);
        return names != null
                && (names.bodies().stream().anyMatch(own::contains)
                        || names.titles().stream().anyMatch(own::contains));
    }

    /** How many texts are one of the anchors and positives, for each of them. */
    int[] spread() {
        int[] spread = new int[numbers.size()];
        names.values().forEach(one -> {
            one.bodies().forEach(number -> spread[number]++);
            one.titles().forEach(number -> spread[number]++);
        });
        return spread;
    }

    /** The spelling that is compared; kept, since near texts are asked for again and again. */
    String keyOf(int place) {
        return keys.computeIfAbsent(place, at -> key(written.get(at)));
    }

    /** By what a text is known for the same as another one: its number, else its spelling. */
    Object identity(int place) {
        Names own = names.get(place);
        return own == null || own.bodies().isEmpty()
                ? keyOf(place)
                : own.bodies().stream().mapToInt(Integer::intValue).min().orElseThrow();
    }

    /** Whether a text holds one of these, word for word and not within a word; short ones do not count. */
    boolean contains(int place, Set<String> parts) {
        return parts.stream().filter(part -> part.length() >= FEWEST_CHARACTERS).anyMatch(part -> {
            String key = keyOf(place);
            int at = key.indexOf(part);
            if (at < 0) {
                return false;
            }
            words.setText(key);
            while (at >= 0 && !(words.isBoundary(at) && words.isBoundary(at + part.length()))) {
                at = key.indexOf(part, at + 1);
            }
            return at >= 0;
        });
    }
}
