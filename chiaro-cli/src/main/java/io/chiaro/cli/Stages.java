package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Progress;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Reranker;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TextRole;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows the progress of models that work one after the other, each under a name of its own. One thread. */
final class Stages implements AutoCloseable {

    private final Output output;
    private String what = "";
    private @Nullable Progress progress;

    Stages(Output output) {
        this.output = output;
    }

    /** A model whose texts are counted; to be closed is left to the caller's. */
    Embedder watched(Embedder embedder, String name) {
        return new Embedder() {
            @Override
            public float[][] embed(List<String> texts, TextRole role) {
                Progress shown = stage(name, "texts");
                float[][] vectors = embedder.embed(texts, role);
                shown.more(texts.size());
                return vectors;
            }

            @Override
            public ModelDescription description() {
                return embedder.description();
            }

            @Override
            public void close() {}
        };
    }

    /** The same for a model that scores. */
    Reranker watched(Reranker reranker, String name) {
        return new Reranker() {
            @Override
            public float[] score(String query, List<String> texts) {
                Progress shown = stage(name, "candidates");
                float[] scores = reranker.score(query, texts);
                shown.more(texts.size());
                return scores;
            }

            @Override
            public RerankerDescription description() {
                return reranker.description();
            }

            @Override
            public void close() {}
        };
    }

    private Progress stage(String name, String unit) {
        Progress shown = progress;
        if (shown == null || !name.equals(what)) {
            close();
            what = name;
            shown = output.progress(name, unit, 0);
            progress = shown;
        }
        return shown;
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
