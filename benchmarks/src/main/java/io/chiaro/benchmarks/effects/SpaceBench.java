package io.chiaro.benchmarks.effects;

import io.chiaro.core.metric.ClusterAgreement;
import io.chiaro.core.metric.EmbeddingGeometry;
import io.chiaro.data.KMeans;
import io.chiaro.eval.diagnostics.AugmentationConcentration;
import io.chiaro.eval.diagnostics.GeneralizationGap;
import io.chiaro.eval.diagnostics.MeanClassifier;
import io.chiaro.vision.AugmentationRecipe;
import io.chiaro.vision.PictureBuffer;
import io.chiaro.vision.PictureEmbedder;
import io.chiaro.vision.PictureTraining;
import io.chiaro.vision.Pictures;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The digits of {@link PictureBench}, where theory says something of the space that an arm learns.
 *
 * @param pictures what is learned from and how long
 * @param look what is asked of the space
 */
record SpaceBench(PictureBench pictures, Look look) implements Bench {

    private static final int LOOKED_AT = 500;
    private static final int CLASSES = 10;
    private static final int STARTS = 10;

    /** What is asked of the space. */
    enum Look {
        VIEWS(
                "eight views of 500 pictures not learned from, by the augmentation of the arm; concentration of their pixels, alignment"
                        + " and uniformity behind the head") {
            private static final double SHARE = 0.9;
            private static final int SEEN = 8;

            @Override
            Map<String, Double> figures(Judged run) {
                Map<String, Double> figures = new LinkedHashMap<>();
                figures.put("accuracy", run.accuracy(run.train, run.test));
                Pictures some = run.test.select(IntStream.range(0, LOOKED_AT).toArray());
                List<float[][]> views = units(run.projected(some, 2));
                double alignment = EmbeddingGeometry.alignment(views.get(0), views.get(1));
                double uniformity = EmbeddingGeometry.uniformity(views.get(0));
                figures.put("alignment", alignment);
                figures.put("uniformity", uniformity);
                figures.put("alignment and uniformity", alignment + uniformity);
                AugmentationConcentration found =
                        AugmentationConcentration.of(run.pixels(some, SEEN), some.labels(), SHARE);
                figures.put("concentration", (found.lower() + found.upper()) / 2);
                return figures;
            }
        },
        FINER_CLASSES("learned with labels that say only whether a digit is below five, judged by the digit") {
            @Override
            Pictures learned(Pictures all) {
                return all.withLabels(Arrays.stream(all.labels())
                        .map(label -> label < 5 ? 0 : 1)
                        .toArray());
            }

            @Override
            Map<String, Double> figures(Judged run) {
                Map<String, Double> figures = new LinkedHashMap<>();
                figures.put("accuracy", run.accuracy(run.train, run.test));
                figures.put("coarse accuracy", run.accuracy(learned(run.train), learned(run.test)));
                return figures;
            }
        },
        NEGATIVES(
                "contrast of two views by k negatives at temperature 0.5, of the 500 pictures learned from and 500 others") {
            private static final int[] NEGATIVES = {1, 4, 16, 64, 256};

            @Override
            Pictures learned(Pictures all) {
                return all.select(IntStream.range(0, LOOKED_AT).toArray());
            }

            @Override
            Map<String, Double> figures(Judged run) {
                List<GeneralizationGap> gaps = GeneralizationGap.of(
                        pairs(run, learned(run.train)), pairs(run, learned(run.test)), NEGATIVES, 0.5, run.seed);
                Map<String, Double> figures = new LinkedHashMap<>();
                for (GeneralizationGap gap : gaps) {
                    figures.put("loss at " + gap.negatives(), gap.unseen());
                    figures.put("gap at " + gap.negatives(), gap.gap());
                }
                GeneralizationGap last = gaps.get(gaps.size() - 1);
                figures.put("growth of the gap", last.gap() / gaps.get(0).gap());
                figures.put("growth that a logarithm allows", last.logarithmicGrowth());
                figures.put("growth that proportion allows", last.linearGrowth());
                return figures;
            }

            private GeneralizationGap.Pairs pairs(Judged run, Pictures pictures) {
                List<float[][]> views = run.projected(pictures, 2);
                return new GeneralizationGap.Pairs(views.get(0), views.get(1));
            }
        },
        CLUSTERS("pictures not learned from, whose cluster is the largest of ten numbers behind the head") {
            @Override
            Map<String, Double> figures(Judged run) {
                float[][] features = run.embedder.embed(run.test);
                int[] labels = run.test.labels();
                Map<String, Double> figures = new LinkedHashMap<>();
                figures.put("accuracy of clusters", agreement(labels, largest(run.training.projected(features))));
                figures.put(
                        "accuracy of k-means", agreement(labels, KMeans.cluster(features, CLASSES, STARTS, run.seed)));
                return figures;
            }

            private double agreement(int[] labels, int[] clusters) {
                return ClusterAgreement.of(labels, clusters).accuracy();
            }

            private int[] largest(float[][] rows) {
                return Arrays.stream(rows)
                        .mapToInt(row -> IntStream.range(0, row.length)
                                .reduce((a, b) -> row[b] > row[a] ? b : a)
                                .orElseThrow())
                        .toArray();
            }
        },
        MEANS(
                "2,000 pictures not learned from, their digits as latent classes, cosines behind the head at temperature 0.5") {
            @Override
            Map<String, Double> figures(Judged run) {
                MeanClassifier found =
                        MeanClassifier.of(run.training.projected(run.embedder.embed(run.test)), run.test.labels(), 0.5);
                Map<String, Double> figures = new LinkedHashMap<>();
                figures.put("contrastive loss", found.contrastive());
                figures.put("loss of the mean classifier", found.supervised());
                figures.put("bound on it", found.bound());
                figures.put("accuracy of the mean classifier", found.accuracy());
                return figures;
            }
        };

