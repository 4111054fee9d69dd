package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.testkit.Property;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    private static final String ONE = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @Test
    void a_file_of_the_python_writer_is_read_value_for_value() throws IOException {
        try (Safetensors file = Safetensors.open(python())) {
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(file.floats("b.weight")).containsExactly(0, 0.25f, 0.5f, 0.75f, 1, 1.25f);
            assertThat(file.tensor("b.weight").shape()).containsExactly(2L, 3L);
            assertThat(file.floats("b.weight", 2, 3)).containsExactly(0.5f, 0.75f, 1);
            assertThat(file.floats("a.weight")).containsExactly(1.5f, -1e-30f);
            assertThat(file.doubles("double")).containsExactly(1.0 / 3, 1e300);
            assertThat(file.floats("half"))
                    .containsExactly(0f, -0f, 1, -2.5f, 65504, 0x1p-24f, Float.POSITIVE_INFINITY, 0.333251953125f);
            assertThat(file.floats("brain")).containsExactly(0, 1, -2.5f, Float.POSITIVE_INFINITY, 0.333984375f);
            assertThat(file.longs("ids")).containsExactly(-1, 1L << 40);
            assertThat(file.longs("counts")).containsExactly(-7, 7);
            assertThat(file.longs("bytes")).containsExactly(0, 127, 255);
            assertThat(file.longs("mask")).containsExactly(1, 0, 1);
            assertThat(file.floats("scalar")).containsExactly(0.25f);
            assertThat(file.tensor("empty").shape()).containsExactly(0L, 4L);
            assertThat(file.floats("empty")).isEmpty();
            assertThat(file.floats("näme \"x\"")).containsExactly(3);
            assertThat(file.buffer("a.weight").getFloat(0)).isEqualTo(1.5f);
        }
    }

    @Test
    void the_writer_gives_the_bytes_of_the_python_writer() throws IOException {
        Path ours = folder.resolve("ours.safetensors");

        try (Safetensors file = Safetensors.open(python())) {
            List<StoredTensor> tensors =
                    new ArrayList<>(file.names().stream().map(file::tensor).toList());
            Collections.reverse(tensors);
            Safetensors.write(ours, tensors, Map.of(), (tensor, sink) -> sink.bytes(file.buffer(tensor.name())));
        }

        assertThat(Files.readAllBytes(ours)).isEqualTo(Files.readAllBytes(python()));
    }

    @Test
    void what_is_written_reads_back_the_same() {
        Property.check(60, random -> {
            Map<StoredTensor, double[]> values = new LinkedHashMap<>();
            int tensors = random.nextInt(8);
            for (int i = 0; i < tensors; i++) {
                long[] shape = new long[random.nextInt(4)];
                Arrays.setAll(shape, k -> random.nextInt(8));
                StoredType dtype = List.of(
                                StoredType.F32,
                                StoredType.F64,
                                StoredType.I64,
                                StoredType.I32,
                                StoredType.U8,
                                StoredType.BOOL)
                        .get(random.nextInt(6));
                StoredTensor tensor = StoredTensor.of("t" + random.nextInt(1000) + "." + i, dtype, shape);
                double[] numbers = new double[(int) tensor.elements()];
                Arrays.setAll(numbers, k -> (float)
                        switch (dtype) {
                            case F32, F64 -> random.nextGaussian();
                            case BOOL -> random.nextInt(2);
                            default -> random.nextInt(256);
                        });
                values.put(tensor, numbers);
            }
            Path path = folder.resolve("round.safetensors");

            Safetensors.write(path, values.keySet(), Map.of("epoch", "3"), (tensor, sink) -> {
                double[] numbers = Objects.requireNonNull(values.get(tensor));
                if (tensor.dtype() == StoredType.F64) {
                    sink.doubles(numbers);
                } else if (tensor.dtype() == StoredType.F32) {
                    for (double number : numbers) {
                        sink.floats((float) number);
                    }
                } else {
                    sink.longs(Arrays.stream(numbers).mapToLong(v -> (long) v).toArray());
                }
            });

            try (Safetensors file = Safetensors.open(path)) {
                assertThat(file.metadata()).isEqualTo(Map.of("format", "pt", "epoch", "3"));
                assertThat(file.names()).hasSize(tensors);
                values.forEach((tensor, numbers) -> {
                    assertThat(file.tensor(tensor.name())).isEqualTo(tensor);
                    boolean floating = tensor.dtype() == StoredType.F32 || tensor.dtype() == StoredType.F64;
                    assertThat(
                                    floating
                                            ? file.doubles(tensor.name())
                                            : Arrays.stream(file.longs(tensor.name()))
                                                    .asDoubleStream()
                                                    .toArray())
                            .isEqualTo(numbers);
                });
            }
        });
    }

    @Test
    void a_tensor_larger_than_every_internal_piece_survives() {
        int n = 700_001;
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
        }
        Path path = folder.resolve("large.safetensors");

        Safetensors.write(
                path,
                List.of(StoredTensor.of("x", StoredType.F32, n)),
                Map.of(),
                (tensor, sink) -> sink.floats(values));

        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.floats("x")).isEqualTo(values);
            assertThat(file.floats("x", 600_000, 100_001)).isEqualTo(Arrays.copyOfRange(values, 600_000, n));
        }
    }

    @Test
    void every_half_survives_the_way_through_float_and_rounding_goes_to_the_nearest() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float half = HalfFloats.fromHalf((short) bits);
            float bfloat = HalfFloats.fromBfloat((short) bits);
            if (Float.isNaN(half)) {
                assertThat(HalfFloats.fromHalf(HalfFloats.toHalf(half))).isNaN();
            } else {
                assertThat(HalfFloats.toHalf(half)).isEqualTo((short) bits);
            }
            if (Float.isNaN(bfloat)) {
                assertThat(HalfFloats.fromBfloat(HalfFloats.toBfloat(bfloat))).isNaN();
            } else {
                assertThat(HalfFloats.toBfloat(bfloat)).isEqualTo((short) bits);
            }
        }
        Property.check(5000, random -> {
            float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(-28, 15)));
            short bits = HalfFloats.toHalf(value);
            double error = Math.abs((double) HalfFloats.fromHalf(bits) - value);
            for (int step = -1; step <= 1; step += 2) {
                double other = HalfFloats.fromHalf((short) (bits + step));
                assertThat(Double.isNaN(other) || error <= Math.abs(other - value))
                        .as("%s", value)
                        .isTrue();
            }
        });
        // Ties go to the even neighbour: 1 + 2^-11 lies between 1 and 1 + 2^-10.
        assertThat(HalfFloats.fromHalf(HalfFloats.toHalf(1 + 0x1p-11f))).isEqualTo(1);
        assertThat(HalfFloats.fromHalf(HalfFloats.toHalf(1 + 3 * 0x1p-11f))).isEqualTo(1 + 0x1p-9f);
        assertThat(HalfFloats.fromBfloat(HalfFloats.toBfloat(1 + 0x1p-8f))).isEqualTo(1);
    }

    static Stream<Arguments> broken() {
        String two = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}";
        return Stream.of(
                Arguments.of(
                        "no length", new byte[] {1, 2, 3}, "expected 8 bytes of header length, but the file has 3"),
                Arguments.of("length over limit", file(100_000_001, ONE, 8), "at most 100000000 bytes"),
                Arguments.of("length negative", file(-1, ONE, 8), "its length says 18446744073709551615"),
                Arguments.of("header cut", file(500, ONE, 8), "the file is truncated"),
                Arguments.of("not an object", file("[1]", 0), "starts with {, but found \"[\""),
                Arguments.of("space first", file(" " + ONE, 8), "starts with {, but found \" \""),
                Arguments.of("empty header", file("", 0), "starts with {, but found nothing"),
                Arguments.of("not UTF-8", file(new byte[] {'{', (byte) 0xFF, '}'}, 3, 0), "a header in UTF-8"),
                Arguments.of("bad JSON", file("{\"a\":", 0), "expected valid JSON"),
                Arguments.of("trailing JSON", file(ONE + "{}", 8), "header: expected valid JSON"),
                Arguments.of(
                        "duplicate name",
                        file(two.formatted(0, 4, 4, 8).replace("\"b\"", "\"a\""), 8),
                        "Duplicate field"),
                Arguments.of("unknown dtype", file(ONE.replace("F32", "F31"), 8), "tensor \"a\": the dtype \"F31\""),
                Arguments.of("unknown key", file(ONE.replace("shape", "shapes"), 8), "\"a.shapes\" is not known"),
                Arguments.of("no shape", file(ONE.replace("\"shape\":[2],", ""), 8), "at \"a.shape\""),
                Arguments.of("negative dimension", file(ONE.replace("[2]", "[-2]"), 8), "dimensions of at least 0"),
                Arguments.of("fraction as dimension", file(ONE.replace("[2]", "[2.5]"), 8), "expected an integer"),
                Arguments.of(
                        "overflowing shape",
                        file(ONE.replace("[2]", "[4611686018427387904,8]"), 8),
                        "tensor \"a\": the shape"),
                Arguments.of(
                        "shape against bytes",
                        file(ONE.replace("[2]", "[3]"), 8),
                        "expected 12 bytes for F32 [3], but"),
                Arguments.of("one offset", file(ONE.replace("[0,8]", "[0]"), 8), "data_offsets [begin, end]"),
                Arguments.of("offsets reversed", file(ONE.replace("[0,8]", "[8,0]"), 8), "[begin, end] in order"),
                Arguments.of("overlap", file(two.formatted(0, 4, 2, 6), 6), "tensor \"b\": overlaps \"a\""),
                Arguments.of("hole", file(two.formatted(0, 4, 6, 10), 10), "tensor \"b\": leaves a hole after \"a\""),
                Arguments.of("hole first", file(two.formatted(4, 8, 8, 12), 12), "a hole after the start"),
                Arguments.of(
                        "buffer cut", file(ONE, 7), "tensor \"a\": expected bytes up to 8, but the buffer has only 7"),
                Arguments.of("trailing bytes", file(ONE, 9), "1 bytes trail"),
                Arguments.of("metadata not text", file("{\"__metadata__\":{\"a\":1}}", 0), "expected a string"),
                Arguments.of("metadata not object", file("{\"__metadata__\":\"a\"}", 0), "expected an object"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void a_file_that_breaks_a_rule_is_refused_in_one_sentence(String rule, byte[] bytes, String sentence)
            throws IOException {
        Path path = Files.write(folder.resolve("broken.safetensors"), bytes);

        assertThatThrownBy(() -> Safetensors.open(path))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(sentence)
                .extracting(e -> ((ChiaroException) e).kind())
                .isEqualTo(ChiaroException.Kind.MODEL);
    }

    @Test
    void no_truncation_of_a_good_file_is_accepted() throws IOException {
        byte[] whole = Files.readAllBytes(python());
        for (int length = 0; length < whole.length; length += 7) {
            Path path = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Safetensors.open(path)).isInstanceOf(ChiaroException.class);
        }
    }

    @Test
    void shards_are_read_through_their_index() throws IOException {
        shard("one.safetensors", "a", 1);
        shard("two.safetensors", "b", 2);
        Path index = index("\"a\": \"one.safetensors\", \"b\": \"two.safetensors\"");

        try (Safetensors file = Safetensors.open(index)) {
            assertThat(file.names()).containsExactly("a", "b");
            assertThat(file.floats("b")).containsExactly(2);
        }
        assertThat(Safetensors.files(index)).hasSize(2);
    }

    @Test
    void an_index_that_does_not_agree_with_its_shards_is_refused() throws IOException {
        shard("one.safetensors", "a", 1);
        shard("two.safetensors", "b", 2);
        shard("twin.safetensors", "a", 2);

        assertThatThrownBy(() -> Safetensors.open(index("\"a\": \"one.safetensors\", \"c\": \"two.safetensors\"")))
                .hasMessageContaining("tensor \"c\": expected it in two.safetensors, but it is in no shard");
        assertThatThrownBy(() -> Safetensors.open(index("\"a\": \"two.safetensors\", \"b\": \"two.safetensors\"")))
                .hasMessageContaining("it is in no shard");
        assertThatThrownBy(() -> Safetensors.open(index("\"a\": \"one.safetensors\", \"b\": \"twin.safetensors\"")))
                .hasMessageContaining("stands in");
        assertThatThrownBy(() -> Safetensors.open(index("\"a\": \"three.safetensors\"")))
                .hasMessageContaining(
                        "three.safetensors: expected a readable safetensors file, but found: no such file");
        assertThatThrownBy(() -> Safetensors.open(index("\"a\": \"../one.safetensors\"")))
                .hasMessageContaining("the name of a file beside the index");
    }

    @Test
    void asking_for_another_name_or_type_says_what_there_is() {
        try (Safetensors file = Safetensors.open(python())) {
            assertThatThrownBy(() -> file.floats("b.weights")).hasMessageContaining("Did you mean \"b.weight\"?");
            assertThatThrownBy(() -> file.floats("ids"))
                    .hasMessageContaining("tensor \"ids\": expected F32, F16, BF16 or F64, but found I64");
            assertThatThrownBy(() -> file.longs("half")).hasMessageContaining("but found F16");
        }
    }

    @Test
    void a_source_that_gives_too_little_leaves_no_file() {
        Path path = folder.resolve("short.safetensors");

        assertThatThrownBy(() -> Safetensors.write(
                        path,
                        List.of(StoredTensor.of("x", StoredType.F32, 3)),
                        Map.of(),
                        (tensor, sink) -> sink.floats(1, 2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"x\" has 12 bytes, but its source gave 8");

        assertThat(folder).isEmptyDirectory();
    }

    private Path index(String weightMap) throws IOException {
        return Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"metadata\": {\"total_size\": 8}, \"weight_map\": {" + weightMap + "}}");
    }

    private void shard(String file, String name, float value) {
        Safetensors.write(
                folder.resolve(file),
                List.of(StoredTensor.of(name, StoredType.F32, 1)),
                Map.of(),
                (tensor, sink) -> sink.floats(value));
    }

    private static byte[] file(String header, int buffer) {
        return file(header.getBytes(StandardCharsets.UTF_8).length, header, buffer);
    }

    private static byte[] file(long length, String header, int buffer) {
        return file(header.getBytes(StandardCharsets.UTF_8), length, buffer);
    }

    private static byte[] file(byte[] header, long length, int buffer) {
        return ByteBuffer.allocate(8 + header.length + buffer)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(header)
                .array();
    }

    private Path python() {
        Path copy = folder.resolve("../" + folder.getFileName() + "-python.safetensors")
                .normalize();
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("python.safetensors"))) {
            if (!Files.exists(copy)) {
                Files.copy(in, copy);
                copy.toFile().deleteOnExit();
            }
            return copy;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
