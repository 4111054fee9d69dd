package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens files, unpacking those named {@code .gz}, and puts I/O failures into words. */
final class Inputs {

    private Inputs() {}

    static InputStream open(Path file) {
        InputStream raw = null;
        try {
            raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            boolean packed =
                    file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".gz");
            return packed ? new GZIPInputStream(raw, 1 << 16) : raw;
        } catch (IOException failure) {
            if (raw != null) {
                close(raw, file);
            }
            throw unreadable(file, "at its beginning", failure);
        }
    }

    static ChiaroException unreadable(Path file, String where, IOException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean gzip = cause instanceof ZipException || cause instanceof EOFException;
        String found = gzip ? "the gzip stream is broken or cut off" : "reading failed";
        return ChiaroException.of(
                ChiaroException.Kind.DATA,
                file.toAbsolutePath() + ": expected readable data, but " + found + " " + where + " ("
                        + failure.getMessage() + "). Get the file again.",
                failure);
    }

    static void close(Closeable closeable, Path file) {
        try {
            closeable.close();
        } catch (IOException failure) {
            throw unreadable(file, "when it was closed", failure);
        }
    }
}
