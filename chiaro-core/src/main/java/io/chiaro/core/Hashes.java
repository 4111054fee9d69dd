package io.chiaro.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 (FIPS 180-4) of bytes, files and streams, as 64 lower-case hexadecimal digits. Safe for any thread. */
public final class Hashes {

    private static final int BUFFER = 1 << 16;

    private Hashes() {}

    /** The hash of bytes. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    /** The hash of a file's content, read in pieces. */
    public static String sha256(Path file) {
        return sha256(List.of(file));
    }

    /** The hash of the contents of several files, one after the other as if they were one. */
    public static String sha256(List<Path> files) {
        MessageDigest digest = digest();
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                update(digest, in);
            } catch (IOException e) {
                throw ChiaroException.of(
                        ChiaroException.Kind.RESOURCES,
                        file.toAbsolutePath() + ": expected a readable file, but found: " + AtomicFiles.reason(e)
                                + ". Check the path and its rights.",
                        e);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The hash of what several streams hold, one after the other; the streams are read to their ends, not closed. */
    public static String sha256(InputStream... streams) throws IOException {
        MessageDigest digest = digest();
        for (InputStream in : streams) {
            update(digest, in);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
