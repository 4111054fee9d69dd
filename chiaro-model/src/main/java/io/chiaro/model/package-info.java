/**
 * A model as its files describe it, and the interfaces through which judging, indexing and serving see one.
 *
 * <p>{@link io.chiaro.model.ModelDirectory} opens and writes a directory in the layout of sentence-transformers;
 * {@link io.chiaro.model.ModelSpecification} is what such a directory says: encoder, poolings, prompts, limit.
 * {@link io.chiaro.model.Tokenizer} turns text into ids. {@link io.chiaro.model.Embedder} turns texts into vectors and
 * {@link io.chiaro.model.Ranker} ranks documents; other modules implement them.
 *
 * <pre>{@code
 * ModelDirectory model = ModelDirectory.open(Path.of("out/model"));
 * ModelSpecification specification = model.specification();
 * try (Tokenizer tokenizer = model.openTokenizer();
 *         Safetensors weights = model.openWeights()) {
 *     BertWeightNames names = BertWeightNames.checked(specification.config(), weights);
 *     int[] ids = tokenizer.encode("a text", specification.maxTokens());
 *     float[] table = weights.floats(names.inFile().get("embeddings.word_embeddings.weight"));
 * }
 * }</pre>
 *
 * <p>Threads: values, directories and tokenizers serve any thread; an embedder says which rule it keeps.
 */
@NullMarked
package io.chiaro.model;

import org.jspecify.annotations.NullMarked;
