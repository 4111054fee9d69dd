package io.chiaro.data;

import io.chiaro.core.RandomStream;
import java.text.Normalizer;
import java.util.Locale;

/** What makes two spellings one text: they agree after NFKC, in lower case, with runs of white space as one blank. */
public final class TextIdentity {

    private TextIdentity() {}

    /** The spelling that all spellings of a text share. */
    public static String normalised(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .strip()
                .replaceAll("\\s+", " ");
    }

    /** A well mixed 64-bit number by which texts are compared without being held. */
    public static long hash(String normalised) {
        long hash = normalised.length();
        for (int i = 0; i < normalised.length(); i++) {
            hash = RandomStream.mix(hash + 0x9E3779B97F4A7C15L ^ normalised.charAt(i));
        }
        return hash;
    }
}
