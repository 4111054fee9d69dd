package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * PNG and JPEG pictures in folders, or in a zip of folders. The class of a picture is its folder: the names of the folders
 * above it, without those that all pictures have in common. Pictures come in the order of their paths. Files whose name begins
 * with a dot, and those of {@code __MACOSX}, are no part of the set; any other file that is no picture is refused.
 */
final class PictureTree {

    private static final int MOST_BYTES = 1 << 26;
    private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

    private PictureTree() {}

    /** The bytes of a file. */
    private interface Content {
        InputStream open() throws IOException;
    }

    /** Whether a folder holds a picture, at any depth. */
    static boolean isTree(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.anyMatch(path -> isPicture(path.toString()));
        } catch (IOException e) {
            throw unreadable(folder.toString(), e);
        }
    }

    private static boolean isPicture(String path) {
        String name = path.toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(name::endsWith);
    }

    static Pictures folder(Path folder, PictureFiles.Options options) {
        Path root = folder.toAbsolutePath();
        TreeMap<String, Content> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
                files.put(root.relativize(path).toString().replace('\\', '/'), () -> Files.newInputStream(path));
            }
            return read(root.toString(), files, options);
        } catch (IOException e) {
            throw unreadable(root.toString(), e);
        }
    }

    static Pictures zip(Path file, PictureFiles.Options options) {
        String where = file.toAbsolutePath().toString();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            TreeMap<String, Content> files = new TreeMap<>();
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                if (!entry.isDirectory() && files.put(entry.getName(), () -> zip.getInputStream(entry)) != null) {
                    throw ChiaroException.data(where + ", " + entry.getName()
                            + ": expected each name once, but found it twice. Pack the folder anew.");
                }
            }
            return read(where, files, options);
        } catch (IOException e) {
            throw unreadable(where, e);
        }
    }

    private static Pictures read(String root, TreeMap<String, Content> all, PictureFiles.Options options) {
        Map<String, Content> files = chosen(root, all, options.inside());
        String common = commonFolder(files.keySet());
        TreeSet<String> classes = new TreeSet<>();
        files.keySet().forEach(path -> classes.add(classOf(path, common)));
        List<String> names = List.copyOf(classes);
        if (names.size() > 1 && names.get(0).isEmpty()) {
            String stray = files.keySet().stream()
                    .filter(path -> classOf(path, common).isEmpty())
                    .findFirst()
                    .orElseThrow();
            throw ChiaroException.data(root + ", " + stray
                    + ": expected every picture in the folder of its class, but found it beside the folders. Move it.");
        }
        // Pictures without any folder of their own have no class.
        boolean labelled = names.size() > 1 || !names.get(0).isEmpty();
        Map<String, Integer> numbers = new LinkedHashMap<>();
        names.forEach(name -> numbers.put(name, numbers.size()));

        List<String> paths = List.copyOf(files.keySet());
        List<PictureDecoder.Decoded> decoded = new ArrayList<>();
        int[] labels = new int[labelled ? paths.size() : 0];
        files.forEach((path, content) -> {
            String where = root + ", " + path;
            PictureDecoder.Decoded picture = PictureDecoder.decode(where, bytes(where, content));
            if (labelled) {
                labels[decoded.size()] = numbers.getOrDefault(classOf(path, common), 0);
            }
            decoded.add(options.resize().map(picture::resized).orElse(picture));
            requireSameSize(root, paths, decoded);
        });
        int channels = options.channels()
                .orElseGet(() -> decoded.stream()
                        .mapToInt(each -> each.size().channels())
                        .max()
                        .orElse(1));
        PictureSize first = decoded.get(0).size();
        byte[][] pixels = new byte[decoded.size()][];
        for (int i = 0; i < pixels.length; i++) {
            PictureDecoder.Decoded each = decoded.get(i);
            pixels[i] = Channels.convert(each.pixels(), each.size().channels(), channels);
        }
        return Pictures.of(
                new PictureSize(first.height(), first.width(), channels),
                pixels,
                labels,
                labelled ? names : List.of(),
                options.inside().isEmpty() ? root : root + ", " + options.inside());
    }

    private static Map<String, Content> chosen(String root, TreeMap<String, Content> all, String inside) {
        String prefix = inside.isEmpty() || inside.endsWith("/") ? inside : inside + "/";
        Map<String, Content> files = new LinkedHashMap<>();
        all.forEach((path, content) -> {
            if (!path.startsWith(prefix) || isHidden(path)) {
                return;
            }
            if (leadsOut(path)) {
                throw ChiaroException.data(root + ", " + path
                        + ": expected a path below the archive's own folder, but found one that leads out of it. Make the"
                        + " archive anew.");
            }
            if (!isPicture(path)) {
                throw ChiaroException.data(root + ", " + path
                        + ": expected only pictures (.png, .jpg, .jpeg), but found another file. Take it out, or name the "
                        + "folder inside that holds the pictures.");
            }
            files.put(path, content);
        });
        if (files.isEmpty() || files.size() > PictureFiles.MOST_PICTURES) {
            throw ChiaroException.data(root + ": expected pictures" + (inside.isEmpty() ? "" : " in " + inside)
                    + ", but found " + files.size() + ". Check the path.");
        }
        return files;
    }

    /** A class is named by its folder, and one day somebody writes a folder of that name. */
    private static boolean leadsOut(String path) {
        return path.startsWith("/")
                || path.indexOf('\\') >= 0
                || path.matches("[A-Za-z]:.*")
                || Stream.of(path.split("/", -1))
                        .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    }

    private static boolean isHidden(String path) {
        return path.startsWith("__MACOSX/")
                || path.substring(path.lastIndexOf('/') + 1).startsWith(".");
    }

    private static String folderOf(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    /** The folders that all paths begin with. */
    private static String commonFolder(Collection<String> paths) {
        String common = null;
        for (String path : paths) {
            String folder = folderOf(path);
            if (common == null) {
                common = folder;
            }
            while (!folder.startsWith(common)) {
                common = folderOf(common.substring(0, common.length() - 1));
            }
        }
        return common == null ? "" : common;
    }

    private static String classOf(String path, String common) {
        String rest = folderOf(path).substring(common.length());
        return rest.isEmpty() ? rest : rest.substring(0, rest.length() - 1);
    }

    private static byte[] bytes(String where, Content content) {
        try (InputStream in = content.open()) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            if (bytes.length == MOST_BYTES) {
                throw ChiaroException.data(where + ": expected a picture of less than " + MOST_BYTES
                        + " bytes, but found more. Shrink it, or take it out.");
            }
            return bytes;
        } catch (IOException e) {
            throw unreadable(where, e);
        }
    }

    private static void requireSameSize(String root, List<String> paths, List<PictureDecoder.Decoded> decoded) {
        PictureSize first = decoded.get(0).size();
        PictureSize last = decoded.get(decoded.size() - 1).size();
        if (first.height() != last.height() || first.width() != last.width()) {
            throw ChiaroException.data(root + ", " + paths.get(decoded.size() - 1) + ": expected a picture of "
                    + first.height() + " x " + first.width() + " as " + paths.get(0) + " is, but found "
                    + last.height() + " x " + last.width() + ". State a size that all are brought to.");
        }
    }

    private static ChiaroException unreadable(String where, IOException e) {
        return ChiaroException.of(
                ChiaroException.Kind.DATA,
                where + ": expected readable pictures, but found: " + e.getMessage() + ". Get the file again.",
                e);
    }
}
