package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Finds and opens the files of a data set. */
final class DataFiles {

    private static final Set<String> VALIDATION = Set.of("dev", "val", "valid", "validation", "trial");
    private static final List<String> FORMS = List.of(".csv", ".tsv", ".jsonl");

    private DataFiles() {}

    /** Text in strict UTF-8, unzipped if the name ends in .gz, without a byte order mark. */
    static BufferedReader reader(Path file) {
        try {
            InputStream in = Files.newInputStream(file);
            try {
                if (file.toString().endsWith(".gz")) {
                    in = new GZIPInputStream(in, 1 << 16);
                }
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(
                                in,
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPORT)
                                        .onUnmappableCharacter(CodingErrorAction.REPORT)),
                        1 << 16);
                reader.mark(1);
                if (reader.read() != '\uFEFF') {
                    reader.reset();
                }
                return reader;
            } catch (IOException | RuntimeException e) {
                in.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static ChiaroException unreadable(Path file, Throwable cause) {
        return ChiaroException.of(
                ChiaroException.Kind.DATA,
                file.toAbsolutePath() + ": expected a readable file of UTF-8 text, but found " + cause
                        + ". Check the path and the encoding.",
                cause);
    }

    /** The file name without .gz and the ending that says its form. */
    static String stem(Path file) {
        String name = name(file);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /** The file name without .gz. */
    static String name(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }

    static boolean isTable(Path file) {
        return FORMS.stream().anyMatch(name(file)::endsWith);
    }

    /** The one file of the split; a file stands for itself. */
    static Path find(Path data, String split) {
        return found(data, split).orElseThrow(() -> {
            List<Path> matching = matching(data, split);
            return ChiaroException.data(
                    data.toAbsolutePath() + ": expected one file of the split \"" + split + "\", for example "
                            + split + ".csv or name-" + split + ".jsonl, but found "
                            + (matching.isEmpty() ? "none among " + names(list(data)) : names(matching))
                            + ". Name the file itself or choose another split.");
        });
    }

    private static List<Path> matching(Path data, String split) {
        return list(data).stream()
                .filter(DataFiles::isTable)
                .filter(file -> isSplit(file, split))
                .toList();
    }

    /** The same, or nothing where there is none or more than one. */
    static Optional<Path> found(Path data, String split) {
        if (Files.isRegularFile(data)) {
            return Optional.of(data);
        }
        List<Path> tables = list(data).stream().filter(DataFiles::isTable).toList();
        List<Path> matching = matching(data, split);
        if (matching.size() == 1) {
            return Optional.of(matching.get(0));
        }
        if (matching.isEmpty() && tables.size() == 1 && splitOf(tables.get(0)).isEmpty()) {
            return Optional.of(tables.get(0));
        }
        // Plain text is taken for a table only under the name of a split: a README may lie beside the data.
        List<Path> plain = list(data).stream()
                .filter(file -> name(file).endsWith(".txt") && isSplit(file, split))
                .toList();
        return matching.isEmpty() && plain.size() == 1 ? Optional.of(plain.get(0)) : Optional.empty();
    }

    /** The sibling of a file that holds another split, if there is one. */
    static Optional<Path> sibling(Path file, String otherSplit) {
        Path folder = file.toAbsolutePath().getParent();
        Optional<String> own = splitOf(file);
        if (folder == null || own.isEmpty() || matches(own.get(), otherSplit)) {
            return Optional.empty();
        }
        String stem = stem(file);
        String before = stem.substring(0, stem.length() - own.get().length());
        return list(folder).stream()
                .filter(DataFiles::isTable)
                .filter(other ->
                        stem(other).startsWith(before) && matches(stem(other).substring(before.length()), otherSplit))
                .findFirst();
    }

    static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw ChiaroException.data(folder.toAbsolutePath()
                    + ": expected a data file or a folder of them, but found nothing. Check the path.");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    static boolean isSplit(Path file, String split) {
        return splitOf(file).filter(own -> matches(own, split)).isPresent();
    }

    /** The word at the end of the file's name that names a split. */
    private static Optional<String> splitOf(Path file) {
        String stem = stem(file);
        List<String> words = new ArrayList<>(VALIDATION);
        words.add("train");
        words.add("test");
        for (String word : words) {
            if (stem.equals(word)
                    || (stem.endsWith(word) && "-_.".indexOf(stem.charAt(stem.length() - word.length() - 1)) >= 0)) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }

    /** Whether a word names the split; validation has many names. */
    static boolean matches(String own, String split) {
        return own.equals(split) || (VALIDATION.contains(own) && VALIDATION.contains(split));
    }

    static String names(List<Path> files) {
        return files.isEmpty()
                ? "no files"
                : String.join(
                        ", ",
                        files.stream()
                                .map(file -> String.valueOf(file.getFileName()))
                                .toList());
    }
}
