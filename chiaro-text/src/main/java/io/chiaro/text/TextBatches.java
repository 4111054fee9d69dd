package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.EpochOptions;
import io.chiaro.data.EpochPlan;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.TokenStore;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.ViewRole;
import io.chiaro.train.Batch;
import io.chiaro.train.BatchSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a run over token stores: planned epochs, each batch cut into chunks of packed texts.
 *
 * <p>Not thread-safe; it keeps the plan of one epoch.
 */
final class TextBatches implements BatchSource<PackedSequences> {

    /** In place of an epoch: no views of the data, but as large ones as there can be. */
    private static final long LARGEST = -1;

    private final List<EpochPlan.Source> sources;
    private final Form form;
    private final @Nullable NegativeTurns turns;
    private final Map<String, Integer> classes = new HashMap<>();
    private final long seed;
    private final int batchesPerEpoch;
    private EpochPlan plan;
    private long plannedEpoch;

    /**
     * How rows become batches.
     *
     * @param epochs how rows are drawn
     * @param chunkTokens tokens of a chunk
     * @param views how each anchor becomes its own positive; null where it does not
     * @param apart whether no chunk holds texts of two columns, since they may have different encoders
     * @param score how a written score becomes the one that is learned
     * @param classes of all sources, where they have vectors; if empty, a store's own numbers tell classes apart
     * @param turns which negatives of a row stand in a batch; null if all do
     * @param domains of the encoder's experts, whose texts do not share chunks; none for an encoder without
     * @param labelsAreScores whether the label of a pair is read as its score, and so is 0 or 1
     */
    record Form(
            EpochOptions epochs,
            int chunkTokens,
            @Nullable TextViews views,
            boolean apart,
            DoubleUnaryOperator score,
            List<String> classes,
            @Nullable NegativeTurns turns,
            List<String> domains,
            boolean labelsAreScores) {

        Form {
            classes = List.copyOf(classes);
            domains = List.copyOf(domains);
        }

        /** Rows as they are, all columns together, for an encoder without experts. */
        static Form of(EpochOptions epochs, int chunkTokens) {
            return new Form(
                    epochs, chunkTokens, null, false, DoubleUnaryOperator.identity(), List.of(), null, List.of(), true);
        }

        Form withViews(@Nullable TextViews twice) {
            return new Form(epochs, chunkTokens, twice, apart, score, classes, turns, domains, labelsAreScores);
        }

        Form withScore(DoubleUnaryOperator learned) {
            return new Form(epochs, chunkTokens, views, apart, learned, classes, turns, domains, labelsAreScores);
        }

        Form withTurns(@Nullable NegativeTurns negatives) {
            return new Form(epochs, chunkTokens, views, apart, score, classes, negatives, domains, labelsAreScores);
        }
    }

    /** Batches of stores of one shape. */
    TextBatches(List<EpochPlan.Source> sources, Form form, long seed) {
        this.sources = List.copyOf(sources);
        this.form = form;
        this.turns = form.turns();
        for (String name : form.classes()) {
            this.classes.put(name, this.classes.size());
        }
        this.seed = seed;
        this.plan = EpochPlan.of(this.sources, form.epochs(), seed, 0);
        this.batchesPerEpoch = plan.batches();
        if (batchesPerEpoch == 0) {
            throw ChiaroException.data("epoch plan: " + plan.dropped().total()
                    + " rows, but not one batch could be made of them. Use a smaller --batch or more data.");
        }
    }

    /** Batches of the first epoch; later ones may differ by a few when duplicates fall otherwise. */
    int batchesPerEpoch() {
        return batchesPerEpoch;
    }

    /** Texts of a row, as they are encoded. */
    int columns() {
        return columns(sources.get(0).store()) + (form.views() == null ? 0 : 1);
    }

    /** Of those in the store, where some negatives wait for their turn. */
    private int columns(TokenStore store) {
        return turns == null ? store.columns() : 2 + turns.atATime();
    }

    /** The plan of the first epoch. */
    EpochPlan firstEpoch() {
        return planOf(0);
    }

    private EpochPlan planOf(long epoch) {
        if (epoch != plannedEpoch) {
            plan = EpochPlan.of(sources, form.epochs(), seed, epoch);
            plannedEpoch = epoch;
        }
        return plan;
    }

