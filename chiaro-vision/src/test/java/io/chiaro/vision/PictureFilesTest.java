package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.Npy;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFilesTest {

    private static final PictureFiles.Options AS_THEY_ARE = PictureFiles.Options.defaults();

    @TempDir
    Path folder;

    private static byte[] idx(int type, int[] shape, int... numbers) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(new byte[] {0, 0, (byte) type, (byte) shape.length});
            for (int size : shape) {
                out.writeInt(size);
            }
            for (int number : numbers) {
                out.write(number);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Path write(String name, byte[] bytes) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            try (OutputStream raw = Files.newOutputStream(file);
                    OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(raw) : raw) {
                out.write(bytes);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path zip(String name, Map<String, byte[]> entries) {
        Path file = folder.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private static byte[] picture(String format, int type, int height, int width, int... rgb) {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int i = 0; i < height * width; i++) {
            if (type == BufferedImage.TYPE_BYTE_GRAY) {
                image.getRaster().setSample(i % width, i / width, 0, rgb[i % rgb.length]);
            } else {
                image.setRGB(i % width, i / width, rgb[i % rgb.length]);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void refuses(Path path, PictureFiles.Options options, String... parts) {
        assertThatThrownBy(() -> PictureFiles.read(path, options))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.DATA))
                .hasMessageContainingAll(parts);
    }

    private static int[] numbers(Pictures pictures, int picture) {
        byte[] bytes = pictures.pixels(picture);
        int[] numbers = new int[bytes.length];
        Arrays.setAll(numbers, i -> bytes[i] & 0xFF);
        return numbers;
    }

    @Test
    void idx_files_are_read_with_the_labels_beside_them() {
        Path images = write(
                "t-images-idx3-ubyte.gz", idx(8, new int[] {2, 2, 3}, 0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255));
        write("t-labels-idx1-ubyte.gz", idx(8, new int[] {2}, 3, 0));
        Pictures pictures = PictureFiles.read(images, AS_THEY_ARE);

        assertThat(pictures.size()).isEqualTo(new PictureSize(2, 3, 1));
        assertThat(numbers(pictures, 0)).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(numbers(pictures, 1)).containsExactly(250, 251, 252, 253, 254, 255);
        assertThat(pictures.labels()).containsExactly(3, 0);
        assertThat(pictures.labelNames()).containsExactly("0", "1", "2", "3");

        Path colours = write("c.idx", idx(8, new int[] {1, 1, 2, 3}, 1, 2, 3, 4, 5, 6));
        assertThat(PictureFiles.read(colours, AS_THEY_ARE).size()).isEqualTo(new PictureSize(1, 2, 3));
        assertThat(PictureFiles.read(colours, AS_THEY_ARE).labelled()).isFalse();
    }

    @Test
    void broken_idx_files_are_named_with_what_is_wrong() {
        refuses(write("a.idx", new byte[] {1, 2, 3, 4}), AS_THEY_ARE, "a.idx", "two zero bytes");
        refuses(write("b.idx", idx(0x0D, new int[] {1, 1, 1}, 0, 0, 0, 0)), AS_THEY_ARE, "type 13");
        refuses(write("c.idx", idx(8, new int[] {2, 1, 1}, 0)), AS_THEY_ARE, "2 pictures", "the end in picture 1");
        refuses(write("d.idx", idx(8, new int[] {1, 1, 1}, 0, 0)), AS_THEY_ARE, "more bytes");
        refuses(write("e.idx", idx(8, new int[] {3}, 0, 0, 0)), AS_THEY_ARE, "1 dimensions");
        refuses(write("f.idx", idx(8, new int[] {1, 1 << 30, 1 << 30})), AS_THEY_ARE, "f.idx", "usable size");
        refuses(write("g.idx", idx(8, new int[] {-1, 1, 1})), AS_THEY_ARE, "dimension 0 of -1");
        refuses(write("h.idx", new byte[] {0, 0, 8, 3, 0, 0}), AS_THEY_ARE, "the end in its header");
        refuses(folder.resolve("none.idx"), AS_THEY_ARE, "found nothing");
        Path images = write("i-images-idx3-ubyte", idx(8, new int[] {2, 1, 1}, 0, 0));
        write("i-labels-idx1-ubyte", idx(8, new int[] {3}, 0, 0, 0));
        refuses(images, AS_THEY_ARE, "2 labels", "found 3 labels");
        refuses(write("j.bin", new byte[3]), AS_THEY_ARE, "another name");
    }

    private byte[] npy(byte[] values, int... shape) throws IOException {
        Path file = folder.resolve("array.npy");
        Npy.write(file, values, shape);
        return Files.readAllBytes(file);
    }

    @Test
    void npz_archives_are_read_by_the_names_of_their_arrays() throws IOException {
        Map<String, byte[]> arrays = new TreeMap<>();
        arrays.put("train_images.npy", npy(new byte[] {1, 2, 3, 4}, 2, 1, 2));
        arrays.put("train_labels.npy", npy(new byte[] {1, 0}, 2, 1));
        arrays.put("test_images.npy", npy(new byte[] {9, 8, (byte) 200}, 1, 1, 1, 3));
        Path file = zip("set.npz", arrays);
        Pictures train = PictureFiles.read(file, AS_THEY_ARE);
        Pictures test = PictureFiles.read(file, AS_THEY_ARE.withSplit("test"));

        assertThat(train.size()).isEqualTo(new PictureSize(1, 2, 1));
        assertThat(train.labels()).containsExactly(1, 0);
        assertThat(numbers(train, 1)).containsExactly(3, 4);
        assertThat(numbers(test, 0)).containsExactly(9, 8, 200);
        assertThat(test.labelled()).isFalse();

        refuses(file, AS_THEY_ARE.withSplit("val"), "val_images", "[test_images, train_images, train_labels]");
        Path floats = folder.resolve("array.npy");
        Npy.write(floats, new float[] {1, 2}, 1, 1, 2);
        refuses(zip("f.npz", Map.of("x.npy", Files.readAllBytes(floats))), AS_THEY_ARE, "FLOAT32");
        Npy.write(floats, new long[] {0, -1}, 2);
        refuses(
                zip("l.npz", Map.of("x.npy", npy(new byte[2], 2, 1, 1), "y.npy", longs(0, -1))),
                AS_THEY_ARE,
                "f",
                "found -1 at 1");
        refuses(
                zip("n.npz", Map.of("x.npy", npy(new byte[2], 2, 1, 1), "y.npy", longs(0))),
                AS_THEY_ARE,
                "2 labels",
                "[1]");
        refuses(write("broken.npz", new byte[] {1, 2, 3}), AS_THEY_ARE, "broken.npz");
        assertThatThrownBy(() -> AS_THEY_ARE.withSplit("tests")).hasMessageContaining("Did you mean \"test\"?");
    }

    private byte[] longs(long... values) throws IOException {
        Path file = folder.resolve("array.npy");
        Npy.write(file, values, values.length);
        return Files.readAllBytes(file);
    }

    @Test
    void folders_and_zips_of_pictures_give_the_same_set_with_classes_by_folder() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("root/dog/1.png", picture("png", BufferedImage.TYPE_INT_RGB, 1, 2, 0x010203, 0xFF8000));
        files.put("root/cat/2.png", picture("png", BufferedImage.TYPE_INT_RGB, 1, 2, 0x0A0B0C, 0x000000));
        files.put("root/cat/1.png", picture("png", BufferedImage.TYPE_BYTE_GRAY, 1, 2, 7, 200));
        files.put("root/cat/.hidden", new byte[1]);
        Path zip = zip("set.zip", files);
        files.forEach(this::write);

        for (Path path : List.of(zip, folder.resolve("root"))) {
            Pictures pictures = PictureFiles.read(path, AS_THEY_ARE);
            assertThat(pictures.labelNames()).containsExactly("cat", "dog");
            assertThat(pictures.labels()).containsExactly(0, 0, 1);
            assertThat(pictures.size()).isEqualTo(new PictureSize(1, 2, 3));
            assertThat(numbers(pictures, 0)).containsExactly(7, 7, 7, 200, 200, 200);
            assertThat(numbers(pictures, 1)).containsExactly(10, 11, 12, 0, 0, 0);
            assertThat(numbers(pictures, 2)).containsExactly(1, 2, 3, 255, 128, 0);
        }
        Pictures grey = PictureFiles.read(zip, AS_THEY_ARE.withChannels(1));
        assertThat(numbers(grey, 2)).containsExactly(2, 151);
        Pictures cats = PictureFiles.read(zip, AS_THEY_ARE.withInside("root/cat"));
        assertThat(cats.count()).isEqualTo(2);
        assertThat(cats.labelled()).isFalse();
        assertThat(PictureFiles.read(zip, AS_THEY_ARE).hash())
                .isEqualTo(
                        PictureFiles.read(folder.resolve("root"), AS_THEY_ARE).hash())
                .isNotEqualTo(grey.hash());
    }

    @Test
    void nested_folders_are_classes_by_their_whole_path() {
        byte[] dot = picture("png", BufferedImage.TYPE_BYTE_BINARY, 2, 2, 0xFFFFFF, 0);
        Path zip = zip("letters.zip", new TreeMap<>(Map.of("all/greek/a/1.png", dot, "all/latin/a/1.png", dot)));
        Pictures pictures = PictureFiles.read(zip, AS_THEY_ARE);

        assertThat(pictures.labelNames()).containsExactly("greek/a", "latin/a");
        assertThat(pictures.size()).isEqualTo(new PictureSize(2, 2, 1));
        assertThat(numbers(pictures, 0)).containsExactly(255, 0, 255, 0);
        assertThat(pictures.contentHash(0)).isEqualTo(pictures.contentHash(1));
    }

    @Test
    void jpeg_is_read_nearly_and_what_is_transparent_lies_on_white() {
        byte[] jpeg = picture("jpg", BufferedImage.TYPE_INT_RGB, 8, 8, 0x4080C0);
        byte[] clear = picture("png", BufferedImage.TYPE_INT_ARGB, 1, 2, 0x00123456, 0x80000000);
        int[] found = numbers(PictureFiles.read(zip("j.zip", Map.of("a.jpg", jpeg)), AS_THEY_ARE), 0);
        assertThat(found[0]).isCloseTo(0x40, within(3));
        assertThat(found[1]).isCloseTo(0x80, within(3));
        assertThat(found[2]).isCloseTo(0xC0, within(3));
        assertThat(numbers(PictureFiles.read(zip("c.zip", Map.of("a.png", clear)), AS_THEY_ARE), 0))
                .containsExactly(255, 255, 255, 127, 127, 127);
    }

    @Test
    void what_is_wrong_with_a_folder_of_pictures_is_named() {
        byte[] good = picture("png", BufferedImage.TYPE_INT_RGB, 2, 2, 0x102030);
        byte[] wide = picture("png", BufferedImage.TYPE_INT_RGB, 2, 3, 0x102030);
        byte[] jpeg = picture("jpg", BufferedImage.TYPE_INT_RGB, 64, 64, 0x102030, 0xFF0000, 0x00FF77);
        refuses(
                zip("s.zip", new TreeMap<>(Map.of("a/1.png", good, "a/2.png", wide))),
                AS_THEY_ARE,
                "a/2.png",
                "2 x 2",
                "2 x 3");
        refuses(
                zip("p.zip", Map.of("a/1.png", Arrays.copyOf(good, good.length / 2))),
                AS_THEY_ARE,
                "a/1.png",
                "whole png");
        refuses(
                zip("k.zip", Map.of("a/1.jpg", new byte[] {(byte) 0xFF, (byte) 0xD8, 0, 0, 0, 0})),
                AS_THEY_ARE,
                "a/1.jpg");
        refuses(zip("q.zip", Map.of("a/1.jpg", good, "a/readme.txt", jpeg)), AS_THEY_ARE, "readme.txt", "another file");
        refuses(zip("t.zip", Map.of("a/1.png", new byte[] {1, 2, 3, 4, 5, 6})), AS_THEY_ARE, "another beginning");
        refuses(zip("e.zip", Map.of(".x", good)), AS_THEY_ARE, "found 0");
        refuses(
                zip("h.zip", Map.of("a/1.jpg", Arrays.copyOf(jpeg, jpeg.length / 2))),
                AS_THEY_ARE,
                "a/1.jpg",
                "whole jpeg");
        refuses(
                zip("b.zip", new TreeMap<>(Map.of("1.png", good, "a/2.png", good))),
                AS_THEY_ARE,
                "1.png",
                "beside the folders");
        refuses(zip("i.zip", Map.of("a/1.png", good)), AS_THEY_ARE.withInside("b"), "in b");
    }

    @Test
    void resizing_keeps_a_mean_when_shrinking_and_a_gradient_when_enlarging() {
        byte[] checks = new byte[64];
        for (int i = 0; i < 64; i++) {
            checks[i] = (byte) ((i / 8 + i % 8) % 2 == 0 ? 0 : 200);
        }
        byte[] small = new Resize(2, 2).apply(checks, new PictureSize(8, 8, 1));
        for (byte value : small) {
            assertThat(value & 0xFF).isCloseTo(100, within(2));
        }
        byte[] line = {0, 100, (byte) 200};
        byte[] longer = new Resize(1, 6).apply(line, new PictureSize(1, 3, 1));
        int[] found = new int[6];
        Arrays.setAll(found, i -> longer[i] & 0xFF);
        assertThat(found).containsExactly(0, 25, 75, 125, 175, 200);

        byte[] wide = picture("png", BufferedImage.TYPE_INT_RGB, 2, 3, 0x102030);
        byte[] good = picture("png", BufferedImage.TYPE_INT_RGB, 2, 2, 0x102030);
        Pictures both = PictureFiles.read(
                zip("s.zip", new TreeMap<>(Map.of("a/1.png", good, "a/2.png", wide))), AS_THEY_ARE.withSize(4, 4));
        assertThat(both.size()).isEqualTo(new PictureSize(4, 4, 3));
        assertThat(both.pixels(0)).containsExactly(both.pixels(1));
    }

    @Test
    void an_archive_whose_paths_lead_out_of_it_is_refused_and_so_is_a_class_that_would_name_another_folder()
            throws IOException {
        byte[] dot = picture("png", BufferedImage.TYPE_BYTE_GRAY, 1, 1, 7);
        for (String path :
                List.of("../x/a.png", "/x/a.png", "a/../../x/b.png", "c:/x/a.png", "a\\b/c.png", "a//b.png")) {
            refuses(zip("out.zip", Map.of(path, dot, "cats/b.png", dot)), AS_THEY_ARE, "leads out of it");
        }
        Pictures strange = Pictures.of(
                new PictureSize(1, 1, 1), new byte[][] {{1}, {2}}, new int[] {0, 1}, List.of("../x", "cats"), "made");
        Path into = folder.resolve("into");
        assertThatThrownBy(() -> PictureFolder.write(strange, into))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("../x");
        assertThat(folder.resolve("x")).doesNotExist();
    }
}
