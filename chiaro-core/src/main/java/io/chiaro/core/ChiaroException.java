package io.chiaro.core;

import org.jspecify.annotations.Nullable;

/**
 * The one exception that Chiaro throws for what a user can mend. The message is a single readable sentence of the form
 * <em>where: what was expected, but what was found. What to do.</em>
 *
 * <p>Mistakes of a programmer against the API are {@link IllegalArgumentException} and {@link IllegalStateException}.
 */
public final class ChiaroException extends RuntimeException {

    /** What went wrong, by the part that has to be mended; the exit code is the one of the command line. */
    public enum Kind {
        /** A wrong option, name or combination. */
        USAGE(2),
        /** A file of records that cannot be read as asked. */
        DATA(3),
        /** A model directory, weight file, checkpoint or index that cannot be used. */
        MODEL(4),
        /** Memory, disk, threads or native libraries. */
        RESOURCES(5),
        /** Stopped by the user. */
        INTERRUPTED(130);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        /** The exit code of a command that ends with this kind of error. */
        public int exitCode() {
            return exitCode;
        }
    }

    private final Kind kind;

    private ChiaroException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** An error of the given kind. */
    public static ChiaroException of(Kind kind, String message) {
        return new ChiaroException(kind, message, null);
    }

    /** An error of the given kind that another one caused. */
    public static ChiaroException of(Kind kind, String message, Throwable cause) {
        return new ChiaroException(kind, message, cause);
    }

    /** A wrong option, name or combination. */
    public static ChiaroException usage(String message) {
        return of(Kind.USAGE, message);
    }

    /** Records that cannot be read as asked. */
    public static ChiaroException data(String message) {
        return of(Kind.DATA, message);
    }

    /** A model, checkpoint or index that cannot be used. */
    public static ChiaroException model(String message) {
        return of(Kind.MODEL, message);
    }

    /** Memory, disk, threads or native libraries that do not suffice. */
    public static ChiaroException resources(String message) {
        return of(Kind.RESOURCES, message);
    }

    /** What has to be mended. */
    public Kind kind() {
        return kind;
    }
}
