package io.chiaro.train;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.Views;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A memory of one array, which is all that most have.
 *
 * @param kind learned, or kept as it is
 * @param rows of the array
 * @param width of a row
 * @param start what it begins as
 * @param reading what a batch sees of it
 * @param refilling where what a batch leaves is put
 */
record StoredMemory(
        String name, Parameter.Kind kind, long rows, long width, Start start, Reading reading, Refilling refilling)
        implements Memory {

    /** The numbers of an array before the first step. */
    interface Start {

        Start ZERO = (seed, count) -> new float[count];

        float[] numbers(long seed, int count);

        /** Normal numbers of some deviation, told by the seed and a name. */
        static Start normal(String address, double deviation) {
            return (seed, count) -> {
                RandomStream random = RandomStream.of(seed, address);
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    values[i] = (float) (random.nextGaussian() * deviation);
                }
                return values;
            };
        }
    }

    /** What a batch sees of an array. */
    enum Reading {
        /** Itself. */
        ITSELF {
            @Override
            Tensor of(Tensor stored, Views views) {
                return stored;
            }
        },
        /** A copy of what is learned, since a step changes that. */
        COPY {
            @Override
            Tensor of(Tensor stored, Views views) {
                return stored.copy();
            }
        },
        /** What is learned {@link Memory#FASTER}. */
        LARGER {
            @Override
            Tensor of(Tensor stored, Views views) {
                return stored.multiply(FASTER);
            }
        },
        /** The rows of its own records. */
        OWN_RECORDS {
            @Override
            Tensor of(Tensor stored, Views views) {
                return stored.indexSelect(0, Memories.records(views, stored.size(0)));
            }
        };

        abstract Tensor of(Tensor stored, Views views);
    }

    /** Where what a batch leaves is put. */
    enum Refilling {
        /** In place of all rows. */
        WHOLE {
            @Override
            void put(Tensor stored, Views views, Tensor left) {
                stored.copyInPlace(left);
            }
        },
        /** In place of the rows of its records. */
        OWN_RECORDS {
            @Override
            void put(Tensor stored, Views views, Tensor left) {
                stored.copyRowsInPlace(Memories.records(views, stored.size(0)), left);
            }
        };

        abstract void put(Tensor stored, Views views, Tensor left);
    }

    /** Learned {@link Memory#FASTER}, zero at first. */
    static StoredMemory learned(String name, long rows, long width) {
        return new StoredMemory(
                name, Parameter.Kind.UNDECAYED, rows, width, Start.ZERO, Reading.LARGER, Refilling.WHOLE);
    }

    /** Learned as fast as the encoder, zero at first. */
    static StoredMemory slow(String name, long rows, long width) {
        return new StoredMemory(name, Parameter.Kind.UNDECAYED, rows, width, Start.ZERO, Reading.COPY, Refilling.WHOLE);
    }

    /** Kept as the objective says, zero at first. */
    static StoredMemory kept(String name, long rows, long width) {
        return new StoredMemory(name, Parameter.Kind.STATE, rows, width, Start.ZERO, Reading.ITSELF, Refilling.WHOLE);
    }

    /** A row kept for each record, zero at first, of which a batch sees its own. */
    static StoredMemory ofRecords(String name, long records, long width) {
        return new StoredMemory(
                name, Parameter.Kind.STATE, records, width, Start.ZERO, Reading.OWN_RECORDS, Refilling.OWN_RECORDS);
    }

    /** The same, of which a batch sees all. */
    StoredMemory seenAsAWhole() {
        return new StoredMemory(name, kind, rows, width, start, Reading.ITSELF, refilling);
    }

    StoredMemory startingAs(Start numbers) {
        return new StoredMemory(name, kind, rows, width, numbers, reading, refilling);
    }

    @Override
    public void declare(ParameterStore.Builder builder) {
        builder.add(PREFIX + name, kind, rows, width);
    }

    @Override
    public void start(ParameterStore parameters, long seed) {
        parameters.array(PREFIX + name).put(start.numbers(seed, Math.toIntExact(rows * width)));
    }

    @Override
    public Tensor read(ParameterStore parameters, Views views, long address) {
        return reading.of(parameters.array(PREFIX + name), views);
    }

    @Override
    public void remember(ParameterStore parameters, Views views, @Nullable Tensor left) {
        if (left != null) {
            refilling.put(parameters.array(PREFIX + name), views, left);
        }
    }
}
