package io.chiaro.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackedSequencesTest {

    private static List<int[]> sequences(SplittableRandom random) {
        List<int[]> sequences = new ArrayList<>();
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            sequences.add(random.ints(1 + random.nextInt(6), 0, 100).toArray());
        }
        return sequences;
    }

    @Test
    void unpacking_gives_back_what_was_packed_in_its_order() {
        Property.check(200, random -> {
            List<int[]> sequences = sequences(random);

            PackedSequences packed = PackedSequences.of(sequences);

            assertThat(packed.unpacked().toArray(int[][]::new)).isDeepEqualTo(sequences.toArray(int[][]::new));
            assertThat(packed.sequences()).isEqualTo(sequences.size());
            assertThat(packed.tokens())
                    .isEqualTo(sequences.stream().mapToInt(each -> each.length).sum());
        });
    }

    @Test
    void places_is_the_inverse_of_order() {
        Property.check(200, random -> {
            PackedSequences packed = PackedSequences.of(sequences(random));
            int[] order = packed.order();
            int[] places = packed.places();

            for (int i = 0; i < order.length; i++) {
                assertThat(places[order[i]]).isEqualTo(i);
                assertThat(order[places[i]]).isEqualTo(i);
            }
        });
    }

    @Test
    void every_token_knows_its_sequence_its_position_and_its_group() {
        Property.check(200, random -> {
            List<int[]> sequences = sequences(random);
            PackedSequences packed = PackedSequences.of(sequences);
            int[] order = packed.order();

            for (int t = 0; t < packed.tokens(); t++) {
                int[] sequence = sequences.get(order[packed.sequenceOfToken()[t]]);
                assertThat(packed.ids()[t]).isEqualTo(sequence[packed.positions()[t]]);
            }
            int place = 0;
            long squares = 0;
            int before = 0;
            for (PackedSequences.Group group : packed.groups()) {
                assertThat(group.length()).isGreaterThan(before);
                before = group.length();
                for (int i = 0; i < group.sequences(); i++) {
                    int length = sequences.get(order[place++]).length;
                    assertThat(length).isEqualTo(group.length());
                    squares += (long) length * length;
                }
            }
            assertThat(place).isEqualTo(sequences.size());
            assertThat(packed.squaredLengths()).isEqualTo(squares);
        });
    }

    @Test
    void a_sequence_without_tokens_is_refused_by_its_number() {
        assertThatThrownBy(() -> PackedSequences.of(List.of(new int[] {1}, new int[0])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("PackedSequences: sequence 1 has no tokens");
    }
}
