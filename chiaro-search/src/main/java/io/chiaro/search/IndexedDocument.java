package io.chiaro.search;

import io.chiaro.model.Document;
import io.chiaro.model.SparseVector;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.SignBits;
import io.chiaro.search.vector.SparseField;
import io.chiaro.search.vector.VectorField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.StoredFields;

/** A document as an index keeps it: on the way in and on the way out. */
final class IndexedDocument {

    private static final String TEXT = "text";
    /** Beside the text, which begins with it: what is embedded and searched stays one text, and old indexes have no such field. */
    private static final String TITLE = "title";

    private static final Set<String> SHOWN = Set.of(Words.ID, TITLE, TEXT, MetadataFields.STORED);

    private IndexedDocument() {}

    /** The fields of a document. */
    static org.apache.lucene.document.Document of(
            Document document, float[] vector, Quantisation quantisation, Optional<SparseVector> weights) {
        org.apache.lucene.document.Document fields = new org.apache.lucene.document.Document();
        fields.add(new StringField(Words.ID, document.id(), Field.Store.YES));
        if (!document.title().isBlank()) {
            fields.add(new StoredField(TITLE, document.title().strip()));
        }
        fields.add(new StoredField(TEXT, document.content()));
        fields.add(new TextField(Words.CONTENTS, document.content(), Field.Store.NO));
        fields.add(VectorField.of(vector));
        if (quantisation == Quantisation.BINARY) {
            fields.add(SignBits.field(vector));
        }
        weights.ifPresent(known -> SparseField.of(known).forEach(fields::add));
        MetadataFields.add(document.metadata(), fields);
        return fields;
    }

    static StoredText stored(StoredFields stored, int document) throws IOException {
        org.apache.lucene.document.Document fields = stored.document(document, SHOWN);
        return new StoredText(
                fields.get(Words.ID),
                Objects.requireNonNullElse(fields.get(TITLE), ""),
                fields.get(TEXT),
                MetadataFields.read(fields.get(MetadataFields.STORED)));
    }

    static TextHit hit(StoredFields stored, int document, float score) throws IOException {
        StoredText found = stored(stored, document);
        return new TextHit(found.id(), score, found.title(), found.text(), found.metadata());
    }

    static String id(StoredFields stored, int document) {
        try {
            return stored.document(document, Set.of(Words.ID)).get(Words.ID);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
