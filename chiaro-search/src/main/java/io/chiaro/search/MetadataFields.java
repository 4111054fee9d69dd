package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.Names;
import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KeywordField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.jspecify.annotations.Nullable;

/**
 * Metadata as an index keeps them: whole, to be shown, and under their names, as words to compare and count and as numbers
 * to have ranges.
 */
final class MetadataFields {

    static final String STORED = "metadata";
    private static final String WORDS = "m:";
    private static final String NUMBERS = "n:";

    /** Each name costs memory in every part of an index, so that a stream of new names must end somewhere. */
    private static final int MOST_NAMES = TextIndexWriter.MOST_METADATA_NAMES;

    private MetadataFields() {}

    static void add(Metadata metadata, org.apache.lucene.document.Document fields) {
        if (metadata.values().isEmpty()) {
            return;
        }
        fields.add(new StoredField(STORED, Json.line(metadata.plain())));
        metadata.values().forEach((name, value) -> {
            // A list may say a word twice; the document has it once.
            for (String word : new TreeSet<>(value.words())) {
                fields.add(new KeywordField(words(name), word, Field.Store.NO));
            }
            value.number()
                    .ifPresent(number ->
                            fields.add(new DoubleField(numbers(name), withoutSignOfZero(number), Field.Store.NO)));
        });
    }

    /** Lucene orders -0.0 before 0.0, which are one number. */
    static double withoutSignOfZero(double number) {
        return number + 0.0;
    }

    static Metadata read(@Nullable String stored) {
        return stored == null ? Metadata.NONE : Metadata.from(Json.parse("metadata", stored));
    }

    /** The field that holds the values of a name as words. */
    static String words(String name) {
        return WORDS + name;
    }

    /** The field that holds the values of a name that are numbers. */
    static String numbers(String name) {
        return NUMBERS + name;
    }

    /** Refuses documents whose metadata bring more different names than an index can bear. */
    static void refuseTooManyNames(IndexWriter writer, List<Document> documents) {
        Set<String> names = new HashSet<>();
        for (Document document : documents) {
            document.metadata().values().keySet().forEach(name -> names.add(words(name)));
        }
        if (names.isEmpty()) {
            return;
        }
        writer.getFieldNames().stream().filter(field -> field.startsWith(WORDS)).forEach(names::add);
        if (names.size() > MOST_NAMES) {
            throw ChiaroException.data("metadata: expected at most " + MOST_NAMES
                    + " different names in an index, but found " + names.size()
                    + ". Put what varies into the values instead of the names.");
        }
    }

    /** Whether a document of the index has metadata under any name. */
    static boolean areIn(IndexReader reader) {
        for (FieldInfo info : FieldInfos.getMergedFieldInfos(reader)) {
            if (info.name.startsWith(WORDS)) {
                return true;
            }
        }
        return false;
    }

    /** Refuses a name that no document of the index has. */
    static void refuseUnknown(IndexReader reader, String name) {
        refuseUnknown(reader, WORDS, name, "metadata");
    }

    /** Refuses a name that no document of the index has with a number. */
    static void refuseWithoutNumbers(IndexReader reader, String name) {
        refuseUnknown(reader, name);
        refuseUnknown(reader, NUMBERS, name, "numbers");
    }

    private static void refuseUnknown(IndexReader reader, String prefix, String name, String what) {
        FieldInfos infos = FieldInfos.getMergedFieldInfos(reader);
        if (infos.fieldInfo(prefix + name) != null) {
            return;
        }
        Set<String> known = new TreeSet<>();
        for (FieldInfo info : infos) {
            if (info.name.startsWith(prefix)) {
                known.add(info.name.substring(prefix.length()));
            }
        }
        String shown = name.length() > 64 ? name.substring(0, 64) + "..." : name;
        throw ChiaroException.data(
                "filter or facet: expected the name of " + what + " in the index, but found \"" + shown
                        + "\". "
                        + (known.isEmpty()
                                ? "No document has any."
                                : Names.hint(shown, known.stream().limit(50).collect(Collectors.toList()))));
    }
}
