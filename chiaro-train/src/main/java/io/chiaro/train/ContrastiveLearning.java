package io.chiaro.train;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;
import io.chiaro.nn.Pass;
import io.chiaro.objective.Evaluation;
import io.chiaro.objective.Objective;
import io.chiaro.objective.View;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.Views;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Learning from an objective over the embeddings of a batch, by cached gradients (Gao et al., 2021): every chunk is
 * encoded without a graph, the objective gives the gradient of each embedding, and each chunk is encoded once more to
 * carry its gradients back. So the batch is a statistical choice and the chunk is only memory. Dropout masks
 * belong to items and not to chunks, so the second pass meets those of the first, and the result equals that of one large
 * pass, whatever the chunks.
 *
 * <p>The pass of the last chunk is kept from the first round, so a batch of one chunk is encoded once.
 *
 * @param <C> what a chunk is
 */
public final class ContrastiveLearning<C> implements Learning<C> {

    /** Rows of a batch that the collapse verdict looks at. */
    private static final int WATCHED = 256;

    private final Encoder<C> encoder;
    private final Objective objective;
    private final double dropout;
    private final @Nullable Encoder<C> guide;
    private final @Nullable Memories memories;

    /**
     * Learning with an encoder and an objective that remembers nothing.
     *
     * @param dropout probability of dropout inside the encoder
     * @param guide a frozen encoder whose embeddings the objective may ask for, or null
     */
    public ContrastiveLearning(Encoder<C> encoder, Objective objective, double dropout, @Nullable Encoder<C> guide) {
        this(encoder, objective, dropout, guide, null);
    }

    /**
     * Learning with an encoder and an objective.
     *
     * @param dropout probability of dropout inside the encoder
     * @param guide a frozen encoder whose embeddings the objective may ask for, or null
     * @param memories what the objective reads beside the batch, or null if that is nothing
     */
    public ContrastiveLearning(
            Encoder<C> encoder,
            Objective objective,
            double dropout,
            @Nullable Encoder<C> guide,
            @Nullable Memories memories) {
        if (encoder.coupling() != Encoder.Coupling.SEPARABLE) {
            throw new IllegalArgumentException(
                    "ContrastiveLearning: cached gradients need an encoder whose items do not "
                            + "depend on each other, but this one is " + encoder.coupling());
        }
        if (objective.needs().guide() && guide == null) {
            throw new IllegalArgumentException("ContrastiveLearning: the objective needs a guide, but none was given");
        }
        this.encoder = encoder;
        this.objective = objective;
        this.dropout = dropout;
        if (!objective.needs().memories().isEmpty() && memories == null) {
            throw new IllegalArgumentException("ContrastiveLearning: the objective reads "
                    + objective.needs().memories() + ", but no memories were given");
        }
        this.guide = guide;
        this.memories = memories;
    }

    @Override
    public StepOutcome accumulate(Batch<C> batch, long address) {
        return accumulate(batch, address, true);
    }

    @Override
    public void rehearse(Batch<C> batch, long address) {
        accumulate(batch, address, false);
    }

    private StepOutcome accumulate(Batch<C> batch, long address, boolean kept) {
        int last = batch.chunks().size() - 1;
        try (Scope step = Scope.open("contrastive step")) {
            List<Tensor> found = new ArrayList<>();
            List<int[]> places = new ArrayList<>();
            for (int i = 0; i < last; i++) {
                found.add(embed(
                        encoder,
                        batch.chunks().get(i),
                        dropoutAt(address, batch.chunks().get(i))));
                places.add(batch.chunks().get(i).places());
            }
            Batch.Chunk<C> lastChunk = batch.chunks().get(last);
            Pass lastPass = encoder.forward(lastChunk.input(), dropoutAt(address, lastChunk));
            found.add(lastPass.output().detach());
            places.add(lastChunk.places());

            Tensor embeddings = arrange(found, places);
            Views views = withMemories(views(batch, embeddings), address);
            Evaluation evaluation = evaluate(views);
            Tensor gradients = Tensor.concatenate(evaluation.gradients(), 0);

            lastPass.backward(gradients.indexSelect(0, Tensor.indices(lastChunk.places())));
            for (int i = 0; i < last; i++) {
                carryBack(
                        batch.chunks().get(i), dropoutAt(address, batch.chunks().get(i)), gradients);
            }
            if (memories != null) {
                memories.learn(evaluation);
                if (kept) {
                    memories.remember(views, evaluation);
                }
            }
            return outcome(evaluation, views);
        }
    }

