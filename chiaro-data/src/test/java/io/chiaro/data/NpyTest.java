package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The resources are written by src/test/python/npy_fixtures.py with numpy 2.4.6. */
class NpyTest {

    @TempDir
    Path folder;

    private static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(NpyTest.class.getResource("/npy/" + name))
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void reads_what_numpy_writes() {
        for (String name : List.of("float32.npy", "version2.npy")) {
            Npy grid = Npy.read(resource(name));
            assertThat(grid.type()).isEqualTo(Npy.Type.FLOAT32);
            assertThat(grid.shape()).containsExactly(2, 3);
            assertThat(grid.floats()).containsExactly(0.5f, -1.25f, 3f, 1e-30f, Float.MIN_VALUE, -3.4e38f);
        }
        assertThat(Npy.read(resource("float64.npy")).doubles())
                .containsExactly(0.1, -1e300, Double.POSITIVE_INFINITY, Double.NaN);
        Npy integers = Npy.read(resource("int64.npy"));
        assertThat(integers.shape()).containsExactly(1, 2, 2);
        assertThat(integers.longs()).containsExactly(1, -2, 1L << 62, Long.MIN_VALUE);
        assertThat(Npy.read(resource("scalar.npy")).shape()).isEmpty();
        assertThat(Npy.read(resource("scalar.npy")).doubles()).containsExactly(2.5);
        assertThat(Npy.read(resource("empty.npy")).shape()).containsExactly(0, 4);
    }

    @Test
    void writes_what_numpy_writes_byte_for_byte() {
        Path floats = folder.resolve("f.npy");
        Npy.write(floats, new float[] {0.5f, -1.25f, 3f, 1e-30f, Float.MIN_VALUE, -3.4e38f}, 2, 3);
        assertThat(floats).hasSameBinaryContentAs(resource("float32.npy"));
        Npy.write(
                floats,
                2,
                3,
                List.of(new float[] {0.5f, -1.25f, 3f}, new float[] {1e-30f, Float.MIN_VALUE, -3.4e38f})
                        .iterator());
        assertThat(floats).hasSameBinaryContentAs(resource("float32.npy"));
        Path doubles = folder.resolve("d.npy");
        Npy.write(doubles, new double[] {0.1, -1e300, Double.POSITIVE_INFINITY, Double.NaN}, 4);
        assertThat(doubles).hasSameBinaryContentAs(resource("float64.npy"));
        Path longs = folder.resolve("l.npy");
        Npy.write(longs, new long[] {1, -2, 1L << 62, Long.MIN_VALUE}, 1, 2, 2);
        assertThat(longs).hasSameBinaryContentAs(resource("int64.npy"));
    }

    @Test
    void refuses_what_it_would_have_to_convert() {
        assertThatThrownBy(() -> Npy.read(resource("fortran.npy"))).hasMessageContaining("Fortran order");
        assertThatThrownBy(() -> Npy.read(resource("int32.npy"))).hasMessageContaining("'<i4'");
        assertThatThrownBy(() -> Npy.read(resource("big-endian.npy"))).hasMessageContaining("'>f4'");
        assertThatThrownBy(() -> Npy.read(resource("float32.npy")).longs()).hasMessageContaining("FLOAT32");
    }

    @Test
    void a_damaged_file_is_read_the_same_or_refused_in_one_sentence() throws IOException {
        byte[] whole = Files.readAllBytes(resource("float32.npy"));
        Path file = folder.resolve("broken.npy");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Npy.read(file)).isInstanceOf(ChiaroException.class);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> Npy.read(file)).hasMessageContaining("more bytes");
        Property.check(2000, random -> {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(128)] = (byte) random.nextInt();
            Files.write(file, damaged);
            try {
                assertThat(Npy.read(file).floats()).hasSize(6);
            } catch (ChiaroException refused) {
                assertThat(refused.kind()).isEqualTo(ChiaroException.Kind.DATA);
            }
        });
    }

    @Test
    void refuses_values_that_do_not_fit_the_shape() {
        Path file = folder.resolve("f.npy");
        assertThatThrownBy(() -> Npy.write(file, new float[5], 2, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Npy.write(file, 2, 3, List.of(new float[3]).iterator()))
                .hasMessageContaining("1 rows instead of 2");
        assertThat(file).doesNotExist();
    }
}
