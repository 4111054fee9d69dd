package io.chiaro.cli.judging;

import io.chiaro.eval.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of judging.
 *
 * @param report with the protocol
 * @param remarks lines below its table, of what only this kind of model has
 * @param more the same for its document
 */
public record Judgement(Report report, List<String> remarks, Map<String, Object> more) {

    static Judgement of(Report report) {
        return new Judgement(report, List.of(), Map.of());
    }

    /** The report's document with what only this kind has. */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>(report.document());
        document.putAll(more);
        return document;
    }
}
