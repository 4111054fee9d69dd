package io.chiaro.example.papers.html;

import java.util.HashMap;
import java.util.Map;

/** The names of characters that HTML 4 has for Latin-1, Greek, and signs of running text. */
final class References {

    private static final int LATIN = 160;
    private static final int GREAT_GREEK = 913;
    private static final int SMALL_GREEK = 945;

    private static final String LATIN_NAMES = """
            nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro \
            para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil \
            Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
            Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml \
            igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute \
            thorn yuml""";

    /** A dash where Unicode has no letter. */
    private static final String GREAT_GREEK_NAMES =
            "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi"
                    + " Omicron Pi Rho - Sigma Tau Upsilon Phi Chi Psi Omega";

    private static final String SMALL_GREEK_NAMES =
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi"
                    + " omicron pi rho sigmaf sigma tau upsilon phi chi psi omega";

    private References() {}

    static Map<String, String> characters() {
        Map<String, String> characters = new HashMap<>(Map.ofEntries(
                Map.entry("amp", "&"),
                Map.entry("lt", "<"),
                Map.entry("gt", ">"),
                Map.entry("quot", "\""),
                Map.entry("apos", "'"),
                Map.entry("ndash", "\u2013"),
                Map.entry("mdash", "\u2014"),
                Map.entry("lsquo", "\u2018"),
                Map.entry("rsquo", "\u2019"),
                Map.entry("sbquo", "\u201A"),
                Map.entry("ldquo", "\u201C"),
                Map.entry("rdquo", "\u201D"),
                Map.entry("bdquo", "\u201E"),
                Map.entry("bull", "\u2022"),
                Map.entry("hellip", "\u2026"),
                Map.entry("prime", "\u2032"),
                Map.entry("lsaquo", "\u2039"),
                Map.entry("rsaquo", "\u203A"),
                Map.entry("euro", "\u20AC"),
                Map.entry("trade", "\u2122"),
                Map.entry("larr", "\u2190"),
                Map.entry("rarr", "\u2192"),
                Map.entry("minus", "\u2212"),
                Map.entry("infin", "\u221E"),
                Map.entry("asymp", "\u2248"),
                Map.entry("ne", "\u2260"),
                Map.entry("le", "\u2264"),
                Map.entry("ge", "\u2265"),
                Map.entry("sum", "\u2211"),
                Map.entry("radic", "\u221A"),
                Map.entry("isin", "\u2208"),
                Map.entry("thinsp", "\u2009"),
                Map.entry("ensp", "\u2002"),
                Map.entry("emsp", "\u2003"),
                Map.entry("Scaron", "\u0160"),
                Map.entry("scaron", "\u0161"),
                Map.entry("OElig", "\u0152"),
                Map.entry("oelig", "\u0153")));
        put(characters, LATIN, LATIN_NAMES);
        put(characters, GREAT_GREEK, GREAT_GREEK_NAMES);
        put(characters, SMALL_GREEK, SMALL_GREEK_NAMES);
        return Map.copyOf(characters);
    }

    private static void put(Map<String, String> characters, int first, String names) {
        int number = first;
        for (String name : names.strip().split("\\s+", -1)) {
            characters.put(name, Character.toString(number));
            number++;
        }
        characters.remove("-");
    }
}
