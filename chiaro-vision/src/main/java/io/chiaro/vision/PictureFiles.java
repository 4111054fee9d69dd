package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads pictures: an IDX file (the format of MNIST, also {@code .gz}), an {@code .npz} archive of arrays of bytes, a folder of
 * PNG and JPEG pictures, or a zip of such a folder. All are read to the end and checked; what is wrong is named with its file and
 * place. Safe for any thread.
 */
public final class PictureFiles {

    /** No more pictures than this are read from one source. */
    static final int MOST_PICTURES = 1 << 24;

    private static final List<String> SPLITS = List.of("train", "val", "test");

    /**
     * What to read, and how.
     *
     * @param split for archives of arrays with several parts: {@code train}, {@code val} or {@code test}
     * @param inside the folder inside a folder or zip that holds the classes, such as {@code run01/training}; "" for all
     * @param resize height and width that each picture is brought to; if absent, all must have one size
     * @param channels 1 or 3, that each picture is brought to; if absent, 1 if all are grey and else 3
     */
    public record Options(String split, String inside, Optional<Resize> resize, Optional<Integer> channels) {

        public Options {
            if (!SPLITS.contains(split)) {
                throw ChiaroException.usage("split: expected a part of a data set, but found \"" + split + "\". "
                        + Names.hint(split, SPLITS));
            }
            if (channels.isPresent() && channels.get() != 1 && channels.get() != 3) {
                throw ChiaroException.usage("channels: expected 1 or 3, but found " + channels.get() + ".");
            }
        }

        /** The part {@code train}, everything, as it is. */
        public static Options defaults() {
            return new Options("train", "", Optional.empty(), Optional.empty());
        }

        /** Another part of an archive. */
        public Options withSplit(String part) {
            return new Options(part, inside, resize, channels);
        }

        /** A folder inside. */
        public Options withInside(String folder) {
            return new Options(split, folder, resize, channels);
        }

        /** A size for each picture. */
        public Options withSize(int height, int width) {
            return new Options(split, inside, Optional.of(new Resize(height, width)), channels);
        }

        /** As many channels for each picture. */
        public Options withChannels(int count) {
            return new Options(split, inside, resize, Optional.of(count));
        }
    }

    private PictureFiles() {}

    /** Whether the name of a file says that it holds pictures, or a folder holds something that does. */
    public static boolean recognizes(Path path) {
        return Files.isDirectory(path) ? PictureTree.isTree(path) : isArchive(path) || isIdx(path);
    }

    private static boolean isArchive(Path path) {
        String name = name(path);
        return name.endsWith(".zip") || name.endsWith(".npz");
    }

    private static boolean isIdx(Path path) {
        String name = name(path);
        return name.contains("-ubyte") || name.endsWith(".idx") || name.endsWith(".idx.gz");
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a file or folder by what its name says. Labels of {@code X-images-idx3-ubyte} are looked for in {@code
     * X-labels-idx1-ubyte} beside it.
     *
     * @throws ChiaroException of kind data for anything that is not as the format says
     */
    public static Pictures read(Path path, Options options) {
        String name = name(path);
        if (Files.isDirectory(path)) {
            return PictureTree.folder(path, options);
        }
        if (!Files.isRegularFile(path)) {
            throw ChiaroException.data(path.toAbsolutePath()
                    + ": expected a file or folder of pictures, but found nothing. Check the path.");
        }
        if (name.endsWith(".zip")) {
            return PictureTree.zip(path, options);
        }
        if (name.endsWith(".npz")) {
            return adapted(NpzPictures.read(path, options.split()), options);
        }
        if (isIdx(path)) {
            return adapted(IdxPictures.read(path, labelsBeside(path)), options);
        }
        throw ChiaroException.data(path.toAbsolutePath()
                + ": expected pictures in a folder, a .zip, an .npz or an IDX file (-ubyte, .idx), but found another name. "
                + "Rename it, or unpack it.");
    }

    /** Reads an IDX file of pictures with the one of their labels. */
    public static Pictures readIdx(Path images, Path labels) {
        return IdxPictures.read(images, Optional.of(labels));
    }

    private static Optional<Path> labelsBeside(Path images) {
        String name = images.getFileName().toString();
        String labels = name.replace("images", "labels").replace("idx3", "idx1");
        Path beside = images.resolveSibling(labels);
        return !labels.equals(name) && Files.isRegularFile(beside) ? Optional.of(beside) : Optional.empty();
    }

    /** The names of labels that are numbers. */
    static List<String> numberNames(int[] labels) {
        int count = IntStream.of(labels).max().orElse(-1) + 1;
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static Pictures adapted(Pictures pictures, Options options) {
        PictureSize size = pictures.size();
        Resize resize = options.resize().orElse(new Resize(size.height(), size.width()));
        int channels = options.channels().orElse(size.channels());
        PictureSize wanted = new PictureSize(resize.height(), resize.width(), channels);
        if (wanted.equals(size)) {
            return pictures;
        }
        byte[][] changed = new byte[pictures.count()][];
        for (int i = 0; i < changed.length; i++) {
            changed[i] = resize.apply(
                    Channels.convert(pictures.pixels(i), size.channels(), channels),
                    new PictureSize(size.height(), size.width(), channels));
        }
        return Pictures.of(wanted, changed, pictures.labels(), pictures.labelNames(), pictures.source());
    }
}
