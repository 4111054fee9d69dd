package io.chiaro.train;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;
import io.chiaro.nn.Pass;
import io.chiaro.objective.Evaluation;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Tower;
import io.chiaro.objective.View;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.Views;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Learning from an objective over the embeddings of a batch, by cached gradients (Gao et al., 2021): every chunk is
 * encoded without a graph, the objective gives the gradient of each embedding, and each chunk is encoded once more to
 * carry its gradients back. So the batch is a statistical choice and the chunk is only memory. Dropout masks
 * belong to items and not to chunks, so the second pass meets those of the first, and the result equals that of one large
 * pass, whatever the chunks.
 *
 * <p>The pass of the last chunk is kept from the first round, so a batch of one chunk is encoded once. Projection heads and predictors
 * stand between encoder and objective and see the whole batch; an averaged twin encodes what the objective's towers ask of it, and only
 * the chunks that hold it.
 *
 * @param <C> what a chunk is
 */
public final class ContrastiveLearning<C> implements Learning<C> {

    /** Rows of a batch that the collapse verdict looks at. */
    private static final int WATCHED = 256;

    private final Encoder<C> encoder;
    private final Objective objective;
    private final double dropout;
    private final @Nullable Guide<C> guide;
    private final @Nullable Memories memories;
    private final Projections projections;
    private final @Nullable Twin<C> twin;
    private final List<AuxiliaryTerm<C>> terms;
    private final @Nullable BatchObserver<C> observer;

    /**
     * Learning with an encoder and an objective that remembers nothing.
     *
     * @param dropout probability of dropout inside the encoder
     * @param guide whose embeddings the objective may ask for, or null
     */
    public ContrastiveLearning(Encoder<C> encoder, Objective objective, double dropout, @Nullable Guide<C> guide) {
        this(encoder, objective, dropout, guide, null);
    }

    /**
     * Learning with an encoder and an objective.
     *
     * @param dropout probability of dropout inside the encoder
     * @param guide whose embeddings the objective may ask for, or null
     * @param memories what the objective reads beside the batch, or null if that is nothing
     */
    public ContrastiveLearning(
            Encoder<C> encoder,
            Objective objective,
            double dropout,
            @Nullable Guide<C> guide,
            @Nullable Memories memories) {
        this(encoder, objective, dropout, guide, memories, Projections.none(), null, List.of(), null);
    }

    private ContrastiveLearning(
            Encoder<C> encoder,
            Objective objective,
            double dropout,
            @Nullable Guide<C> guide,
            @Nullable Memories memories,
            Projections projections,
            @Nullable Twin<C> twin,
            List<AuxiliaryTerm<C>> terms,
            @Nullable BatchObserver<C> observer) {
        if (encoder.coupling() != Encoder.Coupling.SEPARABLE) {
            throw new IllegalArgumentException(
                    "ContrastiveLearning: cached gradients need an encoder whose items do not "
                            + "depend on each other, but this one is " + encoder.coupling());
        }
        if (objective.needs().guide() && guide == null) {
            throw new IllegalArgumentException("ContrastiveLearning: the objective needs a guide, but none was given");
        }
        if (!objective.needs().memories().isEmpty() && memories == null) {
            throw new IllegalArgumentException("ContrastiveLearning: the objective reads "
                    + objective.needs().memories() + ", but no memories were given");
        }
        this.encoder = encoder;
        this.objective = objective;
        this.dropout = dropout;
        this.guide = guide;
        this.memories = memories;
        this.projections = projections;
        this.twin = twin;
        this.terms = List.copyOf(terms);
        this.observer = observer;
    }

    /** The same with terms that are no contrast, whose parameters were declared beside the encoder's. */
    public ContrastiveLearning<C> withAuxiliary(List<AuxiliaryTerm<C>> added) {
        return new ContrastiveLearning<>(
                encoder, objective, dropout, guide, memories, projections, twin, added, observer);
    }

    /** The same with somebody who looks on. */
    public ContrastiveLearning<C> withObserver(BatchObserver<C> looking) {
        return new ContrastiveLearning<>(
                encoder, objective, dropout, guide, memories, projections, twin, terms, looking);
    }

