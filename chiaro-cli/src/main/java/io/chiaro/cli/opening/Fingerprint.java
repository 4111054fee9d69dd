package io.chiaro.cli.opening;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What files hold, as one hash: that of the names below a folder and of their contents, or of a file's content. */
public final class Fingerprint {

    private Fingerprint() {}

    /** Of several, in their order. */
    public static String of(List<Path> filesOrFolders) {
        List<String> each = filesOrFolders.stream().map(Fingerprint::of).toList();
        return each.size() == 1
                ? each.get(0)
                : Hashes.sha256(String.join("\n", each).getBytes(StandardCharsets.UTF_8));
    }

    /** Of one. */
    public static String of(Path fileOrFolder) {
        if (!Files.isDirectory(fileOrFolder)) {
            return Hashes.sha256(fileOrFolder);
        }
        List<Path> files;
        // A link stands for what it leads to, which may be another tomorrow.
        try (Stream<Path> below = Files.walk(fileOrFolder, FileVisitOption.FOLLOW_LINKS)) {
            files = below.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    fileOrFolder.toAbsolutePath() + ": expected a folder whose files can be read, but found: "
                            + e.getMessage() + ". Check its rights and its links.",
                    e);
        }
        StringBuilder all = new StringBuilder();
        files.forEach(file -> all.append(fileOrFolder.relativize(file))
                .append('\n')
                .append(Hashes.sha256(file))
                .append('\n'));
        return Hashes.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
    }
}
