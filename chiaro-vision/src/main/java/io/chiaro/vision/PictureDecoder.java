package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * PNG (ISO/IEC 15948) and JPEG (ITU-T T.81) by the JDK. What is transparent lies on white. Grey pictures keep their numbers;
 * those of 16 bits keep the upper 8.
 */
final class PictureDecoder {

    private static final long MOST_PIXELS = 1 << 26;

    private PictureDecoder() {}

    /** Numbers channels last, with one channel if the picture is grey. */
    @SuppressWarnings("ArrayRecordComponent")
    record Decoded(byte[] pixels, PictureSize size) {

        Decoded resized(Resize resize) {
            return new Decoded(
                    resize.apply(pixels, size), new PictureSize(resize.height(), resize.width(), size.channels()));
        }
    }

    static Decoded decode(String where, byte[] bytes) {
        String format = format(where, bytes);
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        ImageReader reader = readers.next();
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true);
            // Asked before the numbers are unpacked: a small file can claim any size.
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            if (pixels > MOST_PIXELS) {
                throw ChiaroException.data(where + ": expected at most " + MOST_PIXELS + " pixels, but found " + pixels
                        + ". Shrink it, or take it out.");
            }
            // The JPEG reader fills what is missing with grey and only warns.
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            BufferedImage image = reader.read(0);
            if (!warnings.isEmpty()) {
                throw new IOException(warnings.get(0));
            }
            return numbers(image);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    where + ": expected a whole " + format + " picture, but found: " + e.getMessage()
                            + ". Get the file again, or take it out.",
                    e);
        } finally {
            reader.dispose();
        }
    }

    private static String format(String where, byte[] bytes) {
        if (bytes.length > 4 && (bytes[0] & 0xFF) == 0x89 && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G') {
            return "png";
        }
        if (bytes.length > 4 && (bytes[0] & 0xFF) == 0xFF && (bytes[1] & 0xFF) == 0xD8) {
            return "jpeg";
        }
        throw ChiaroException.data(where
                + ": expected a PNG or JPEG picture, but found another beginning. Get the file again, or take it out.");
    }

    private static Decoded numbers(BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        ColorModel colours = image.getColorModel();
        if (colours.getNumComponents() == 1 && !(colours instanceof IndexColorModel)) {
            // Read from the raster: the JDK's conversion of grey to RGB changes numbers by a gamma.
            Raster raster = image.getRaster();
            int shift = Math.max(0, colours.getComponentSize(0) - 8);
            byte[] grey = new byte[height * width];
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    grey[y * width + x] = (byte) (raster.getSample(x, y, 0) >> shift);
                }
            }
            return new Decoded(grey, new PictureSize(height, width, 1));
        }
        int[] packed = image.getRGB(0, 0, width, height, null, 0, width);
        byte[] pixels = new byte[3 * packed.length];
        boolean allGrey = true;
        for (int i = 0; i < packed.length; i++) {
            int alpha = packed[i] >>> 24;
            int red = onWhite(packed[i] >> 16 & 0xFF, alpha);
            int green = onWhite(packed[i] >> 8 & 0xFF, alpha);
            int blue = onWhite(packed[i] & 0xFF, alpha);
            pixels[3 * i] = (byte) red;
            pixels[3 * i + 1] = (byte) green;
            pixels[3 * i + 2] = (byte) blue;
            allGrey &= red == green && green == blue;
        }
        // A palette says nothing of whether its picture is grey; three channels that happen to be equal are still
        // colours.
        if (allGrey && colours instanceof IndexColorModel) {
            byte[] grey = new byte[packed.length];
            for (int i = 0; i < grey.length; i++) {
                grey[i] = pixels[3 * i];
            }
            return new Decoded(grey, new PictureSize(height, width, 1));
        }
        return new Decoded(pixels, new PictureSize(height, width, 3));
    }

    private static int onWhite(int value, int alpha) {
        return (value * alpha + 255 * (255 - alpha) + 127) / 255;
    }
}
