package io.chiaro.search;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.DelegatingAnalyzerWrapper;
import org.jspecify.annotations.Nullable;

/** The words of an index whose writer must be there before what the index remembers can be read. */
final class RememberedWords extends DelegatingAnalyzerWrapper {

    private @Nullable Analyzer analyzer;

    RememberedWords() {
        super(PER_FIELD_REUSE_STRATEGY);
    }

    /** Says the language, before the first document. */
    void speak(Language language) {
        analyzer = language.analyzer();
    }

    @Override
    protected Analyzer getWrappedAnalyzer(String field) {
        if (analyzer == null) {
            throw new IllegalStateException("RememberedWords: a document came before the language was known");
        }
        return analyzer;
    }
}