    /**
     * The same with a projection head, a predictor or an averaged twin, all as before their first step.
     *
     * @param settings whose arrays were declared beside the encoder's
     * @param follower the twin, if the settings' towers ask for one
     */
    public ContrastiveLearning<C> withTowers(TowerSettings settings, Optional<Twin<C>> follower, long seed) {
        if (settings.towers().averaged() != follower.isPresent()) {
            throw new IllegalArgumentException(
                    "ContrastiveLearning: a twin belongs to towers that are averaged, but these are "
                            + settings.towers());
        }
        Projections made = Projections.of(
                settings,
                encoder.parameters(),
                follower.map(each -> each.encoder().parameters()));
        made.start(seed);
        follower.ifPresent(Twin::start);
        return new ContrastiveLearning<>(
                encoder, objective, dropout, guide, memories, made, follower.orElse(null), terms, observer);
    }

    @Override
    public StepOutcome accumulate(Batch<C> batch, long address) {
        return accumulate(batch, address, true);
    }

    @Override
    public StepOutcome rehearse(Batch<C> batch, long address) {
        return accumulate(batch, address, false);
    }

    @Override
    public void stepped() {
        if (twin != null) {
            twin.follow();
        }
        if (memories != null) {
            memories.stepped();
        }
        if (observer != null) {
            observer.stepped();
        }
    }

    private StepOutcome accumulate(Batch<C> batch, long address, boolean kept) {
        try (Scope step = Scope.open("contrastive step")) {
            List<Tower> towers = objective.needs().towers().of(batch.columns().size());
            Set<Integer> learning = inputs(towers, Tower::ofModel);
            List<Batch.Chunk<C>> chunks = holding(batch, learning);
            int last = chunks.size() - 1;
            List<Tensor> found = new ArrayList<>();
            for (int i = 0; i < last; i++) {
                found.add(embed(encoder, chunks.get(i), dropoutAt(address, chunks.get(i))));
            }
            Pass lastPass = encoder.forward(chunks.get(last).input(), dropoutAt(address, chunks.get(last)));
            found.add(lastPass.output().detach());

            Map<Integer, Tensor> encoded = columns(found, chunks, batch, learning);
            Projections.Projected projected = projections.project(towers, encoded, ofTwin(batch, towers, address));
            Views views = withMemories(views(batch, towers, projected.views(), address), address);
            Evaluation evaluation = evaluate(views);
            Map<Integer, Tensor> flowing = projected.backward(evaluation.gradients());
            Map<String, AuxiliaryTerm.Found> added = auxiliary(batch, encoded, flowing, address);
            Gradients gradients = new Gradients(batch.rows(), flowing);

            // An encoder that stands still has nothing to carry back to.
            if (lastPass.output().requiresGrad()) {
                lastPass.backward(gradients.of(chunks.get(last)));
                for (int i = 0; i < last; i++) {
                    carryBack(chunks.get(i), dropoutAt(address, chunks.get(i)), gradients);
                }
            }
            if (kept) {
                projected.remember();
            }
            if (memories != null) {
                memories.learn(evaluation);
                if (kept) {
                    memories.remember(views, evaluation);
                }
            }
            return outcome(
                    evaluation, views, added, kept && observer != null ? observer.saw(batch, encoded) : Map.of());
        }
    }

    /** What the terms beside the contrast find; adds their gradients to those that flow back to the embeddings. */
    private Map<String, AuxiliaryTerm.Found> auxiliary(
            Batch<C> batch, Map<Integer, Tensor> encoded, Map<Integer, Tensor> flowing, long address) {
        Map<String, AuxiliaryTerm.Found> found = new LinkedHashMap<>();
        for (AuxiliaryTerm<C> term : terms) {
            AuxiliaryTerm.Found of = term.accumulate(batch, encoded, address);
            try (Grad off = Grad.disabled()) {
                of.gradients().forEach((column, gradient) -> flowing.merge(column, gradient, Tensor::add));
            }
            found.put(term.name(), of);
        }
        return found;
    }

