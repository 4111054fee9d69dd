package io.chiaro.cli.suite;

import io.chiaro.core.Hashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What files hold, as one hash: that of the names below a folder and of their contents, or of a file's content. */
final class Fingerprint {

    private Fingerprint() {}

    static String of(Path fileOrFolder) {
        if (!Files.isDirectory(fileOrFolder)) {
            return Hashes.sha256(fileOrFolder);
        }
        List<Path> files;
        try (Stream<Path> below = Files.walk(fileOrFolder)) {
            files = below.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StringBuilder all = new StringBuilder();
        files.forEach(file -> all.append(fileOrFolder.relativize(file))
                .append('\n')
                .append(Hashes.sha256(file))
                .append('\n'));
        return Hashes.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
    }
}
