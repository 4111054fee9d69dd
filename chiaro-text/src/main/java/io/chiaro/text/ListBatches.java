package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.data.EpochPlan;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.TokenStore;
import io.chiaro.model.PairTokens;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.list.ListLoss;
import io.chiaro.train.Batch;
import io.chiaro.train.BatchSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The batches of a run that learns from lists: a record with its negatives is a list, and so are all records of one query that
 * have a label or a score; where classes are learned, a record is one. A row of a batch is a pair of query and candidate; its score is the grade of the candidate and its label
 * the number of the list. Lists are drawn in another order each epoch, each once, and stay whole in a chunk.
 *
 * <p>Not thread-safe.
 */
final class ListBatches implements BatchSource<PackedSequences> {

    private final List<GradedList> lists;
    private final Tokenizer tokenizer;
    private final Options options;

    /**
     * How lists become batches.
     *
     * @param batch lists of a step
     * @param list most candidates of a list in a step
     * @param chunkTokens tokens of a chunk; a list that has more is a chunk of its own
     * @param maxTokens of a pair
     * @param seed of the order and of what is looked at
     */
    record Options(int batch, int list, int chunkTokens, int maxTokens, long seed) {}

    private final int leftOut;

    private ListBatches(List<GradedList> lists, int leftOut, Tokenizer tokenizer, Options options) {
        this.lists = lists;
        this.leftOut = leftOut;
        this.tokenizer = tokenizer;
        this.options = options;
    }

    /**
     * The lists of some stores, without those that teach a loss nothing.
     *
     * @throws ChiaroException of kind data if there is none that does, or a grade is none that the loss can learn
     */
    static ListBatches of(List<EpochPlan.Source> sources, Tokenizer tokenizer, Options options, ListLoss loss) {
        boolean probable = loss.name().equals("pointwise");
        List<GradedList> lists = new ArrayList<>();
        for (EpochPlan.Source source : sources) {
            TokenStore store = source.store();
            if (store.shape().negatives() > 0) {
                records(store, lists);
            } else {
                queries(store, probable, lists);
            }
        }
        List<GradedList> teaching = lists.stream()
                .filter(list -> loss.terms(List.of(list.grades())) > 0)
                .toList();
        if (teaching.isEmpty()) {
            throw ChiaroException.data(
                    "lists: expected a query whose candidates differ in their grades, but found none among "
                            + lists.size() + " queries. Check the labels, or take --set loss=pointwise.");
        }
        return new ListBatches(teaching, lists.size() - teaching.size(), tokenizer, options);
    }

    /**
     * Each record of some stores as a list of its own, whose only grade is the number of its class.
     *
     * @param classes the names of labels
     */
    static ListBatches ofClasses(
            List<EpochPlan.Source> sources, Tokenizer tokenizer, Options options, List<String> classes) {
        List<GradedList> pairs = new ArrayList<>();
        for (EpochPlan.Source source : sources) {
            TokenStore store = source.store();
            int[] numbers = store.labels().stream().mapToInt(classes::indexOf).toArray();
            for (int row = 0; row < store.rows(); row++) {
                double[] grade = {numbers[store.label(row)]};
                pairs.add(new GradedList(store, row, new int[] {row}, new int[] {1}, grade, false));
            }
        }
        return new ListBatches(pairs, 0, tokenizer, options);
    }

    private static void records(TokenStore store, List<GradedList> lists) {
        ExampleShape shape = store.shape();
        int candidates = shape.texts() - 1;
        for (int row = 0; row < store.rows(); row++) {
            int[] rows = new int[candidates];
            int[] columns = new int[candidates];
            double[] grades = new double[candidates];
            for (int c = 0; c < candidates; c++) {
                rows[c] = row;
                columns[c] = 1 + c;
                // A single score of a teacher is a margin: the positive's over the negative at 0.
                grades[c] = shape.scores() == candidates
                        ? store.score(row, c)
                        : c > 0 ? 0 : shape.scores() == 1 ? store.score(row) : 1;
            }
            lists.add(new GradedList(store, row, rows, columns, grades, true));
        }
    }

    private static void queries(TokenStore store, boolean probable, List<GradedList> lists) {
        ToDoubleFunction<Integer> grade =
                store.shape().labelled() ? row -> labelled(store, row) : row -> store.score(row);
        Map<Long, List<Integer>> byQuery = new LinkedHashMap<>();
        for (int row = 0; row < store.rows(); row++) {
            byQuery.computeIfAbsent(store.contentHash(row, 0), hash -> new ArrayList<>())
                    .add(row);
        }
        for (List<Integer> of : byQuery.values()) {
            int[] rows = of.stream().mapToInt(Integer::intValue).toArray();
            int[] columns = new int[rows.length];
            java.util.Arrays.fill(columns, 1);
            double[] grades = of.stream().mapToDouble(grade).toArray();
            for (int i = 0; i < grades.length; i++) {
                if (probable && !(grades[i] >= 0 && grades[i] <= 1)) {
                    throw ChiaroException.data(store.source() + ", line " + store.line(rows[i])
                            + ": expected a grade from 0 to 1, the probability that pointwise learns, but found "
                            + grades[i] + ". Bring the grades into that range, or take another loss.");
                }
            }
            lists.add(new GradedList(store, rows[0], rows, columns, grades, false));
        }
    }

