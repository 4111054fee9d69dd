/**
 * Work for a model, in batches of a token budget: {@link io.chiaro.serve.batch.BatchQueue} takes the texts of requests
 * as {@link io.chiaro.serve.batch.Job}s, refuses what would wait too long, and lets a few threads compute them, texts of like
 * length together and the oldest always first. Nothing here knows of HTTP.
 */
@NullMarked
package io.chiaro.serve.batch;

import org.jspecify.annotations.NullMarked;