    @Override
    public Batch<PackedSequences> batch(long step) {
        long epoch = step / batchesPerEpoch;
        int number = (int) (step % batchesPerEpoch);
        EpochPlan planned = planOf(epoch);
        // Deferral of duplicates may make an epoch a batch shorter than the first one.
        return batch(planned, number % planned.batches(), epoch, (step + 1.0) / batchesPerEpoch);
    }

    @Override
    public String unit() {
        return "tokens";
    }

    @Override
    public Batch<PackedSequences> largest() {
        EpochPlan planned = planOf(0);
        return batch(planned, turns == null ? planned.largest() : largestOfTurns(planned, turns), LARGEST, 0);
    }

    /** The batch whose tokens are most when each row uses the longest of its negatives. */
    private int largestOfTurns(EpochPlan planned, NegativeTurns taking) {
        return IntStream.range(0, planned.batches())
                .boxed()
                .max(Comparator.comparingLong(number -> {
                    TokenStore store = sources.get(planned.source(number)).store();
                    return Arrays.stream(planned.rows(number))
                            .mapToLong(row -> IntStream.range(0, 2 + taking.atATime())
                                    .mapToLong(column ->
                                            store.length(row, column < 2 ? column : longest(store, row, column - 2)))
                                    .sum())
                            .sum();
                }))
                .orElseThrow();
    }

    private Batch<PackedSequences> batch(EpochPlan planned, int number, long viewsOf, double epoch) {
        int source = planned.source(number);
        TokenStore store = sources.get(source).store();
        int[] rows = planned.rows(number);
        Arrays.sort(rows);
        List<int[]> texts = new ArrayList<>();
        List<Batch.Column> columns = new ArrayList<>();
        long[] records = records(source, rows);
        for (int column = 0; column < columns(store); column++) {
            TextViews twice = column == 0 ? form.views() : null;
            add(store, rows, stored(store, rows, records, column, viewsOf == LARGEST), role(column), texts, columns);
            if (twice != null) {
                add(store, rows, stored(store, rows, records, column, false), ViewRole.POSITIVE, texts, columns);
                change(twice, source, rows, viewsOf, texts);
            }
        }
        List<Batch.Chunk<PackedSequences>> chunks = new ArrayList<>();
        int parts = form.apart() ? columns.size() : 1;
        int each = texts.size() / parts;
        for (int from = 0; from < texts.size(); from += each) {
            cutByExpert(store, rows, texts, from, from + each, chunks);
        }
        return new Batch<>(
                rows.length,
                columns,
                chunks,
                scores(store, rows),
                teacherScores(store, rows),
                labels(store, rows),
                records,
                texts.stream().mapToLong(text -> text.length).sum(),
                0.0,
                epoch);
    }

    /** Adds the chunks of some of the texts, so that all of a chunk take one expert. */
    private void cutByExpert(
            TokenStore store,
            int[] rows,
            List<int[]> texts,
            int from,
            int to,
            List<Batch.Chunk<PackedSequences>> chunks) {
        int[] all = IntStream.range(from, to).toArray();
        if (form.domains().isEmpty()) {
            cut(texts, all, PackedSequences.NO_EXPERT, chunks);
            return;
        }
        for (int expert = 0; expert < form.domains().size(); expert++) {
            String domain = form.domains().get(expert);
            int[] own = Arrays.stream(all)
                    .filter(place -> store.labels()
                            .get(store.label(rows[place % rows.length]))
                            .equals(domain))
                    .toArray();
            cut(texts, own, expert, chunks);
        }
    }

    private void cut(List<int[]> texts, int[] some, int expert, List<Batch.Chunk<PackedSequences>> chunks) {
        List<int[]> given = Arrays.stream(some).mapToObj(texts::get).toList();
        for (int[] cut : TokenChunks.cut(given, form.chunkTokens())) {
            List<int[]> together = Arrays.stream(cut).mapToObj(given::get).toList();
            chunks.add(new Batch.Chunk<>(
                    PackedSequences.of(together).withExpert(expert),
                    Arrays.stream(cut).map(i -> some[i]).toArray()));
        }
    }

