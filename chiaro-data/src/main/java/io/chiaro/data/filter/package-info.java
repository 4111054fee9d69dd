/**
 * Which pairs of a file are worth learning from, and why the others are not.
 *
 * <p>A {@link io.chiaro.data.filter.PairRule} looks at one pair and drops it or not. Those of
 * {@link io.chiaro.data.filter.TextRuleSettings} look at the two texts, those of
 * {@link io.chiaro.data.filter.MeasureRuleSettings} at what a model finds of them. A
 * {@link io.chiaro.data.filter.PairFilter} asks all of them and counts by which of them pairs were dropped. A new rule is one class
 * that implements the interface.
 *
 * <pre>{@code
 * PairFilter<TextPair> filter = PairFilter.of(TextRuleSettings.captions().rules());
 * try (PairReader reader = PairReader.open(file, roles, BadRows.STOP)) {
 *     for (PairRow row = reader.next(); row != null; row = reader.next()) {
 *         filter.see(row.pair());
 *     }
 * }
 * // The same again with filter.drops(row.pair(), row.line()), which tells the rule that drops the pair, if one does.
 * filter.tallies().forEach(tally -> ...);
 * }</pre>
 *
 * <p><b>Memory.</b> Rules that count texts or words hold 24 to 48 bytes for each different one, never the texts themselves.
 *
 * <p><b>Threads.</b> A filter and its rules belong to one thread and to one file. Nothing here draws random numbers but by an address.
 */
@NullMarked
package io.chiaro.data.filter;

import org.jspecify.annotations.NullMarked;
