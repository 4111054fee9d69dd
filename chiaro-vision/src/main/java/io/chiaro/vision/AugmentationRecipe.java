package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Names;
import io.chiaro.core.RandomStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A named list of augmentations for each view. View v takes list v; views beyond the last list take the lists again from the
 * first, so one list makes all views alike. Each view is a function of (seed, picture, step, view): it is the same bits
 * whichever thread makes it and whatever was made before.
 *
 * @param name how protocols call it
 * @param views for each view what is done, in this order
 */
public record AugmentationRecipe(String name, List<List<Augmentation>> views) {

    private static final double FLIP = 0.5;
    private static final double JITTER = 0.8;
    private static final double GREY = 0.2;
    private static final double BLUR = 0.5;

    /**
     * Views at 32 x 32 as published code makes them. The words "SimCLR augmentation" do not fix one, so each has its source:
     * {@code lightly-} and {@code moco-} by the benchmarks of lightly and of MoCo on CIFAR, {@code multi-crop} by DINO's paper (Caron et al., ICCV
     * 2021: two large crops, all others small), all others by solo-learn.
     */
    private static final Map<String, AugmentationRecipe> NAMED = named();

    public AugmentationRecipe {
        views = views.stream().map(List::copyOf).toList();
        if (views.isEmpty()) {
            throw new IllegalArgumentException("AugmentationRecipe: expected at least one view, but found none");
        }
    }

    private static Map<String, AugmentationRecipe> named() {
        Augmentation strong = new ColourJitter(0.8, 0.8, 0.8, 0.2);
        Augmentation weak = new ColourJitter(0.4, 0.4, 0.4, 0.1);
        Augmentation pale = new ColourJitter(0.4, 0.4, 0.2, 0.1);
        Map<String, AugmentationRecipe> all = new LinkedHashMap<>();
        add(all, "none", List.of());
        add(all, "flip", List.of(new HorizontalFlip().withProbability(FLIP)));
        add(all, "crop-flip", List.of(RandomResizedCrop.of(0.2), new HorizontalFlip().withProbability(FLIP)));
        add(all, "digits", List.of(new SmallMotion(15, 0.1, 0.15, 0)));
        add(all, "symmetric", colours(0.08, strong, BLUR, 0));
        add(all, "symmetric-weak", colours(0.08, weak, BLUR, 0));
        add(all, "asymmetric", colours(0.08, pale, 0, 0), colours(0.08, pale, 0, 0.2));
        add(all, "ressl", colours(0.08, pale, BLUR, 0), List.of(RandomResizedCrop.of(0.08), flip()));
        add(
                all,
                "multi-crop",
                crops(0.4, 1),
                crops(0.4, 1),
                crops(0.05, 0.4),
                crops(0.05, 0.4),
                crops(0.05, 0.4),
                crops(0.05, 0.4));
        add(all, "vicreg", colours(0.2, pale, 0, 0.1));
        add(all, "w-mse", colours(0.2, strong, 0, 0));
        add(all, "moco-cifar", colours(0.08, weak, 0, 0));
        add(all, "lightly-simclr", colours(0.08, weak, 0, 0));
        return all;
    }

    @SafeVarargs
    private static void add(Map<String, AugmentationRecipe> all, String name, List<Augmentation>... views) {
        all.put(name, new AugmentationRecipe(name, List.of(views)));
    }

    /** Crops of a range of areas, with the colours of DINO but for its blur. */
    private static List<Augmentation> crops(double leastArea, double mostArea) {
        RandomResizedCrop whole = RandomResizedCrop.of(leastArea);
        return colours(
                new RandomResizedCrop(leastArea, mostArea, whole.leastAspect(), whole.mostAspect()),
                new ColourJitter(0.4, 0.4, 0.2, 0.1),
                0,
                0);
    }

    private static Augmentation flip() {
        return new HorizontalFlip().withProbability(FLIP);
    }

    private static List<Augmentation> colours(double leastArea, Augmentation jitter, double blur, double solarise) {
        return colours(RandomResizedCrop.of(leastArea), jitter, blur, solarise);
    }

    private static List<Augmentation> colours(
            RandomResizedCrop crop, Augmentation jitter, double blur, double solarise) {
        List<Augmentation> list = new ArrayList<>();
        list.add(crop);
        list.add(jitter.withProbability(JITTER));
        list.add(new Grey().withProbability(GREY));
        if (blur > 0) {
            list.add(GaussianBlur.defaults().withProbability(blur));
        }
        if (solarise > 0) {
            list.add(Solarise.defaults().withProbability(solarise));
        }
        list.add(flip());
        return list;
    }

    /** The names of those that are built in. */
    public static List<String> names() {
        return List.copyOf(NAMED.keySet());
    }

    /**
     * One of those that are built in.
     *
     * @throws ChiaroException of kind usage for any other name
     */
    public static AugmentationRecipe named(String name) {
        AugmentationRecipe found = NAMED.get(name);
        if (found == null) {
            throw ChiaroException.usage("augmentation: expected the name of an augmentation recipe, but found \"" + name
                    + "\". " + Names.hint(name, NAMED.keySet()));
        }
        return found;
    }

    /** What pictures are trained with unless somebody says otherwise: that of colours, or small motions for grey. */
    public static AugmentationRecipe usual(PictureSize size) {
        return named(size.channels() == 3 ? "symmetric" : "digits");
    }

    /** The same augmentations for all views. */
    public static AugmentationRecipe of(String name, Augmentation... augmentations) {
        return new AugmentationRecipe(name, List.of(List.of(augmentations)));
    }

    /**
     * Makes a view of a picture.
     *
     * @param picture the picture, which becomes the view
     * @param seed of the run
     * @param index which picture of its set it is
     * @param step of the run, or any number that tells one view of the picture from a later one
     * @param view which column it is for, from 0
     */
    public void apply(PictureBuffer picture, long seed, int index, long step, int view) {
        List<Augmentation> list = views.get(view % views.size());
        if (list.isEmpty()) {
            return;
        }
        RandomStream random = RandomStream.of(seed, "view", index, step, view);
        for (Augmentation augmentation : list) {
            augmentation.apply(picture, random);
        }
    }

    /** All choices in one line a view. */
    public String describe() {
        return views.stream()
                .map(list -> list.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]")))
                .collect(Collectors.joining("\n"));
    }

    /** SHA-256 of {@link #describe}: what a protocol must have in common with another. */
    public String hash() {
        return Hashes.sha256(describe().getBytes(StandardCharsets.UTF_8));
    }
}
