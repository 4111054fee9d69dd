package io.chiaro.vision;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Pictures as PNG files, in a folder for each class, as {@link PictureFiles} reads them: equal numbers come back. */
public final class PictureFolder {

    private PictureFolder() {}

    /**
     * Writes pictures into a folder that is new or empty.
     *
     * @throws ChiaroException of kind usage if there is something in it
     */
    public static void write(Pictures pictures, Path folder) {
        if (Files.exists(folder) && !isEmpty(folder)) {
            throw ChiaroException.usage(
                    folder.toAbsolutePath() + ": expected a new or empty folder, but found files. Name another.");
        }
        try {
            for (int i = 0; i < pictures.count(); i++) {
                Path of = pictures.labelled()
                        ? folder.resolve(pictures.labelNames().get(pictures.label(i)))
                        : folder;
                if (!of.toAbsolutePath()
                        .normalize()
                        .startsWith(folder.toAbsolutePath().normalize())) {
                    throw ChiaroException.data("expected names of classes that can name a folder, but found \""
                            + pictures.labelNames().get(pictures.label(i)) + "\". Rename the class.");
                }
                AtomicFiles.createFolder(of);
                Path file = of.resolve(String.format(Locale.ROOT, "%08d.png", i));
                if (!ImageIO.write(image(pictures, i), "png", file.toFile())) {
                    throw new IllegalStateException("PictureFolder: no writer of PNG files");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(Path folder) {
        try (var files = Files.list(folder)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedImage image(Pictures pictures, int picture) {
        PictureSize size = pictures.size();
        boolean grey = size.channels() == 1;
        BufferedImage image = new BufferedImage(
                size.width(), size.height(), grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        byte[] pixels = pictures.pixels(picture);
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                for (int c = 0; c < size.channels(); c++) {
                    int value = pixels[(y * size.width() + x) * size.channels() + c] & 0xFF;
                    image.getRaster().setSample(x, y, c, value);
                }
            }
        }
        return image;
    }
}
