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

    private Passages() {}

    /** The best passages, in the order of the text; none if no word stands in it. */
    static List<Passage> of(Analyzer analyzer, String query, String text, int most) throws IOException {
        // A bag of words has neither phrases nor wildcards, whose traces would cost a second index of the text.
        UnifiedHighlighter highlighter = UnifiedHighlighter.builderWithoutSearcher(analyzer)
                .withWeightMatches(false)
                .withHandleMultiTermQuery(false)
                .withHighlightPhrasesStrictly(false)
                .withMaxNoHighlightPassages(0)
                .withMaxLength(LONGEST_TEXT)
                .withFormatter(new Cutting())
                .build();
        Object found = highlighter.highlightWithoutSearcher(Words.CONTENTS, Words.query(analyzer, query), text, most);
        List<Passage> passages = new ArrayList<>();
        if (found instanceof List<?> list) {
            list.forEach(passage -> passages.add((Passage) passage));
        }
        return passages;
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
            int at = found.getStartOffset();
            for (int i = 0; i < found.getNumMatches(); i++) {
                // Two words of a query may be one token of the text.
                int start = Math.max(at, found.getMatchStarts()[i]);
                int end = Math.min(found.getEndOffset(), found.getMatchEnds()[i]);
                if (end <= start) {
                    continue;
                }
                if (start > at) {
                    pieces.add(new Passage.Piece(text.substring(at, start), false));
                }
                pieces.add(new Passage.Piece(text.substring(start, end), true));
                at = end;
            }
            if (at < found.getEndOffset()) {
                pieces.add(new Passage.Piece(text.substring(at, found.getEndOffset()), false));
            }
            return new Passage(pieces);
        }
    }
}
