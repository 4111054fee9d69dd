/**
 * Pictures: reading them, making views of them, and encoding them by small convolutional nets.
 *
 * <pre>{@code
 * Pictures pictures = PictureFiles.read(Path.of("cifar10_train.zip"), PictureFiles.Options.defaults());
 * PictureBatches batches = PictureBatches.of(
 *         pictures, AugmentationRecipe.named("symmetric"), PictureBatches.Options.defaults(256));
 * try (PictureModel model = PictureModel.fresh(ConvConfig.named("tiny", 3), 42)) {
 *     Learning<PictureChunk> learning =
 *             new ContrastiveLearning<>(model.encoder(), Recipes.named("nt-xent").create(), 0, null);
 *     // new Trainer<>(batches, learning, ...).run(...)
 *     float[][] vectors = PictureEmbedder.of(model.encoder()).embed(pictures);
 * }
 * }</pre>
 *
 * <p>A picture is a row of numbers, channels last: the number of row y, column x and channel c stands at {@code (y * width +
 * x) * channels + c}. In files and in {@link io.chiaro.vision.Pictures} it is a byte from 0 to 255, in views and chunks a
 * float from 0 to 1.
 *
 * <p>Threads: {@link io.chiaro.vision.Pictures}, augmentations and their recipes are immutable; encoders and models belong to
 * one thread; views are made by several, and are the same bits whatever their number.
 */
@NullMarked
package io.chiaro.vision;

import org.jspecify.annotations.NullMarked;
