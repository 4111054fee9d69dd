/**
 * Judging: what an embedding model or a ranker is worth on data with known answers, and how each figure came about.
 *
 * <p>{@link io.chiaro.eval.Evaluation} is the entry. It sees systems only as {@link io.chiaro.model.Embedder} and
 * {@link io.chiaro.model.Ranker}, reads benchmark folders as they are published, and gives a
 * {@link io.chiaro.eval.Report}: metrics by key and the {@link io.chiaro.eval.Protocol} that they hold for.
 *
 * <pre>{@code
 * EvaluationOptions options = EvaluationOptions.defaults();
 * try (Embedder model = ...; Embedder random = RandomEncoder.create(384, 42)) {
 *     Report tuned = Evaluation.run(Task.STS, Path.of("data/stsb"), options, model);
 *     Report floor = Evaluation.run(Task.STS, Path.of("data/stsb"), options, random);
 *     String table = Report.table(List.of(floor, tuned));
 *     tuned.write(Path.of("report.json"));
 * }
 * }</pre>
 *
 * <p>A figure without a floor says little: judge {@link io.chiaro.eval.RandomEncoder} beside a model and, for retrieval,
 * BM25 of the search module through {@link io.chiaro.eval.Evaluation#retrieval(RetrievalData, EvaluationOptions, Ranker)}.
 *
 * <p>Threads: an evaluation calls the system from one thread; scoring uses as many as the options say. Reports, protocols
 * and data are immutable.
 */
@NullMarked
package io.chiaro.eval;

import org.jspecify.annotations.NullMarked;
