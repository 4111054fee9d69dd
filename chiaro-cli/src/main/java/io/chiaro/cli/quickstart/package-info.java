/**
 * The quickstart: a reverse dictionary learned from WordNet 3.1. From a definition, find the word among all lemmas.
 *
 * <p>{@link io.chiaro.cli.quickstart.Lexicon} reads WordNet from its Maven artifact; {@link
 * io.chiaro.cli.quickstart.ReverseDictionary} makes of it a collection, test questions and training pairs that share no
 * meaning and no lemma; {@link io.chiaro.cli.quickstart.Quickstart} trains on the pairs and judges on the questions.
 *
 * <pre>{@code
 * Lexicon lexicon = Lexicon.load();
 * ReverseDictionary dictionary = ReverseDictionary.of(lexicon, 2_000, 42);
 * dictionary.counts().lines().forEach(System.err::println);
 * dictionary.write(Path.of("out/data"));
 * for (ReverseDictionary.Question question : dictionary.questions()) {
 *     // question.definition() is what is asked, question.lemmas() are the right answers
 * }
 * }</pre>
 *
 * <p>The records are immutable and safe for any thread. WordNet is a work of Princeton University, free to use under its
 * licence, whose notice stands in NOTICE.
 */
@NullMarked
package io.chiaro.cli.quickstart;

import org.jspecify.annotations.NullMarked;
