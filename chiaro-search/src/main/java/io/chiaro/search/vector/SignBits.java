package io.chiaro.search.vector;

import java.io.IOException;
import java.util.Optional;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Field;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;

/**
 * Vectors as the signs of their numbers, a bit each, the first in the lowest bit of the first byte; a positive number is a
 * one. The score of a document is the product of the query with the signs,
 *
 * <pre>  s = sum over i of q_i * sign(d_i)</pre>
 *
 * read eight numbers at a time from a table of the sums for each value of each byte.
 */
public final class SignBits {

    private static final String FIELD = "signs";

    private SignBits() {}

    /** The field that keeps a document's signs. */
    public static Field field(float[] vector) {
        return new BinaryDocValuesField(FIELD, new BytesRef(of(vector)));
    }

    static byte[] of(float[] vector) {
        byte[] bits = new byte[(vector.length + 7) / 8];
        for (int i = 0; i < vector.length; i++) {
            if (vector[i] > 0) {
                bits[i / 8] |= (byte) (1 << (i % 8));
            }
        }
        return bits;
    }

    /** For each byte of the signs 256 sums. */
    static float[] table(float[] query) {
        float[] table = new float[(query.length + 7) / 8 * 256];
        for (int at = 0; at < table.length / 256; at++) {
            int numbers = Math.min(8, query.length - 8 * at);
            for (int i = 0; i < numbers; i++) {
                table[256 * at] -= query[8 * at + i];
            }
            for (int value = 1; value < 256; value++) {
                // As without the lowest one, whose number changes its sign.
                int lowest = Integer.numberOfTrailingZeros(value);
                float change = lowest < numbers ? 2 * query[8 * at + lowest] : 0;
                table[256 * at + value] = table[256 * at + (value & (value - 1))] + change;
            }
        }
        return table;
    }

    static float score(float[] table, BytesRef bits) {
        float sum = 0;
        for (int at = 0; at < bits.length; at++) {
            sum += table[256 * at + (bits.bytes[bits.offset + at] & 0xFF)];
        }
        return sum;
    }

    /** Scores documents against a query. */
    static VectorScan.Source source(float[] query) {
        float[] table = table(query);
        return leaf -> {
            BinaryDocValues signs = leaf.reader().getBinaryDocValues(FIELD);
            return signs == null
                    ? Optional.empty()
                    : Optional.of(new VectorScan.Scores() {
                        @Override
                        public DocIdSetIterator documents() {
                            return signs;
                        }

                        @Override
                        public float score() throws IOException {
                            return SignBits.score(table, signs.binaryValue());
                        }
                    });
        };
    }
}
