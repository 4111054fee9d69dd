package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.judging.Judging;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.Names;
import io.chiaro.model.Document;
import io.chiaro.search.mining.HardNegatives;
import io.chiaro.search.mining.PseudoQueries;
import io.chiaro.search.mining.PseudoQueries.Method;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes pairs out of a collection and writes them as records to learn from. */
final class PseudoQuestioning {

    private PseudoQuestioning() {}

    static Object run(Output output, DataPseudoQueriesCommand told) {
        List<String> keys = Arrays.stream(Method.values()).map(Method::key).toList();
        if (!keys.contains(told.by)) {
            throw ChiaroException.usage(
                    "--by: no way to make questions is called \"" + told.by + "\". " + Names.hint(told.by, keys));
        }
        Method method = Method.values()[keys.indexOf(told.by)];
        Path corpus = Judging.located(told.corpus);
        OutputFiles.requireJsonLines("--out", told.out);
        OutputFiles.refuseOver("--out", told.out, corpus);
        PseudoQueries.Made[] made = new PseudoQueries.Made[1];
        AtomicFiles.write(told.out, stream -> {
            made[0] = new PseudoQueries(method, told.perDocument, told.seed)
                    .of(() -> Document.read(corpus), pair -> write(stream, pair));
            if (made[0].pairs() == 0) {
                throw ChiaroException.data(corpus + ": expected documents that give pairs by " + told.by
                        + ", but found none among " + made[0].documents() + ". Take another way.");
            }
        });
        output.say(String.format(
                Locale.ROOT,
                "%,d pairs by %s of %,d documents; %,d gave none",
                made[0].pairs(),
                told.by,
                made[0].documents(),
                made[0].without()));
        output.note("wrote " + told.out);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("by", told.by);
        document.put("documents", made[0].documents());
        document.put("pairs", made[0].pairs());
        document.put("without", made[0].without());
        document.put("seed", told.seed);
        return document;
    }

    private static void write(OutputStream stream, HardNegatives.Pair pair) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("anchor", pair.anchor());
        line.put("positive", pair.positive());
        try {
            stream.write((Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