    private Dropout dropoutAt(long address, Batch.Chunk<C> chunk) {
        return Dropout.at(dropout, address, chunk.places());
    }

    private static <C> Tensor embed(Encoder<C> encoder, Batch.Chunk<C> chunk, Dropout dropout) {
        try (Scope scope = Scope.open("embed chunk");
                Grad off = Grad.disabled()) {
            return scope.escape(encoder.forward(chunk.input(), dropout).output());
        }
    }

    private void carryBack(Batch.Chunk<C> chunk, Dropout dropout, Tensor gradients) {
        try (Scope scope = Scope.open("carry back chunk")) {
            Pass pass = encoder.forward(chunk.input(), dropout);
            pass.backward(gradients.indexSelect(0, Tensor.indices(chunk.places())));
        }
    }

    /** The embeddings of all chunks in the order of the grid. */
    private static Tensor arrange(List<Tensor> found, List<int[]> places) {
        int inputs = places.stream().mapToInt(each -> each.length).sum();
        int[] position = new int[inputs];
        int at = 0;
        for (int[] each : places) {
            for (int place : each) {
                position[place] = at++;
            }
        }
        try (Grad off = Grad.disabled()) {
            return Tensor.concatenate(found, 0).indexSelect(0, Tensor.indices(position));
        }
    }

    private Views views(Batch<C> batch, Tensor embeddings) {
        int rows = batch.rows();
        long[] items = LongStream.range(0, rows).toArray();
        List<View> list = new ArrayList<>();
        List<Tensor> guides = guideEmbeddings(batch);
        for (int c = 0; c < batch.columns().size(); c++) {
            Batch.Column column = batch.columns().get(c);
            list.add(new View(column.role(), embeddings.narrow(0, (long) c * rows, rows), items, column.contents()));
        }
        Views views = Views.of(list);
        if (batch.scores().length > 0) {
            views = views.withScores(batch.scores());
        }
        if (batch.teacherScores().length > 0) {
            views = views.withTeacherScores(batch.teacherScores());
        }
        if (batch.labels().length > 0) {
            views = views.withLabels(batch.labels());
        }
        return guides == null ? views : views.withGuides(guides);
    }

    private @Nullable List<Tensor> guideEmbeddings(Batch<C> batch) {
        Encoder<C> frozen = guide;
        if (frozen == null || !objective.needs().guide()) {
            return null;
        }
        List<Tensor> found = new ArrayList<>();
        List<int[]> places = new ArrayList<>();
        for (Batch.Chunk<C> chunk : batch.chunks()) {
            found.add(embed(frozen, chunk, Dropout.off()));
            places.add(chunk.places());
        }
        Tensor all = arrange(found, places);
        List<Tensor> columns = new ArrayList<>();
        for (int c = 0; c < batch.columns().size(); c++) {
            columns.add(all.narrow(0, (long) c * batch.rows(), batch.rows()));
        }
        return columns;
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

    private static StepOutcome outcome(Evaluation evaluation, Views views) {
        int watched = Math.min(WATCHED, views.list().get(0).rows());
        float[][] anchors = views.list().get(0).values().narrow(0, 0, watched).toRows();
        float[][] positives = views.first(ViewRole.POSITIVE)
                .map(view -> view.values().narrow(0, 0, watched).toRows())
                .orElseGet(() -> new float[0][]);
        return new StepOutcome(
                evaluation.loss(),
                evaluation.chance(),
                evaluation.components(),
                evaluation.maskedCells(),
                evaluation.skippedAnchors(),
                anchors,
                positives);
    }

    @Override
    public ParameterStore parameters() {
        return encoder.parameters();
    }
}