    /** For each row the column of the store that stands in a column of the batch. */
    private int[] stored(TokenStore store, int[] rows, long[] records, int column, boolean largest) {
        int[] stored = new int[rows.length];
        Arrays.fill(stored, column);
        if (turns != null && column >= 2) {
            for (int i = 0; i < rows.length; i++) {
                stored[i] = largest ? longest(store, rows[i], column - 2) : column + turns.first(records[i]);
            }
        }
        return stored;
    }

    /** The column of the negative of a row that so many others are longer than. */
    private static int longest(TokenStore store, int row, int place) {
        return IntStream.range(2, store.columns())
                .boxed()
                .sorted(Comparator.comparingInt((Integer column) -> -store.length(row, column)))
                .skip(place)
                .findFirst()
                .orElseThrow();
    }

    private static void add(
            TokenStore store, int[] rows, int[] stored, ViewRole role, List<int[]> texts, List<Batch.Column> columns) {
        long[] contents = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            texts.add(store.tokens(rows[i], stored[i]));
            contents[i] = store.contentHash(rows[i], stored[i]);
        }
        columns.add(new Batch.Column(role, contents));
    }

    /** Makes views of the texts of the first two columns. */
    private void change(TextViews twice, int source, int[] rows, long epoch, List<int[]> texts) {
        for (int number = 0; number < 2; number++) {
            for (int i = 0; i < rows.length; i++) {
                int place = number * rows.length + i;
                int[] text = texts.get(place);
                int[] view = epoch == LARGEST
                        ? twice.longest(text, number)
                        : twice.of(text, seed, epoch, source, rows[i], number);
                texts.set(place, view);
            }
        }
    }

    private static ViewRole role(int column) {
        return column == 0 ? ViewRole.ANCHOR : column == 1 ? ViewRole.POSITIVE : ViewRole.NEGATIVE;
    }

    private double[] scores(TokenStore store, int[] rows) {
        ExampleShape shape = store.shape();
        if (shape.kind() == ExampleShape.Kind.LABELLED_PAIRS) {
            return form.labelsAreScores() ? binaryLabels(store, rows) : new double[0];
        }
        return shape.scores() == 1
                ? Arrays.stream(rows)
                        .mapToDouble(row -> form.score().applyAsDouble(store.score(row)))
                        .toArray()
                : new double[0];
    }

    /** Labels 0 and 1 of pairs serve as scores. */
    private static double[] binaryLabels(TokenStore store, int[] rows) {
        double[] scores = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            String label = store.labels().get(store.label(rows[i]));
            if (!label.equals("0") && !label.equals("1")) {
                throw ChiaroException.data(store.source() + ", line " + store.line(rows[i])
                        + ": expected the label of a pair to be 0 or 1, but found \"" + label
                        + "\". Map the labels to 0 and 1, or give scores.");
            }
            scores[i] = label.equals("1") ? 1 : 0;
        }
        return scores;
    }

    private double[][] teacherScores(TokenStore store, int[] rows) {
        int count = store.shape().scores();
        if (count < 2) {
            return new double[0][];
        }
        double[][] scores = new double[rows.length][count];
        for (int i = 0; i < rows.length; i++) {
            for (int k = 0; k < count; k++) {
                scores[i][k] = form.score().applyAsDouble(store.score(rows[i], k));
            }
        }
        return scores;
    }

    private int[] labels(TokenStore store, int[] rows) {
        if (!store.shape().labelled()) {
            return new int[0];
        }
        return Arrays.stream(rows)
                .map(row -> classes.isEmpty() ? store.label(row) : classOf(store, row))
                .toArray();
    }

    /** Records are numbered through all stores, one store after the other. */
    private long[] records(int source, int[] rows) {
        long before = 0;
        for (int i = 0; i < source; i++) {
            before += sources.get(i).store().rows();
        }
        long first = before;
        return Arrays.stream(rows).mapToLong(row -> first + row).toArray();
    }

    private int classOf(TokenStore store, int row) {
        String label = store.labels().get(store.label(row));
        return Objects.requireNonNull(classes.get(label), () -> "no class " + label);
    }
}
