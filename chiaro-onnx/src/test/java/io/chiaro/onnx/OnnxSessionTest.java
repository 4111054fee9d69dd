package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtException;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxSessionTest {

    private static final List<int[]> TEXTS = SmallBert.texts(3, 60, 5, 17, 1, 32, 9, 9, 30, 2);

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Pooling.class)
    void states_pooled_in_java_equal_those_pooled_in_the_graph(Pooling pooling) throws IOException {
        Path ours = SmallBert.write(directory, OnnxHead.of(List.of(pooling), true));
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(ours));
        byte[] foreign = model.toBuilder().setProducerName("pytorch").build().toByteArray();

        try (OnnxSession inGraph = OnnxSession.open(ours, List.of(pooling), true, 1);
                OnnxSession inJava = OnnxSession.open("foreign", foreign, List.of(pooling), true, 1)) {
            float[][] expected = inGraph.embed(TEXTS, 64);
            float[][] found = inJava.embed(TEXTS, 64);
            for (int i = 0; i < TEXTS.size(); i++) {
                assertThat(found[i]).containsExactly(expected[i], within(1e-6f));
            }
        }
    }

    @Test
    void numbers_are_read_from_no_file_outside_the_folder_of_the_model() throws IOException {
        Path folder = Files.createDirectories(directory.resolve("model"));
        Path file = SmallBert.write(folder, OnnxHead.of(List.of(Pooling.MEAN), true));
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        int largest = 0;
        for (int i = 0; i < model.getGraph().getInitializerCount(); i++) {
            if (model.getGraph().getInitializer(i).getRawData().size()
                    > model.getGraph().getInitializer(largest).getRawData().size()) {
                largest = i;
            }
        }
        TensorProto table = model.getGraph().getInitializer(largest);
        Files.write(directory.resolve("table.bin"), table.getRawData().toByteArray());
        Files.write(folder.resolve("table.bin"), table.getRawData().toByteArray());
        for (String place :
                List.of("../table.bin", directory.resolve("table.bin").toString(), "x/../../table.bin", "table.bin")) {
            ModelProto.Builder outside = model.toBuilder();
            outside.getGraphBuilder()
                    .setInitializer(
                            largest,
                            table.toBuilder()
                                    .clearRawData()
                                    .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                                    .addExternalData(StringStringEntryProto.newBuilder()
                                            .setKey("location")
                                            .setValue(place)));
            Files.write(file, outside.build().toByteArray());
            if (place.equals("table.bin")) {
                OnnxSession.open(file, List.of(Pooling.MEAN), true, 1).close();
            } else {
                assertThatThrownBy(() -> OnnxSession.open(file, List.of(Pooling.MEAN), true, 1))
                        .as(place)
                        .isInstanceOf(ChiaroException.class);
            }
        }
    }

    @Test
    void vectors_come_in_the_order_of_the_texts_whatever_the_batches() {
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN, Pooling.CLS), false));

        try (OnnxSession session = OnnxSession.open(file, List.of(Pooling.MEAN, Pooling.CLS), false, 2)) {
            assertThat(session.dimension()).isEqualTo(48);
            float[][] together = session.embed(TEXTS, 1_000_000);
            float[][] alone = session.embed(TEXTS, 1);
            for (int i = 0; i < TEXTS.size(); i++) {
                assertThat(alone[i]).containsExactly(together[i], within(1e-5f));
            }
            assertThat(session.embed(List.of(), 64)).isEmpty();
        }
    }

    @Test
    void several_threads_may_embed_at_once() throws InterruptedException, ExecutionException {
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (OnnxSession session = OnnxSession.open(file, List.of(Pooling.MEAN), true, 1)) {
            float[][] expected = session.embed(TEXTS, 64);
            List<Callable<float[][]>> calls = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                calls.add(() -> session.embed(TEXTS, 64));
            }
            for (Future<float[][]> result : threads.invokeAll(calls)) {
                assertThat(result.get()).isDeepEqualTo(expected);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void use_after_close_is_an_exception_and_not_the_end_of_the_virtual_machine() {
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true));
        OnnxSession session = OnnxSession.open(file, List.of(Pooling.MEAN), true, 1);
        session.close();
        session.close();

        assertThatThrownBy(() -> session.embed(TEXTS, 64))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("model.onnx was closed");
    }

    @Test
    void files_that_do_not_open_are_one_sentence() throws IOException {
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true));
        byte[] whole = Files.readAllBytes(file);
        Path cut = Files.write(directory.resolve("cut.onnx"), Arrays.copyOf(whole, whole.length / 2));
        ModelProto model = ModelProto.parseFrom(whole);
        ModelProto.Builder renamed = model.toBuilder();
        renamed.getGraphBuilder().getInputBuilder(0).setName("pixels");
        renamed.getGraphBuilder().getNodeBuilderList().forEach(node -> {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).equals("input_ids")) {
                    node.setInput(i, "pixels");
                }
            }
        });
        Path image =
                Files.write(directory.resolve("image.onnx"), renamed.build().toByteArray());

        assertUnusable(cut, "expected an ONNX model that ONNX Runtime can open");
        assertUnusable(image, "but found an input pixels");
        assertUnusable(directory.resolve("none.onnx"), "expected an ONNX file, but there is none");
    }

    @Test
    void ids_outside_the_vocabulary_are_one_sentence() {
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true));

        try (OnnxSession session = OnnxSession.open(file, List.of(Pooling.MEAN), true, 1)) {
            assertThatThrownBy(() -> session.embed(List.of(new int[] {1, 60}), 64))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("Do the tokenizer and the ONNX file belong together?")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void parity_refuses_a_file_whose_vectors_differ() throws OrtException {
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true));
        float[][] vectors;
        try (OnnxSession session = OnnxSession.open(file, List.of(Pooling.MEAN), true, 1)) {
            vectors = session.embed(TEXTS, 64);
        }
        assertThat(OnnxParity.check(file, TEXTS, vectors).minimumCosine()).isGreaterThan(0.999999);

        vectors[4][0] += 0.02f;
        assertThatThrownBy(() -> OnnxParity.check(file, TEXTS, vectors))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("with a cosine of at least 0.99999, but the lowest of 8 is 0.999");
        vectors[4][0] = Float.NaN;
        assertThatThrownBy(() -> OnnxParity.check(file, TEXTS, vectors)).isInstanceOf(ChiaroException.class);
    }

    @Test
    void the_texts_of_the_parity_check_are_32_and_none_is_empty_or_twice() {
        assertThat(OnnxParity.sampleTexts()).hasSize(32).doesNotHaveDuplicates().allMatch(text -> !text.isBlank());
    }

    private static void assertUnusable(Path file, String part) {
        assertThatThrownBy(() ->
                        OnnxSession.open(file, List.of(Pooling.MEAN), true, 1).close())
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.MODEL))
                .hasMessageStartingWith(file.toAbsolutePath() + ": ")
                .hasMessageContaining(part)
                .hasMessageNotContaining("\n");
    }
}
