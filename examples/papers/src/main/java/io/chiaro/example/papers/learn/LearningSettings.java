package io.chiaro.example.papers.learn;

/**
 * How a model is trained and judged.
 *
 * @param base the model that is tuned: a name, a folder, or {@code fresh:tiny} and the like
 * @param steps of training
 * @param batch pairs that are contrasted with each other in a step
 * @param maxTokens where texts are cut in training, which costs time for each token; judging reads all that the model takes
 * @param heldOut pairs that are only judged by
 * @param seed of what is held out and of training
 * @param threads of computing
 */
public record LearningSettings(
        String base, int steps, int batch, int maxTokens, double learningRate, int heldOut, long seed, int threads) {}
