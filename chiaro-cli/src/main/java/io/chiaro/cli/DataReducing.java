package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.filtering.RowLines;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.data.BadRows;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.MinHash;
import io.chiaro.data.RecordReader;
import io.chiaro.data.Reduction;
import io.chiaro.data.Roles;
import io.chiaro.data.Row;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.vision.PictureFiles;
import io.chiaro.vision.PictureFolder;
import io.chiaro.vision.PictureLikeness;
import io.chiaro.vision.PictureModel;
import io.chiaro.vision.Pictures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reduces data sets. */
final class DataReducing {

    private static final String EMBEDDING = "embedding";
    private static final String ENTROPY = "entropy";
    private static final String EQUAL_TEXTS = "equal-texts";
    private static final String MIN_HASH = "min-hash";
    private static final double SHARED = 0.8;
    private static final double COSINE = 0.95;
    private static final double BITS = 1;
    private static final int AT_ONCE = 256;
    private static final List<String> OF_PICTURES = Stream.concat(
                    Arrays.stream(PictureLikeness.values()).map(DataReducing::written), Stream.of(EMBEDDING, ENTROPY))
            .toList();
    private static final List<String> OF_TEXTS = List.of(EQUAL_TEXTS, MIN_HASH, EMBEDDING);

    /** What was found, and how each item is called: by its place from 0, or its line. */
    private record Found(Reduction reduction, long[] names, String by, double threshold) {}

    private DataReducing() {}

    static Object run(Output output, DataReduceCommand told) throws IOException {
        if (told.window != null && told.window < 1) {
            throw ChiaroException.usage("--window: expected a whole number from 1 on, but found " + told.window + ".");
        }
        Path data = Judging.located(told.data);
        boolean pictures = PictureFiles.recognizes(data);
        String by = told.by != null ? told.by : pictures ? written(PictureLikeness.DIFFERENCE_HASH) : EQUAL_TEXTS;
        List<String> valid = pictures ? OF_PICTURES : OF_TEXTS;
        if (!valid.contains(by)) {
            throw ChiaroException.usage("--by: no measure of " + (pictures ? "pictures" : "texts") + " is called \""
                    + by + "\". " + Names.hint(by, valid));
        }
        refuse("--model", told.model, by.equals(EMBEDDING), "--by " + by);
        refuse("--roles", told.roles, !pictures, "pictures");
        refuse("--split", told.split, pictures, "texts");
        refuse("--window", told.window, !by.equals(ENTROPY) && !by.equals(EQUAL_TEXTS), "--by " + by);
        refuse("--threshold", told.threshold, !by.equals(EQUAL_TEXTS), "--by " + by);
        if (by.equals(EMBEDDING) && told.model == null) {
            throw ChiaroException.usage(
                    "--by embedding: expected the model that embeds, but found none. Give --model.");
        }
        Found found = pictures ? pictures(data, by, told) : texts(output, data, by, told);
        return said(output, data, told, found);
    }

    private static void refuse(String option, @Nullable Object value, boolean serves, String what) {
        if (value != null && !serves) {
            throw ChiaroException.usage(option + ": has no effect on " + what + ". Leave it out.");
        }
    }

