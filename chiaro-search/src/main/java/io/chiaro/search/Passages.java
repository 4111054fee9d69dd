package io.chiaro.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.uhighlight.PassageFormatter;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;

/** Finds the sentences of a text that have the most words of a query. */
final class Passages {

    /** Beyond, a text is not looked at: an answer with many long hits must end. */
    private static final int LONGEST_TEXT = 100_000;

    /** A text without full stops, as a table or a log has, is one sentence to the highlighter. */
    private static final int LONGEST_PASSAGE = 500;

    /** Characters before the first match of a sentence that is cut. */
    private static final int LEAD = 100;

    private Passages() {}

    /** The best passages, in the order of the text; none if no word stands in it. */
    static List<Passage> of(Analyzer analyzer, String query, String text, int most) throws IOException {
        // A bag of words has neither phrases nor wildcards, whose traces would cost a second index of the text.
        UnifiedHighlighter highlighter = UnifiedHighlighter.builderWithoutSearcher(analyzer)
                .withWeightMatches(false)
                .withHandleMultiTermQuery(false)
                .withHighlightPhrasesStrictly(false)
                .withMaxNoHighlightPassages(0)
                .withFormatter(new Cutting())
                .build();
        // The highlighter's own limit holds only for texts that it reads from an index.
        Object found = highlighter.highlightWithoutSearcher(
                Words.CONTENTS, Words.query(analyzer, query), text.substring(0, whole(text, LONGEST_TEXT)), most);
        List<Passage> passages = new ArrayList<>();
        if (found instanceof List<?> list) {
            list.forEach(passage -> passages.add((Passage) passage));
        }
        return passages;
    }

    /** A place to cut at that is not inside a character. */
    static int whole(String text, int at) {
        if (at >= text.length()) {
            return text.length();
        }
        return at > 0 && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at)) ? at - 1 : at;
    }

    private static final class Cutting extends PassageFormatter {

        @Override
        public List<Passage> format(org.apache.lucene.search.uhighlight.Passage[] found, String text) {
            return List.of(found).stream()
                    .filter(passage -> passage.getNumMatches() > 0)
                    .sorted(Comparator.comparingInt(org.apache.lucene.search.uhighlight.Passage::getStartOffset))
                    .map(passage -> cut(passage, text))
                    .toList();
        }

        private static Passage cut(org.apache.lucene.search.uhighlight.Passage found, String text) {
            List<Passage.Piece> pieces = new ArrayList<>();
            int at = begin(found, text);
            int until = end(found, text, at);
            for (int i = 0; i < found.getNumMatches(); i++) {
                // Two words of a query may be one token of the text.
                int start = Math.max(at, found.getMatchStarts()[i]);
                int end = Math.min(until, found.getMatchEnds()[i]);
                if (end <= start) {
                    continue;
                }
                if (start > at) {
                    pieces.add(new Passage.Piece(text.substring(at, start), false));
                }
                pieces.add(new Passage.Piece(text.substring(start, end), true));
                at = end;
            }
            if (at < until) {
                pieces.add(new Passage.Piece(text.substring(at, until), false));
            }
            return new Passage(pieces);
        }

        /** The start of the sentence, or of the part of a long one that has the most matches. */
        private static int begin(org.apache.lucene.search.uhighlight.Passage found, String text) {
            if (found.getEndOffset() - found.getStartOffset() <= LONGEST_PASSAGE) {
                return found.getStartOffset();
            }
            int best = 0;
            int most = 0;
            for (int first = 0, next = 0; first < found.getNumMatches(); first++) {
                int until = found.getMatchStarts()[first] - LEAD + LONGEST_PASSAGE;
                while (next < found.getNumMatches() && found.getMatchEnds()[next] <= until) {
                    next++;
                }
                if (next - first > most) {
                    most = next - first;
                    best = first;
                }
            }
            int match = found.getMatchStarts()[best];
            int begin = match - LEAD;
            if (begin <= found.getStartOffset()) {
                return found.getStartOffset();
            }
            for (int at = begin; at < match; at++) {
                if (Character.isWhitespace(text.charAt(at))) {
                    return at + 1;
                }
            }
            return whole(text, begin);
        }

        /** The end of the sentence, or of as much of it as a passage holds. */
        private static int end(org.apache.lucene.search.uhighlight.Passage found, String text, int begin) {
            int end = begin + LONGEST_PASSAGE;
            if (end >= found.getEndOffset()) {
                return found.getEndOffset();
            }
            for (int at = end; at > end - LEAD; at--) {
                if (Character.isWhitespace(text.charAt(at))) {
                    return at;
                }
            }
            return whole(text, end);
        }
    }
}
