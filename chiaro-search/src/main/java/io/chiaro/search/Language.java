package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.bg.BulgarianAnalyzer;
import org.apache.lucene.analysis.bn.BengaliAnalyzer;
import org.apache.lucene.analysis.ca.CatalanAnalyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.cz.CzechAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.el.GreekAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.et.EstonianAnalyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.hi.HindiAnalyzer;
import org.apache.lucene.analysis.hu.HungarianAnalyzer;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.lt.LithuanianAnalyzer;
import org.apache.lucene.analysis.lv.LatvianAnalyzer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ro.RomanianAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.th.ThaiAnalyzer;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;
import org.jspecify.annotations.Nullable;

/** In which language words are compared: which of them say nothing, and which are forms of one. The analysers are Lucene's. */
public enum Language {
    /** English with Porter's stems, as the public baselines have it. */
    ENGLISH(EnglishAnalyzer::new),
    /** Whatever the language: words as they are, in lower case and without accents, none of them left out. */
    ANY(Language::plain),
    ARABIC(ArabicAnalyzer::new),
    BENGALI(BengaliAnalyzer::new),
    BULGARIAN(BulgarianAnalyzer::new),
    CATALAN(CatalanAnalyzer::new),
    /** Chinese, Japanese and Korean: every two characters that stand together. */
    CJK(CJKAnalyzer::new),
    CZECH(CzechAnalyzer::new),
    DANISH(DanishAnalyzer::new),
    DUTCH(DutchAnalyzer::new),
    ESTONIAN(EstonianAnalyzer::new),
    FINNISH(FinnishAnalyzer::new),
    FRENCH(FrenchAnalyzer::new),
    GERMAN(GermanAnalyzer::new),
    GREEK(GreekAnalyzer::new),
    HINDI(HindiAnalyzer::new),
    HUNGARIAN(HungarianAnalyzer::new),
    INDONESIAN(IndonesianAnalyzer::new),
    ITALIAN(ItalianAnalyzer::new),
    LATVIAN(LatvianAnalyzer::new),
    LITHUANIAN(LithuanianAnalyzer::new),
    NORWEGIAN(NorwegianAnalyzer::new),
    PERSIAN(PersianAnalyzer::new),
    PORTUGUESE(PortugueseAnalyzer::new),
    ROMANIAN(RomanianAnalyzer::new),
    RUSSIAN(RussianAnalyzer::new),
    SPANISH(SpanishAnalyzer::new),
    SWEDISH(SwedishAnalyzer::new),
    THAI(ThaiAnalyzer::new),
    TURKISH(TurkishAnalyzer::new);

    private final Supplier<Analyzer> maker;
    private @Nullable Analyzer analyzer;

    Language(Supplier<Analyzer> maker) {
        this.maker = maker;
    }

    /** How it is written. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All of them, as they are written. */
    public static List<String> keys() {
        return Arrays.stream(values()).map(Language::key).toList();
    }

    /**
     * The language that is written so.
     *
     * @param where begins the error, for example the name of an option
     * @throws ChiaroException of kind usage if there is none
     */
    public static Language of(String where, String key) {
        return Arrays.stream(values())
                .filter(language -> language.key().equals(key))
                .findFirst()
                .orElseThrow(
                        () -> ChiaroException.usage(where + ": expected a language whose words are known, but found \""
                                + key + "\". " + Names.hint(key, keys()) + " \"any\" compares words as they are."));
    }

    /** The one analyser of this language, for any number of threads; nobody closes it. */
    synchronized Analyzer analyzer() {
        if (analyzer == null) {
            analyzer = maker.get();
        }
        return analyzer;
    }

    /** What it does with words, for one who compares figures. */
    String describe() {
        return switch (this) {
            case ENGLISH -> "English analyser with stop words and Porter stems";
            case ANY -> "words in lower case and without accents";
            case CJK -> "pairs of characters (Lucene's CJKAnalyzer)";
            default -> name().charAt(0) + key().substring(1) + " analyser of Lucene";
        };
    }

    private static Analyzer plain() {
        return new Analyzer() {
            @Override
            protected TokenStreamComponents createComponents(String field) {
                Tokenizer words = new StandardTokenizer();
                return new TokenStreamComponents(words, new ASCIIFoldingFilter(new LowerCaseFilter(words)));
            }
        };
    }
}