    private static String written(PictureLikeness likeness) {
        return likeness.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static int window(DataReduceCommand told) {
        return told.window == null ? 0 : told.window;
    }

    private static Found pictures(Path data, String by, DataReduceCommand told) {
        PictureFiles.Options options = PictureFiles.Options.defaults();
        Pictures read = PictureFiles.read(data, told.split == null ? options : options.withSplit(told.split));
        double threshold;
        Reduction reduction;
        if (by.equals(ENTROPY)) {
            threshold = told.threshold == null ? BITS : told.threshold;
            reduction = Reduction.below(PictureLikeness.entropies(read), threshold);
        } else if (by.equals(EMBEDDING)) {
            threshold = told.threshold == null ? COSINE : told.threshold;
            reduction = Reduction.ofAlike(
                    read.count(), window(told), Reduction.cosine(embedded(read, Path.of(told.model))), threshold);
        } else {
            PictureLikeness likeness =
                    PictureLikeness.valueOf(by.toUpperCase(Locale.ROOT).replace('-', '_'));
            boolean hash = likeness.threshold() < 0;
            threshold = told.threshold == null ? Math.abs(likeness.threshold()) : told.threshold;
            reduction = Reduction.ofAlike(read.count(), window(told), likeness.of(read), hash ? -threshold : threshold);
        }
        if (told.out != null) {
            PictureFolder.write(read.select(reduction.kept()), told.out);
        }
        return new Found(
                reduction, IntStream.range(0, read.count()).asLongStream().toArray(), by, threshold);
    }

    private static float[][] embedded(Pictures pictures, Path model) {
        if (!PictureModel.isIn(model)) {
            throw ChiaroException.usage("--model: expected the folder of a picture model, but found " + model + ".");
        }
        try (PictureModel opened = PictureModel.load(model)) {
            return opened.embed(pictures);
        }
    }

    private static Found texts(Output output, Path data, String by, DataReduceCommand told) throws IOException {
        List<Example> examples = new ArrayList<>();
        try (ExampleReader reader = ExampleReader.open(data, roles(data, told.roles), BadRows.STOP)) {
            for (Example example = reader.next(); example != null; example = reader.next()) {
                examples.add(example);
            }
        }
        double usual = by.equals(MIN_HASH) ? SHARED : COSINE;
        double threshold = told.threshold == null ? usual : told.threshold;
        Reduction reduction = switch (by) {
            case EQUAL_TEXTS ->
                Reduction.ofEqualTexts(examples.stream().map(Example::texts).toList());
            case MIN_HASH -> sharingWords(output, examples, window(told), threshold);
            default -> Reduction.ofAlike(examples.size(), window(told), embedded(examples, told), threshold);
        };
        long[] lines = examples.stream().mapToLong(Example::line).toArray();
        if (told.out != null) {
            write(
                    data,
                    told,
                    Arrays.stream(reduction.kept()).mapToLong(i -> lines[i]).toArray());
        }
        return new Found(reduction, lines, by, by.equals(EQUAL_TEXTS) ? 1 : threshold);
    }

    private static Roles roles(Path data, @Nullable String told) {
        if (told != null) {
            return Roles.parse(told);
        }
        try (RecordReader reader = RecordReader.open(data)) {
            return Roles.defaults(data, reader.columns());
        }
    }

    /** By the least share of wording of any text of two records. */
    private static Reduction sharingWords(Output output, List<Example> examples, int window, double threshold) {
        int columns = examples.isEmpty() ? 0 : examples.get(0).texts().size();
        List<MinHash> all = IntStream.range(0, columns)
                .mapToObj(column -> MinHash.of(examples.stream()
                        .map(example -> example.texts().get(column))
                        .toList()))
                .toList();
        try (Progress progress = output.progress("comparing", "records", examples.size())) {
            return Reduction.ofSharedWording(all, window, threshold, () -> progress.more(1));
        }
    }

    /** The least cosine of any text of two records. */
    private static Reduction.Likeness embedded(List<Example> examples, DataReduceCommand told) {
        int columns = examples.isEmpty() ? 0 : examples.get(0).texts().size();
        List<Reduction.Likeness> all = new ArrayList<>();
        try (Embedder embedder = Models.open(Optional.ofNullable(told.model).orElseThrow(), told.computeThreads())) {
            for (int c = 0; c < columns; c++) {
                int column = c;
                float[][] vectors = new float[examples.size()][];
                for (int from = 0; from < vectors.length; from += AT_ONCE) {
                    List<String> some = examples.subList(from, Math.min(vectors.length, from + AT_ONCE)).stream()
                            .map(example -> example.texts().get(column))
                            .toList();
                    System.arraycopy(embedder.embed(some, TextRole.TEXT), 0, vectors, from, some.size());
                }
                all.add(Reduction.cosine(vectors));
            }
        }
        return (item, earlier) ->
                all.stream().mapToDouble(one -> one.of(item, earlier)).min().orElse(0);
    }

    private static void write(Path data, DataReduceCommand told, long[] lines) throws IOException {
        Path file = Optional.ofNullable(told.out).orElseThrow();
        OutputFiles.requireJsonLines("--out", file);
        OutputFiles.refuseOver("--out", file, data);
        Set<Long> kept = new HashSet<>();
        Arrays.stream(lines).forEach(kept::add);
        boolean byPosition = told.roles != null && Roles.parse(told.roles).byPosition();
        AtomicFiles.write(file, into -> {
            try (RecordReader reader = RecordReader.open(data, byPosition)) {
                for (Row row = reader.next(); row != null; row = reader.next()) {
                    if (kept.contains(row.line())) {
                        RowLines.write(into, data, row);
                    }
                }
            }
        });
    }

    private static Object said(Output output, Path data, DataReduceCommand told, Found found) {
        Reduction reduction = found.reduction();
        int count = found.names().length;
        int kept = reduction.kept().length;
        output.say(String.format(
                Locale.ROOT,
                "%,d of %,d items stay, %,d dropped by %s at %s",
                kept,
                count,
                count - kept,
                found.by(),
                Double.toString(found.threshold())));
        List<Map<String, Object>> drops = new ArrayList<>();
        for (Reduction.Drop drop : reduction.drops()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("item", found.names()[drop.item()]);
            if (drop.like() >= 0) {
                one.put("like", found.names()[drop.like()]);
            }
            one.put("measure", drop.measure());
            drops.add(one);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("data", data.toString());
        document.put("items", count);
        document.put("kept", kept);
        document.put("dropped", count - kept);
        document.put("by", found.by());
        document.put("threshold", found.threshold());
        if (told.window != null) {
            document.put("window", told.window);
        }
        document.put("drops", drops);
        return document;
    }
}