        private final String words;

        Look(String words) {
            this.words = words;
        }

        Pictures learned(Pictures all) {
            return all;
        }

        abstract Map<String, Double> figures(Judged run);
    }

    /** A finished run with what it is asked by. */
    private record Judged(
            PictureTraining training,
            PictureEmbedder embedder,
            AugmentationRecipe augmentation,
            Pictures train,
            Pictures test,
            long seed) {

        double accuracy(Pictures learned, Pictures judged) {
            return PictureBench.probe(embedder.embed(learned), learned, embedder.embed(judged), judged)
                    .accuracy();
        }

        /** What stands behind the head, of views. */
        List<float[][]> projected(Pictures pictures, int count) {
            return IntStream.range(0, count)
                    .mapToObj(view -> training.projected(embedder.embed(view(pictures, view))))
                    .toList();
        }

        List<float[][]> pixels(Pictures pictures, int count) {
            return IntStream.range(0, count)
                    .mapToObj(view -> floats(view(pictures, view)))
                    .toList();
        }

        private static float[][] floats(Pictures pictures) {
            float[][] rows = new float[pictures.count()][pictures.size().numbers()];
            for (int i = 0; i < rows.length; i++) {
                pictures.floats(i, rows[i], 0);
            }
            return rows;
        }

        /** Views that no step of the run has seen. */
        private Pictures view(Pictures pictures, int view) {
            byte[][] pixels = new byte[pictures.count()][];
            PictureBuffer buffer = new PictureBuffer(pictures.size());
            for (int i = 0; i < pixels.length; i++) {
                pictures.floats(i, buffer.pixels(), 0);
                augmentation.apply(buffer, seed, i, -1, view);
                pixels[i] = bytes(buffer.pixels());
            }
            return Pictures.of(pictures.size(), pixels, pictures.labels(), pictures.labelNames(), pictures.source());
        }

        private static byte[] bytes(float[] numbers) {
            byte[] bytes = new byte[numbers.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) Math.round(255 * Math.min(1, Math.max(0, numbers[i])));
            }
            return bytes;
        }
    }

    @Override
    public String name() {
        return pictures.name();
    }

    @Override
    public Map<String, Object> budget() {
        Map<String, Object> budget = new LinkedHashMap<>(pictures.budget());
        budget.put("judged by", look.words);
        return budget;
    }

    @Override
    public Map<String, Double> figures(Arm arm, long seed, Path folder, Path out) {
        PictureBench.Data data = PictureBench.data(folder);
        String augmentation = arm.set().getOrDefault("augmentation", PictureBench.VIEWS);
        try (PictureTraining training = pictures.trained(arm, look.learned(data.train()), seed, folder, out)) {
            return look.figures(new Judged(
                    training,
                    PictureEmbedder.of(training.model().encoder()),
                    AugmentationRecipe.named(augmentation),
                    data.train(),
                    data.test(),
                    seed));
        }
    }

    private static List<float[][]> units(List<float[][]> views) {
        for (float[][] view : views) {
            for (float[] row : view) {
                double squares = 0;
                for (float number : row) {
                    squares += (double) number * number;
                }
                float length = (float) Math.max(Math.sqrt(squares), 1e-12);
                for (int k = 0; k < row.length; k++) {
                    row[k] /= length;
                }
            }
        }
        return views;
    }
}
