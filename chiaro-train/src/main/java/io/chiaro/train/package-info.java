/**
 * The run: the training loop, its memory plan, its checkpoints, and what it tells while it goes on.
 *
 * <p>A run tells what happens as {@link io.chiaro.train.TrainingEvent}s, plain Java values without any tensor, to every
 * {@link io.chiaro.train.TrainingListener}. Three listeners stand here: {@link io.chiaro.train.ProgressBar} for the eye,
 * {@link io.chiaro.train.JsonLines} for the disk, and {@link io.chiaro.train.RunReport} for the page that remains,
 * written with {@link io.chiaro.train.HtmlReport}:
 *
 * <pre>{@code
 * RunReport report = RunReport.create();
 * try (JsonLines lines = JsonLines.create(out.resolve("events.jsonl"))) {
 *     ProgressBar bar = ProgressBar.create(System.err, ProgressBar.Display.onTerminal(), System::nanoTime);
 *     TrainingListener listener = TrainingListener.all(List.of(lines, bar, report));
 *     // ... the run calls listener.on(event) for each event ...
 * }
 * report.write(out.resolve("report.html"), provenance);
 * }</pre>
 *
 * <p>{@link io.chiaro.train.CheckpointStore} keeps what a run needs to go on; a kill at any moment leaves the last
 * checkpoint whole. {@link io.chiaro.train.EarlyStopping} knows the best judgement and when to stop, and
 * {@link io.chiaro.train.CollapseVerdict} whether the embeddings still tell items apart.
 *
 * <p>Threads: events, verdicts and states are immutable. Listeners and stores are mutable and belong to the thread that
 * trains.
 */
@NullMarked
package io.chiaro.train;

import org.jspecify.annotations.NullMarked;
