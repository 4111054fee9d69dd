package io.chiaro.search;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;

/**
 * Folders right in another, each under a checked name. One grows under a hidden name and gets its own when it is whole and on the disk;
 * one that is removed loses its name first. So a kill leaves whole folders and, at worst, a hidden one that {@link #sweep} or the next of
 * that name takes away. Safe for any thread.
 */
final class NamedFolders {

    private static final int LONGEST_SHOWN = 80;

    /**
     * No separators and no dot at either end, and no device of Windows, whatever its ending: a name is that of a folder right here, on
     * every file system.
     */
    private static final String NAME =
            "(?!(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(\\.|$))" + "[A-Za-z0-9_]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?";

    private static final Pattern NAMES = Pattern.compile(NAME);

    /** Begins with a dot, which no name does. */
    private static final Pattern UNFINISHED = Pattern.compile("\\." + NAME + "\\.part");

    private final Path parent;
    private final String what;

    /**
     * Folders in another, which may be missing as long as it has none.
     *
     * @param what each of them is, with its article, for errors
     */
    NamedFolders(Path parent, String what) {
        this.parent = parent.toAbsolutePath();
        this.what = what;
    }

    /** Whether a folder may be called so. */
    static boolean isName(String name) {
        return NAMES.matcher(name).matches();
    }

    /**
     * Where the folder of a name is or would be.
     *
     * @throws ChiaroException of kind data if that is no name
     */
    Path place(String name) {
        if (!isName(name)) {
            throw ChiaroException.data("expected the name of " + what + ", 1 to 64 letters, digits, dots, hyphens and"
                    + " underscores that neither begins with a dot or a hyphen nor ends with a dot, and no device of Windows,"
                    + " but found \""
                    + (name.length() > LONGEST_SHOWN ? name.substring(0, LONGEST_SHOWN) + "..." : name) + "\".");
        }
        return parent.resolve(name);
    }

    /**
     * Makes a folder.
     *
     * @param fill fills one that is missing
     * @return where it is
     * @throws ChiaroException of kind data if that is no name, of kind usage if it is taken, of kind resources if it cannot be written
     */
    synchronized Path make(String name, Consumer<Path> fill) {
        Path place = place(name);
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            throw ChiaroException.usage(
                    place + ": expected the name of " + what + " that is new, but this one is there. Choose another.");
        }
        Path unfinished = unfinished(name);
        try {
            delete(unfinished);
            AtomicFiles.createFolder(parent);
            try {
                fill.accept(unfinished);
                Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                // There only if something went wrong, which may be that the disk is full.
                delete(unfinished);
            }
            IOUtils.fsync(parent, true);
            return place;
        } catch (IOException | UncheckedIOException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    /** The folders that have a name, in the order of their names; links are none. */
    synchronized List<Path> all() {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(child -> isName(child.getFileName().toString()))
                    .filter(child -> Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS))
                    .sorted(Comparator.comparing(child -> child.getFileName().toString()))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    parent + ": expected a folder that can be listed, but found: " + e.getMessage()
                            + ". Check the folder.",
                    e);
        }
    }

    /**
     * Takes a folder's name away, durably; {@link #sweep} takes the rest.
     *
     * @return whether it was there
     * @throws ChiaroException of kind data if that is no name, of kind resources if it cannot be renamed
     */
    synchronized boolean hide(String name) {
        Path place = place(name);
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Path unfinished = unfinished(name);
        try {
            delete(unfinished);
            Files.move(place, unfinished, StandardCopyOption.ATOMIC_MOVE);
            IOUtils.fsync(parent, true);
            return true;
        } catch (IOException | UncheckedIOException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    /** Takes away what {@link #hide} left of a name, as far as that can be: a part that stays is in nobody's way. */
    synchronized void sweep(String name) {
        try {
            delete(unfinished(name));
        } catch (IOException | UncheckedIOException stays) {
            // Of its name it is gone already, and the next sweep tries again.
        }
    }

    /** Takes away all that was hidden or never got its name; nobody else may be at work here. */
    synchronized void sweep() {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (Stream<Path> children = Files.list(parent)) {
            for (Path child : children.toList()) {
                if (UNFINISHED.matcher(child.getFileName().toString()).matches()) {
                    delete(child);
                }
            }
        } catch (IOException | UncheckedIOException stays) {
            // It hinders nobody, and the next sweep tries again.
        }
    }

    private Path unfinished(String name) {
        return parent.resolve("." + name + ".part");
    }

    /** Takes a folder with its files away, if it is there; links are taken away and not followed. */
    private static void delete(Path unfinished) throws IOException {
        if (!Files.exists(unfinished, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(unfinished)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }
}
