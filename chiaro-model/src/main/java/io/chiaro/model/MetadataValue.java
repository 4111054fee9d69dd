package io.chiaro.model;

import java.math.BigInteger;
import java.util.List;
import java.util.OptionalDouble;

/** A value of a document's metadata. */
public sealed interface MetadataValue {

    /**
     * The value in words, as filters compare it and facets count it: a text is itself, a number its shortest decimal form, a
     * truth value {@code true} or {@code false}. A list has many, all others one.
     */
    List<String> words();

    /** The number, if it is one: only numbers have a range. */
    default OptionalDouble number() {
        return OptionalDouble.empty();
    }

    /** The value as JSON writes it: a string, a number, a boolean or a list of strings. */
    Object plain();

    /** A text. */
    record Text(String value) implements MetadataValue {
        @Override
        public List<String> words() {
            return List.of(value);
        }

        @Override
        public Object plain() {
            return value;
        }
    }

    /** A finite number. */
    record Figure(double value) implements MetadataValue {

        /** Whole numbers up to here are exact in 64 bits of floating point. */
        private static final long MOST_EXACT = 1L << 53;

        public Figure {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("Figure: expected a finite number, but found " + value);
            }
        }

        /** Whether a number as {@link io.chiaro.core.JsonObject#toMap} gives it is whole and too large to be exact. */
        public static boolean wouldLoseDigits(Number number) {
            return number instanceof BigInteger
                    || (number instanceof Long whole && (whole > MOST_EXACT || whole < -MOST_EXACT));
        }

        @Override
        public List<String> words() {
            return List.of(String.valueOf(plain()));
        }

        @Override
        public OptionalDouble number() {
            return OptionalDouble.of(value);
        }

        @Override
        public Object plain() {
            boolean whole = value == Math.rint(value) && Math.abs(value) <= MOST_EXACT;
            return whole ? (Object) (long) value : (Object) value;
        }
    }

    /** True or false. */
    record Truth(boolean value) implements MetadataValue {
        @Override
        public List<String> words() {
            return List.of(String.valueOf(value));
        }

        @Override
        public Object plain() {
            return value;
        }
    }

    /** Several texts, for example topics. */
    record Texts(List<String> values) implements MetadataValue {
        public Texts {
            values = List.copyOf(values);
        }

        @Override
        public List<String> words() {
            return values;
        }

        @Override
        public Object plain() {
            return values;
        }
    }
}
