package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseRanker;
import io.chiaro.model.SparseVector;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class LexicalStartTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void the_goal_of_a_token_is_the_score_whose_weight_is_the_root_of_its_inverse_document_frequency() {
        List<int[]> texts = List.of(new int[] {1, 3, 3, 2}, new int[] {1, 3, 4, 2}, new int[] {1, 4, 4, 4, 2});
        double[] goals = LexicalStart.goals(texts, 6, id -> id == 1 || id == 2);
        int[] holding = {0, 3, 3, 2, 2, 0};
        for (int j = 0; j < 6; j++) {
            double frequency = Math.log(1 + (3 - holding[j] + 0.5) / (holding[j] + 0.5));
            double weight = j == 1 || j == 2 ? 0 : Math.sqrt(frequency);
            assertThat(Math.log(1 + goals[j])).as("token %d", j).isCloseTo(weight, within(1e-12));
        }
    }

    @Test
    void the_head_is_that_of_plain_loops_over_the_formula() {
        try (SparseEncoder model = tiny(7);
                TextModel base = TextModel.load("fresh:" + folder.resolve("wide"), 7)) {
            List<int[]> texts = texts(model, 12);
            model.begin(() -> texts);
            Plain plain = new Plain(model, base.tower().encoder(), texts);
            int[] text = texts.get(5);
            double[][] states = states(base.tower().encoder(), text);
            float[] weights = model.weights(List.of(text))[0];
            for (int j = 0; j < plain.vocabulary; j++) {
                double most = Double.NEGATIVE_INFINITY;
                for (double[] state : states) {
                    most = Math.max(most, plain.score(state, j));
                }
                assertThat((double) weights[j])
                        .as("token %d", j)
                        .isCloseTo(Math.log1p(Math.max(0, most)), within(2e-3));
            }
            assertThat(IntStream.range(0, plain.vocabulary)
                            .filter(j -> weights[j] > 0)
                            .count())
                    .isBetween(3L, plain.vocabulary / 2L);
        }
    }

    @Test
    void an_encoder_that_has_learned_nothing_begins_with_the_tokens_of_a_text_on_top_and_finds_texts_by_them() {
        try (SparseEncoder model = SparseEncoder.load("fresh:tiny", 5, Optional.of(16))) {
            List<String> words = words(model, 200);
            List<Document> documents = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                List<String> eight = some(words, RandomStream.of(3, "document", i), 8);
                documents.add(new Document("d" + i, "", String.join(" ", eight)));
            }
            assertThat(model.remark().orElse("")).contains("begins with the tokens that stand in a text");
            List<int[]> texts = model.tokenizer()
                    .encodeAll(documents.stream().map(Document::content).toList(), 16);
            assertThat(model.begin(() -> texts).orElse("")).contains("60 texts");
            SparseEmbedder embedder = model.embedder();
            int own = 0;
            int all = 0;
            for (Document document : documents) {
                Set<String> held = Set.of(document.content().split(" "));
                List<String> top = top(embedder, document.content(), held.size());
                all += held.size();
                own += (int) top.stream().filter(held::contains).count();
            }
            assertThat(own).as("of %d tokens", all).isGreaterThan(all * 9 / 10);
            int found = 0;
            try (SparseRanker ranker = SparseRanker.create(embedder, documents.stream())) {
                for (int i = 0; i < 60; i++) {
                    List<String> held = List.of(documents.get(i).content().split(" "));
                    // Four of its words in another order.
                    String query = String.join(" ", List.of(held.get(6), held.get(1), held.get(4), held.get(2)));
                    List<Hit> hits = ranker.rank(query, 3);
                    String wanted = documents.get(i).id();
                    found += hits.stream().anyMatch(hit -> hit.id().equals(wanted)) ? 1 : 0;
                }
            }
            assertThat(found).as("of 60, where chance finds 3").isGreaterThan(50);
        }
    }

    private static List<String> top(SparseEmbedder embedder, String text, int count) {
        SparseVector vector = embedder.embed(List.of(text)).get(0);
        return IntStream.range(0, vector.size())
                .boxed()
                .sorted((a, b) -> Float.compare(vector.weights()[b], vector.weights()[a]))
                .limit(count)
                .map(i -> embedder.token(vector.ids()[i]))
                .toList();
    }

    private static List<String> words(SparseEncoder model, int count) {
        List<String> whole = model.tokenizer().wordPieces().orElseThrow().stream()
                .filter(token -> token.matches("[a-z]{4,}"))
                .toList();
        return some(whole, RandomStream.of(3, "words"), count);
    }

    private static List<String> some(List<String> words, RandomStream random, int count) {
        return Arrays.stream(random.permutation(words.size()))
                .limit(count)
                .mapToObj(words::get)
                .toList();
    }

    @Test
    void same_texts_and_seed_give_the_same_head_and_other_texts_another() {
        List<String> hashes = new ArrayList<>();
        for (int count : new int[] {12, 12, 9}) {
            try (SparseEncoder model = tiny(7)) {
                String before = model.hash();
                List<int[]> texts = texts(model, count);
                model.begin(() -> texts);
                assertThat(model.hash()).isNotEqualTo(before);
                hashes.add(model.hash());
            }
        }
        assertThat(hashes.get(1)).isEqualTo(hashes.get(0));
        assertThat(hashes.get(2)).isNotEqualTo(hashes.get(0));
    }

    @Test
    void a_head_is_left_as_it_is_if_that_is_asked_for_or_if_it_has_learned() {
        TinyModel.write(folder.resolve("shape"));
        try (SparseEncoder drawn = SparseEncoder.load(
                "fresh:" + folder.resolve("shape"), 7, Optional.empty(), Optional.of(HeadStart.NONE))) {
            assertLeft(drawn);
            assertThat(drawn.remark().orElse("")).contains("masked-language-model");
            assertThat(drawn.begin(List::of)).isEmpty();
        }
        try (SparseEncoder fresh = tiny(7)) {
            List<int[]> texts = texts(fresh, 12);
            fresh.begin(() -> texts);
            fresh.save(folder.resolve("saved"), io.chiaro.model.ModelCard.of("test"));
        }
        String saved = folder.resolve("saved").toString();
        try (SparseEncoder learned = SparseEncoder.load(saved, 7, Optional.empty());
                SparseEncoder again = SparseEncoder.load(saved, 7, Optional.empty(), Optional.of(HeadStart.LEXICAL))) {
            assertLeft(learned);
            assertThat(again.remark().orElse("")).contains("what it had learned is gone");
            List<int[]> texts = texts(again, 9);
            assertThat(again.begin(() -> texts)).isPresent();
            assertThat(again.hash()).isNotEqualTo(learned.hash());
        }
    }

    private static void assertLeft(SparseEncoder model) {
        String before = model.hash();
        assertThat(model.begin(() -> {
                    throw new AssertionError("no texts are needed");
                }))
                .isEmpty();
        assertThat(model.hash()).isEqualTo(before);
    }

    @Test
    void texts_without_a_token_that_they_could_be_about_are_refused() {
        try (SparseEncoder model = tiny(7)) {
            List<int[]> texts = List.of(model.tokenizer().encode("", 16));
            assertThatThrownBy(() -> model.begin(() -> texts))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("head-start");
        }
    }

    private SparseEncoder tiny(long seed) {
        Path shape = folder.resolve("wide");
        TinyModel.write(shape, TinyModel.config(32, 2), List.of(io.chiaro.model.Pooling.MEAN), true);
        return SparseEncoder.load("fresh:" + shape, seed, Optional.of(20));
    }

    private static List<int[]> texts(SparseEncoder model, int count) {
        return model.tokenizer()
                .encodeAll(
                        IntStream.range(0, count)
                                .mapToObj(i -> TinyModel.words(RandomStream.of(8, "text", i), 5 + i % 4))
                                .collect(Collectors.toList()),
                        20);
    }

    private static double[][] states(BertEncoder encoder, int[] text) {
        try (Scope scope = Scope.open("states")) {
            Tensor states = encoder.forward(PackedSequences.of(List.of(text)), Dropout.off())
                    .tensor();
            int width = (int) states.size(1);
            double[] all = states.toDoubles();
            double[][] rows = new double[text.length][];
            for (int t = 0; t < text.length; t++) {
                rows[t] = Arrays.copyOfRange(all, t * width, (t + 1) * width);
            }
            return rows;
        }
    }

    /** The formula of {@link LexicalStart}, a loop at a time. */
    private static final class Plain {

        final int vocabulary;
        private final int width;
        private final double[][] table;
        private final double[][] map;
        private final double scale;
        private final double[] bias;

        Plain(SparseEncoder model, BertEncoder encoder, List<int[]> texts) {
            this.vocabulary = model.config().vocabularySize();
            this.width = model.config().hiddenSize();
            this.table = new double[vocabulary][width];
            try (Scope scope = Scope.open("table")) {
                double[] all = model.parameters().array(BertEncoder.TOKENS).toDoubles();
                for (int j = 0; j < vocabulary; j++) {
                    table[j] = Arrays.copyOfRange(all, j * width, (j + 1) * width);
                }
            }
            double[] goals = LexicalStart.goals(
                    texts,
                    vocabulary,
                    id -> model.tokenizer().frames(id)
                            || id == model.tokenizer().unknownId());
            List<double[]> states = new ArrayList<>();
            List<Integer> ids = new ArrayList<>();
            for (int[] text : texts) {
                double[][] rows = states(encoder, text);
                for (int t = 0; t < text.length; t++) {
                    double[] state = Arrays.copyOf(rows[t], width + 1);
                    state[width] = 1;
                    states.add(state);
                    ids.add(text[t]);
                }
            }
            double[][] directions = directions();
            this.map = map(states, ids, directions, goals);
            double[][] units = states.stream().map(this::unit).toArray(double[][]::new);
            double[] ideal = new double[vocabulary];
            for (int j = 0; j < vocabulary; j++) {
                ideal[j] = dot(directions[j], table[j]);
            }
            double found = 0;
            double could = 0;
            for (int j : new TreeSet<>(ids)) {
                double sum = 0;
                int count = 0;
                for (int t = 0; t < units.length; t++) {
                    if (ids.get(t) == j && goals[j] > 0) {
                        sum += dot(units[t], table[j]);
                        count++;
                    }
                }
                found += count == 0 ? 0 : sum / count;
                could += count == 0 ? 0 : ideal[j];
            }
            double share = found / could;
            double[] floors = new double[vocabulary];
            List<Double> gaps = new ArrayList<>();
            for (int j = 0; j < vocabulary; j++) {
                List<Double> elsewhere = new ArrayList<>();
                for (int t = 0; t < units.length; t++) {
                    if (ids.get(t) != j) {
                        elsewhere.add(dot(units[t], table[j]));
                    }
                }
                double mean = elsewhere.stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow();
                double square = elsewhere.stream()
                        .mapToDouble(product -> Math.pow(product - mean, 2))
                        .average()
                        .orElseThrow();
                floors[j] = mean + Math.sqrt(2 * Math.log(vocabulary) * square);
                if (goals[j] > 0) {
                    gaps.add(share * ideal[j] - floors[j]);
                }
            }
            gaps.sort(null);
            this.scale = Arrays.stream(goals).max().orElseThrow() / gaps.get(gaps.size() / 2);
            this.bias = new double[vocabulary];
            for (int j = 0; j < vocabulary; j++) {
                bias[j] = goals[j] > 0
                        ? Math.min(goals[j] - scale * share * ideal[j], -scale * floors[j])
                        : -scale * Math.sqrt(dot(table[j], table[j]));
            }
        }

        double score(double[] state, int token) {
            double[] input = Arrays.copyOf(state, width + 1);
            input[width] = 1;
            return scale * dot(unit(input), table[token]) + bias[token];
        }

        private double[] unit(double[] input) {
            double[] row = new double[width];
            for (int i = 0; i < width; i++) {
                for (int k = 0; k <= width; k++) {
                    row[i] += map[k][i] * input[k];
                }
            }
            return centredUnit(row);
        }

        private static double[] centredUnit(double[] row) {
            double mean = Arrays.stream(row).average().orElseThrow();
            double[] centred = Arrays.stream(row).map(value -> value - mean).toArray();
            double length = Math.sqrt(dot(centred, centred));
            return Arrays.stream(centred).map(value -> value / length).toArray();
        }

        private double[][] directions() {
            double[][] squares = new double[width][width];
            double trace = 0;
            for (int a = 0; a < width; a++) {
                for (int b = 0; b < width; b++) {
                    for (double[] row : table) {
                        squares[a][b] += row[a] * row[b] / vocabulary;
                    }
                }
                trace += squares[a][a];
            }
            for (int a = 0; a < width; a++) {
                squares[a][a] += 1e-2 * trace / width;
            }
            double[][] wanted = new double[width][vocabulary];
            for (int j = 0; j < vocabulary; j++) {
                for (int a = 0; a < width; a++) {
                    wanted[a][j] = table[j][a];
                }
            }
            double[][] solved = solve(squares, wanted);
            double[][] directions = new double[vocabulary][width];
            for (int j = 0; j < vocabulary; j++) {
                for (int a = 0; a < width; a++) {
                    directions[j][a] = solved[a][j];
                }
                directions[j] = centredUnit(directions[j]);
            }
            return directions;
        }

        private double[][] map(List<double[]> states, List<Integer> ids, double[][] directions, double[] goals) {
            int inputs = width + 1;
            Map<Integer, Long> places = ids.stream().collect(Collectors.groupingBy(id -> id, Collectors.counting()));
            double[][] squares = new double[inputs][inputs];
            double[][] wanted = new double[inputs][width];
            for (int t = 0; t < ids.size(); t++) {
                int id = ids.get(t);
                if (goals[id] == 0) {
                    continue;
                }
                double weight = 1.0 / places.getOrDefault(id, 1L);
                double[] state = states.get(t);
                for (int a = 0; a < inputs; a++) {
                    for (int b = 0; b < inputs; b++) {
                        squares[a][b] += weight * state[a] * state[b];
                    }
                    for (int b = 0; b < width; b++) {
                        wanted[a][b] += weight * state[a] * directions[id][b];
                    }
                }
            }
            double trace = 0;
            for (int a = 0; a < inputs; a++) {
                trace += squares[a][a];
            }
            for (int a = 0; a < inputs; a++) {
                squares[a][a] += 1e-3 * trace / inputs;
            }
            return solve(squares, wanted);
        }

        /** By Gaussian elimination with the largest pivot. */
        private static double[][] solve(double[][] matrix, double[][] wanted) {
            int n = matrix.length;
            for (int column = 0; column < n; column++) {
                int pivot = column;
                for (int row = column; row < n; row++) {
                    pivot = Math.abs(matrix[row][column]) > Math.abs(matrix[pivot][column]) ? row : pivot;
                }
                double[] kept = matrix[column];
                matrix[column] = matrix[pivot];
                matrix[pivot] = kept;
                kept = wanted[column];
                wanted[column] = wanted[pivot];
                wanted[pivot] = kept;
                for (int row = 0; row < n; row++) {
                    if (row != column) {
                        double factor = matrix[row][column] / matrix[column][column];
                        for (int k = 0; k < n; k++) {
                            matrix[row][k] -= factor * matrix[column][k];
                        }
                        for (int k = 0; k < wanted[row].length; k++) {
                            wanted[row][k] -= factor * wanted[column][k];
                        }
                    }
                }
            }
            for (int row = 0; row < n; row++) {
                for (int k = 0; k < wanted[row].length; k++) {
                    wanted[row][k] /= matrix[row][row];
                }
            }
            return wanted;
        }

        private static double dot(double[] a, double[] b) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                sum += a[i] * b[i];
            }
            return sum;
        }
    }
}
