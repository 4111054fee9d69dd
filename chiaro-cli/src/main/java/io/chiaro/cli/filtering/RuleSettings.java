package io.chiaro.cli.filtering;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.core.ChiaroException;
import io.chiaro.data.filter.MeasureRuleSettings;
import io.chiaro.data.filter.TextRuleSettings;
import io.chiaro.data.filter.TextRuleSettings.Copies;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The settings of rules that options tell; refuses what is out of bounds. */
final class RuleSettings {

    private RuleSettings() {}

    static TextRuleSettings of(TextRuleOptions told) {
        OptionValues.share("--min-letters", told.minLetters);
        OptionValues.share("--max-repetition", told.maxRepetition);
        TextRuleSettings from = told.captions ? TextRuleSettings.captions() : TextRuleSettings.defaults();
        return new TextRuleSettings(
                count("--min-words", told.minWords, from.minWords()),
                count("--max-words", told.maxWords, from.maxWords()),
                count("--min-distinct-words", told.minDistinctWords, from.minDistinctWords()),
                told.minLetters == null ? from.minLetters() : told.minLetters,
                told.maxRepetition == null ? from.maxRepetition() : told.maxRepetition,
                told.copies == null ? from.copies() : copies(told.copies),
                count("--max-shared", told.maxShared, from.maxShared()),
                count("--min-word-texts", told.minWordTexts, from.minWordTexts()));
    }

    static MeasureRuleSettings of(ModelRuleOptions told) {
        Double least = told.minSimilarity;
        Double share = told.keepShare;
        Integer most = told.consistency;
        if (least != null && !(least >= -1 && least <= 1)) {
            throw ChiaroException.usage("--min-similarity: expected a cosine from -1 to 1, but found " + least + ".");
        }
        if (share != null && !(share > 0 && share <= 1)) {
            throw ChiaroException.usage(
                    "--keep-share: expected a share above 0 and at most 1, but found " + share + ".");
        }
        OptionValues.positive("--consistency", most);
        OptionValues.positive("--pool", told.pool);
        return new MeasureRuleSettings(
                least == null ? OptionalDouble.empty() : OptionalDouble.of(least),
                share == null ? OptionalDouble.empty() : OptionalDouble.of(share),
                most == null ? OptionalInt.empty() : OptionalInt.of(most));
    }

    private static int count(String option, @Nullable Integer told, int otherwise) {
        if (told != null && told < 0) {
            throw ChiaroException.usage(option + ": expected at least 0, but found " + told + ".");
        }
        return told == null ? otherwise : told;
    }

    private static Copies copies(String told) {
        OptionValues.oneOf("--copies", told, "equal", "contained", "keep");
        return Copies.valueOf(told.toUpperCase(Locale.ROOT));
    }
}