    static Set<Integer> inputs(List<Tower> towers, Predicate<Tower> which) {
        return towers.stream().filter(which).map(Tower::input).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The chunks with something of these columns in them. */
    static <C> List<Batch.Chunk<C>> holding(Batch<C> batch, Set<Integer> columns) {
        return batch.chunks().stream()
                .filter(chunk ->
                        Arrays.stream(chunk.places()).anyMatch(place -> columns.contains(place / batch.rows())))
                .toList();
    }

    /** What the twin makes of the inputs that ask for it. */
    private Map<Integer, Tensor> ofTwin(Batch<C> batch, List<Tower> towers, long address) {
        Set<Integer> averaged = inputs(towers, tower -> !tower.ofModel());
        if (averaged.isEmpty()) {
            return Map.of();
        }
        if (twin == null) {
            throw new IllegalStateException(
                    "ContrastiveLearning: the objective compares with an averaged twin, but there is none");
        }
        List<Batch.Chunk<C>> chunks = holding(batch, averaged);
        boolean dropped = towers.stream().anyMatch(tower -> tower.source() == Tower.Source.AVERAGED);
        List<Tensor> found = new ArrayList<>();
        for (Batch.Chunk<C> chunk : chunks) {
            found.add(embed(twin.encoder(), chunk, dropped ? dropoutAt(address, chunk) : Dropout.off()));
        }
        return columns(found, chunks, batch, averaged);
    }

    private Dropout dropoutAt(long address, Batch.Chunk<C> chunk) {
        return Dropout.at(dropout, address, chunk.places());
    }

    static <C> Tensor embed(Encoder<C> encoder, Batch.Chunk<C> chunk, Dropout dropout) {
        try (Scope scope = Scope.open("embed chunk");
                Grad off = Grad.disabled()) {
            return scope.escape(encoder.forward(chunk.input(), dropout).output());
        }
    }

    private void carryBack(Batch.Chunk<C> chunk, Dropout dropout, Gradients gradients) {
        try (Scope scope = Scope.open("carry back chunk")) {
            Pass pass = encoder.forward(chunk.input(), dropout);
            pass.backward(gradients.of(chunk));
        }
    }

    /** The gradients of embeddings, to be looked up by the places of a chunk; zero for inputs that nothing learns from. */
    private static final class Gradients {

        private final int rows;
        private final Map<Integer, Integer> offsets = new HashMap<>();
        private final Tensor all;
        private final int zero;

        Gradients(int rows, Map<Integer, Tensor> byInput) {
            this.rows = rows;
            List<Tensor> parts = new ArrayList<>();
            byInput.forEach((input, gradient) -> {
                offsets.put(input, parts.size() * rows);
                parts.add(gradient);
            });
            zero = parts.size() * rows;
            try (Grad off = Grad.disabled()) {
                parts.add(parts.get(0).narrow(0, 0, 1).multiply(0));
                all = Tensor.concatenate(parts, 0);
            }
        }

        <C> Tensor of(Batch.Chunk<C> chunk) {
            int[] at = Arrays.stream(chunk.places())
                    .map(place -> row(offsets.get(place / rows), place % rows))
                    .toArray();
            return all.indexSelect(0, Tensor.indices(at));
        }

        private int row(@Nullable Integer offset, int row) {
            return offset == null ? zero : offset + row;
        }
    }

    /** The embeddings of some columns, rows in their order, from those of chunks. */
    static <C> Map<Integer, Tensor> columns(
            List<Tensor> found, List<Batch.Chunk<C>> chunks, Batch<C> batch, Set<Integer> columns) {
        int[] position = new int[batch.inputs()];
        int at = 0;
        for (Batch.Chunk<C> chunk : chunks) {
            for (int place : chunk.places()) {
                position[place] = at++;
            }
        }
        Map<Integer, Tensor> byColumn = new TreeMap<>();
        try (Grad off = Grad.disabled()) {
            Tensor all = Tensor.concatenate(found, 0);
            for (int column : columns) {
                int[] rows = Arrays.copyOfRange(position, column * batch.rows(), (column + 1) * batch.rows());
                byColumn.put(column, all.indexSelect(0, Tensor.indices(rows)));
            }
        }
        return byColumn;
    }

    private Views views(Batch<C> batch, List<Tower> towers, List<Tensor> values, long address) {
        long[] items = LongStream.range(0, batch.rows()).toArray();
        List<View> list = new ArrayList<>();
        for (int v = 0; v < towers.size(); v++) {
            Batch.Column column = batch.columns().get(towers.get(v).input());
            list.add(new View(column.role(), values.get(v), items, column.contents()));
        }
        Views views = Views.of(list).withAddress(address);
        if (batch.scores().length > 0) {
            views = views.withScores(batch.scores());
        }
        if (batch.teacherScores().length > 0) {
            views = views.withTeacherScores(batch.teacherScores());
        }
        if (batch.labels().length > 0) {
            views = views.withLabels(batch.labels());
        }
        if (batch.records().length > 0) {
            views = views.withRecords(batch.records());
        }
        return guide == null || !objective.needs().guide() ? views : views.withGuides(guide.embeddings(batch, towers));
    }

    private Views withMemories(Views views, long address) {
        if (memories == null) {
            return views;
        }
        try (Grad off = Grad.disabled()) {
            return memories.with(views, address);
        }
    }

    private Evaluation evaluate(Views views) {
        try (Grad off = Grad.disabled()) {
            return objective.evaluate(views);
        }
    }

    private StepOutcome outcome(
            Evaluation evaluation, Views views, Map<String, AuxiliaryTerm.Found> added, Map<String, Double> observed) {
        double loss = evaluation.loss();
        double chance = evaluation.chance();
        Map<String, Double> components = new LinkedHashMap<>(evaluation.components());
        for (Map.Entry<String, AuxiliaryTerm.Found> term : added.entrySet()) {
            AuxiliaryTerm.Found found = term.getValue();
            loss += found.weight() * found.value();
            chance += found.weight() * found.chance();
            components.put(term.getKey(), found.value());
        }
        components.putAll(observed);
        int watched = Math.min(WATCHED, views.list().get(0).rows());
        float[][] anchors = watched(views.list().get(0), watched);
        float[][] positives = views.first(ViewRole.POSITIVE)
                .map(view -> watched(view, watched))
                .orElseGet(() -> new float[0][]);
        return new StepOutcome(
                loss, chance, components, evaluation.maskedCells(), evaluation.skippedAnchors(), anchors, positives);
    }

    /** The first rows of a view; of many vectors their sum stands for all, and of those of several layers the last one's. */
    private float[][] watched(View view, int rows) {
        Tensor values = view.values().narrow(0, 0, rows);
        int layers = objective.needs().layers();
        if (layers > 0) {
            values = values.narrow(1, 0, values.size(1) / (1 + layers)).contiguous();
        }
        return (values.rank() == 2 ? values : values.sum(1, false)).toRows();
    }

    /**
     * What the projection head makes of embeddings, as the objective sees them; themselves where there is no head. A batch norm is
     * that of these rows.
     *
     * @param embeddings [n][d]
     */
    public float[][] projected(float[][] embeddings) {
        try (Scope scope = Scope.open("project");
                Grad off = Grad.disabled()) {
            return projections.apply(Tensor.of(embeddings)).toRows();
        }
    }

    /** The matrix W [width][width] of a linear predictor, which makes {@code W f} of a projection f; nothing for any other. */
    public Optional<float[][]> predictorMatrix() {
        try (Scope scope = Scope.open("predictor");
                Grad off = Grad.disabled()) {
            return projections.predictorMatrix().map(matrix -> matrix.detach().toRows());
        }
    }

    @Override
    public ParameterStore parameters() {
        return encoder.parameters();
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> arrays = new LinkedHashMap<>(encoder.parameters().named());
        if (twin != null) {
            arrays.putAll(twin.state());
        }
        return arrays;
    }
}
