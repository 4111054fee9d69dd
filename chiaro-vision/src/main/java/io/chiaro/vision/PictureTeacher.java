package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.nio.file.Path;
import java.util.List;

/**
 * What says which pictures are alike before anything was contrasted: an {@code autoencoder} that learns from the pictures first, the
 * folder of a picture model, or {@code labels}, what is known of each picture.
 */
record PictureTeacher(Kind kind, String name) {

    enum Kind {
        AUTOENCODER,
        LABELS,
        MODEL
    }

    private static final String AUTOENCODER = "autoencoder";
    private static final String LABELS = "labels";

    /** Reads a setting; classes tell only where they may. */
    static PictureTeacher of(String setting, String name, boolean orLabels) {
        if (name.equals(AUTOENCODER)) {
            return new PictureTeacher(Kind.AUTOENCODER, name);
        }
        if (orLabels && name.equals(LABELS)) {
            return new PictureTeacher(Kind.LABELS, name);
        }
        if (PictureModel.isIn(Path.of(name))) {
            return new PictureTeacher(Kind.MODEL, name);
        }
        throw ChiaroException.usage("set " + setting + ": expected " + AUTOENCODER + (orLabels ? ", " + LABELS : "")
                + " or the folder of a picture model, but found \"" + name + "\". "
                + Names.hint(name, orLabels ? List.of(AUTOENCODER, LABELS) : List.of(AUTOENCODER)));
    }

    /** Its name with its whole path, so that a run resumes from any folder. */
    static String absolute(String name) {
        return name.equals(AUTOENCODER) || name.equals(LABELS)
                ? name
                : Path.of(name).toAbsolutePath().toString();
    }

    /** A vector for each picture, [pictures][numbers]; what must be learned for it is learned here. */
    float[][] vectors(Pictures pictures, long seed) {
        return switch (kind) {
            case AUTOENCODER -> {
                try (DenoisingAutoencoder autoencoder =
                        DenoisingAutoencoder.of(pictures, DenoisingAutoencoder.Settings.defaults(), seed)) {
                    yield autoencoder.latents();
                }
            }
            case LABELS -> classes(pictures);
            case MODEL -> {
                try (PictureModel model = PictureModel.load(Path.of(name))) {
                    yield model.embed(pictures);
                }
            }
        };
    }

    /** The same about their mean, for who compares directions. */
    float[][] centred(Pictures pictures, long seed) {
        float[][] vectors = vectors(pictures, seed);
        double[] mean = new double[vectors[0].length];
        for (float[] vector : vectors) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += (double) vector[k] / vectors.length;
            }
        }
        for (float[] vector : vectors) {
            for (int k = 0; k < mean.length; k++) {
                vector[k] -= (float) mean[k];
            }
        }
        return vectors;
    }

    private static float[][] classes(Pictures pictures) {
        if (!pictures.labelled()) {
            throw ChiaroException.usage("set guide=labels: needs a class for each picture, but the pictures have none. "
                    + "Sort them into a folder for each class.");
        }
        float[][] vectors = new float[pictures.count()][pictures.labelNames().size()];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i][pictures.label(i)] = 1;
        }
        return vectors;
    }

    /** For people to read. */
    @Override
    public String toString() {
        return name;
    }
}