    private static double labelled(TokenStore store, int row) {
        String label = store.labels().get(store.label(row));
        try {
            double grade = Double.parseDouble(label);
            if (Double.isFinite(grade)) {
                return grade;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.data(store.source() + ", line " + store.line(row)
                + ": expected a number as the label, 1 for a relevant text and 0 for another, or a grade, but found \""
                + label
                + "\". Map the labels to numbers, or sort pairs into classes with --set loss=" + ClassifierRecipe.LOSS
                + ".");
    }

    /** All lists, in the order of the data. */
    List<GradedList> lists() {
        return lists;
    }

    /** How many lists teach the loss nothing. */
    int leftOut() {
        return leftOut;
    }

    int batchesPerEpoch() {
        return (lists.size() + options.batch() - 1) / options.batch();
    }

    @Override
    public Batch<PackedSequences> batch(long step) {
        long epoch = step / batchesPerEpoch();
        int number = (int) (step % batchesPerEpoch());
        int[] order = RandomStream.of(options.seed(), "lists", epoch).permutation(lists.size());
        int from = number * options.batch();
        int to = Math.min(order.length, from + options.batch());
        List<Part> parts = new ArrayList<>();
        for (int i = from; i < to; i++) {
            RandomStream random = RandomStream.of(options.seed(), "candidates", epoch, order[i]);
            parts.add(new Part(lists.get(order[i]), lists.get(order[i]).part(options.list(), random)));
        }
        return batch(parts, (step + 1.0) / batchesPerEpoch());
    }

    @Override
    public String unit() {
        return "tokens";
    }

    @Override
    public Batch<PackedSequences> largest() {
        List<Part> parts = lists.stream()
                .map(list -> new Part(list, list.longest(options.list())))
                .sorted(Comparator.comparingLong(Part::tokens).reversed())
                .limit(options.batch())
                .toList();
        return batch(parts, 0);
    }

    /** Tokens of the largest chunk of the largest batch. */
    long chunkTokens() {
        return largest().chunks().stream()
                .mapToLong(chunk -> chunk.input().tokens())
                .max()
                .orElse(0);
    }

    /** What a step looks at of a list. */
    private record Part(GradedList list, int[] places) {

        long tokens() {
            long sum = 0;
            for (int place : places) {
                sum += list.length(place);
            }
            return sum;
        }
    }

    private Batch<PackedSequences> batch(List<Part> parts, double epoch) {
        int rows = parts.stream().mapToInt(part -> part.places().length).sum();
        double[] grades = new double[rows];
        int[] labels = new int[rows];
        long[] contents = new long[rows];
        List<Batch.Chunk<PackedSequences>> chunks = new ArrayList<>();
        List<PairTokens> open = new ArrayList<>();
        long openTokens = 0;
        long tokens = 0;
        int row = 0;
        for (int p = 0; p < parts.size(); p++) {
            Part part = parts.get(p);
            int[] query = part.list().query();
            List<PairTokens> pairs = new ArrayList<>();
            long more = 0;
            for (int place : part.places()) {
                PairTokens pair = tokenizer.framePair(query, part.list().text(place), options.maxTokens());
                pairs.add(pair);
                more += pair.length();
            }
            if (!open.isEmpty() && openTokens + more > options.chunkTokens()) {
                chunks.add(chunk(open, row));
                open.clear();
                openTokens = 0;
            }
            open.addAll(pairs);
            openTokens += more;
            tokens += more;
            for (int place : part.places()) {
                grades[row] = part.list().grades()[place];
                labels[row] = p;
                contents[row] = part.list().contents(place);
                row++;
            }
        }
        chunks.add(chunk(open, row));
        return new Batch<>(
                rows,
                List.of(new Batch.Column(ViewRole.ANCHOR, contents)),
                chunks,
                grades,
                new double[0][],
                labels,
                new long[0],
                tokens,
                0.0,
                epoch);
    }

    /** The pairs that end before a row. */
    private static Batch.Chunk<PackedSequences> chunk(List<PairTokens> pairs, int end) {
        int[] places = new int[pairs.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = end - places.length + i;
        }
        return new Batch.Chunk<>(CrossEncoder.pack(pairs), places);
    }
}
