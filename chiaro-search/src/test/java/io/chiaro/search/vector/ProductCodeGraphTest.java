package io.chiaro.search.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.RandomStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.hnsw.RandomAccessVectorValues;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProductCodeGraphTest {

    private static final int DOCUMENTS = 2000;
    private static final int DIMENSION = 96;
    private static final float[][] VECTORS = new float[DOCUMENTS][];

    private static Directory directory;
    private static IndexInput file;
    private static ProductCodeGraph graph;

    /** Vectors in memory. */
    private record Held(List<float[]> all) implements RandomAccessVectorValues.Floats {

        @Override
        public int size() {
            return all.size();
        }

        @Override
        public int dimension() {
            return all.get(0).length;
        }

        @Override
        public float[] vectorValue(int at) {
            return all.get(at);
        }

        @Override
        public Floats copy() {
            return this;
        }
    }

    /** One near a centre of 40. */
    private static float[] near(int centre, String own) {
        RandomStream centres = RandomStream.of(1, "centre " + centre);
        RandomStream around = RandomStream.of(2, own);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) (centres.nextGaussian() + 0.7 * around.nextGaussian());
        }
        return UnitVectors.unit(vector);
    }

    @BeforeAll
    static void build() throws IOException {
        for (int i = 0; i < DOCUMENTS; i++) {
            VECTORS[i] = near(i % 40, "document " + i);
        }
        directory = new ByteBuffersDirectory();
        try (IndexOutput out = directory.createOutput("graph", IOContext.DEFAULT)) {
            // Something of another's stands before it.
            CodecUtil.writeHeader(out, "before", 0);
            ProductCodeGraph.write(out, new Held(List.of(VECTORS)));
            CodecUtil.writeFooter(out);
        }
        file = directory.openInput("graph", IOContext.DEFAULT);
        CodecUtil.checkHeader(file, "before", 0, 0);
        graph = ProductCodeGraph.read(file);
    }

    @AfterAll
    static void close() throws IOException {
        file.close();
        directory.close();
    }

    private static int[] exact(float[] query, int k, int step) {
        return IntStream.range(0, DOCUMENTS)
                .filter(document -> document % step == 0)
                .boxed()
                .sorted((a, b) -> Double.compare(product(query, b), product(query, a)))
                .limit(k)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double product(float[] query, int document) {
        double sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum += (double) query[i] * VECTORS[document][i];
        }
        return sum;
    }

    @Test
    void the_nearest_are_among_the_candidates_of_a_walk_that_reads_codes_alone() throws IOException {
        int found = 0;
        for (int q = 0; q < 40; q++) {
            float[] query = near(q, "query " + q);
            int[] candidates = graph.nearest(query, 100, document -> true);
            assertThat(candidates).hasSize(100).doesNotHaveDuplicates();
            Arrays.sort(candidates);
            found += (int) IntStream.of(exact(query, 10, 1))
                    .filter(document -> Arrays.binarySearch(candidates, document) >= 0)
                    .count();
        }
        assertThat(found).isBetween(392, 400);
    }

    @Test
    void a_walk_goes_over_documents_that_are_not_allowed_and_brings_others() throws IOException {
        int found = 0;
        for (int q = 0; q < 40; q++) {
            float[] query = near(q, "query " + q);
            int[] candidates = graph.nearest(query, 60, document -> document % 5 == 0);
            assertThat(candidates).hasSize(60).doesNotHaveDuplicates();
            assertThat(IntStream.of(candidates)).allMatch(document -> document % 5 == 0);
            Arrays.sort(candidates);
            found += (int) IntStream.of(exact(query, 10, 5))
                    .filter(document -> Arrays.binarySearch(candidates, document) >= 0)
                    .count();
        }
        assertThat(found).isBetween(392, 400);
        assertThat(graph.nearest(near(0, "query"), 50, document -> document < 3))
                .containsExactlyInAnyOrder(0, 1, 2);
    }
}
