package io.chiaro.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Signatures only; filled in the next commit. */
public final class TokenStore implements AutoCloseable {

    private TokenStore() {}

    /** Opens the store in a directory if it was built from this source, these roles and this encoder; else builds it. */
    public static TokenStore openOrBuild(
            Path directory, Path source, Roles roles, TextEncoder encoder, TokenStoreOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Opens a finished store, whatever it was built from. */
    public static TokenStore open(Path directory) {
        throw new UnsupportedOperationException();
    }

    /** Opens the store if it is finished and its fingerprints agree. */
    public static Optional<TokenStore> openIfCurrent(
            Path directory, Path source, Roles roles, TextEncoder encoder, TokenStoreOptions options) {
        throw new UnsupportedOperationException();
    }

    public long rows() {
        throw new UnsupportedOperationException();
    }

    public int columns() {
        return shape().texts();
    }

    public ExampleShape shape() {
        throw new UnsupportedOperationException();
    }

    public int length(long row, int column) {
        throw new UnsupportedOperationException();
    }

    public int[] tokens(long row, int column) {
        throw new UnsupportedOperationException();
    }

    /** Copies the tokens into an array from an offset on; returns their number. */
    public int tokens(long row, int column, int[] into, int at) {
        throw new UnsupportedOperationException();
    }

    public long contentHash(long row, int column) {
        throw new UnsupportedOperationException();
    }

    public double score(long row) {
        return score(row, 0);
    }

    public double score(long row, int index) {
        throw new UnsupportedOperationException();
    }

    public int label(long row) {
        throw new UnsupportedOperationException();
    }

    public List<String> labels() {
        throw new UnsupportedOperationException();
    }

    /** The line of the source file, so that an error can name it. */
    public long line(long row) {
        throw new UnsupportedOperationException();
    }

    public Path source() {
        throw new UnsupportedOperationException();
    }

    public Roles roles() {
        throw new UnsupportedOperationException();
    }

    public String encoderFingerprint() {
        throw new UnsupportedOperationException();
    }

    /** A hash of everything in the store. */
    public String fingerprint() {
        throw new UnsupportedOperationException();
    }

    public long totalTokens() {
        throw new UnsupportedOperationException();
    }

    /** The longest sequence of a column. */
    public int longest(int column) {
        throw new UnsupportedOperationException();
    }

    public int longest() {
        throw new UnsupportedOperationException();
    }

    /** Texts whose tokens fill the encoder's limit. */
    public long truncated() {
        throw new UnsupportedOperationException();
    }

    public SkipReport skipped() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
