package io.chiaro.benchmarks.effects;

import java.util.List;

/** The claims that are tried, in the order of the page. */
final class Claims {

    private static final PictureBench PICTURES = new PictureBench("pictures", 150, 256, PictureBench.Change.NONE);
    private static final PictureBench SMALL =
            new PictureBench("pictures, small batches", 600, 32, PictureBench.Change.NONE);
    private static final PictureBench NOISY =
            new PictureBench("pictures with wrong labels", 150, 256, PictureBench.Change.NOISY_LABELS);
    private static final PictureBench LONG_TAIL =
            new PictureBench("pictures with a long tail", 150, 128, PictureBench.Change.LONG_TAIL);

    private static final List<Claim> ALL = List.of(
            new Claim(
                    "dcl-at-32",
                    List.of(109),
                    "DCL is better than InfoNCE at batch 32, one temperature (Yeh et al. 2022)",
                    "knn-accuracy",
                    SMALL.arm("dcl").with("temperature", "0.1"),
                    SMALL.arm("nt-xent").with("temperature", "0.1")),
            new Claim(
                    "debiased",
                    List.of(233),
                    "Negatives should be corrected for unseen positives (Chuang et al. 2020)",
                    "accuracy",
                    PICTURES.arm("debiased"),
                    PICTURES.arm("nt-xent")));

    private Claims() {}

    static List<Claim> all() {
        return ALL;
    }
}
