package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelSpecification;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A sentence encoder that a Maven artifact carries, with all that its ONNX file and its tokenizer.json do not say. Safe for
 * any thread.
 *
 * @param name the model's published name
 * @param coordinate group and artifact of the Maven artifact that holds the files
 * @param resource path of the ONNX file on the class path; the tokenizer lies beside it
 * @param hash SHA-256 of the ONNX file
 * @param length bytes of the ONNX file
 * @param checksum CRC-32 of the ONNX file
 * @param specification the encoder's shape, its pooling, its true limit and the prompts that it expects
 */
public record EmbeddedModel(
        String name,
        String coordinate,
        String resource,
        String hash,
        int length,
        long checksum,
        ModelSpecification specification) {

    /** What a reader of results must know. */
    public ModelDescription description() {
        return specification.description(hash);
    }

    /** Whether the artifact is on the class path. */
    public boolean isPresent() {
        try (InputStream stream = stream(onnxResource())) {
            return stream != null;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The ONNX file. Its length and CRC-32 are checked, so that another release of the artifact does not pass for this
     * model; whoever trains goes through {@link #weights}, which checks the SHA-256.
     *
     * @throws ChiaroException of kind MODEL if the artifact is absent or holds another file
     */
    public byte[] onnx() {
        byte[] bytes = read(onnxResource(), length);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (bytes.length != length || crc.getValue() != checksum) {
            throw ChiaroException.model(name + ": expected " + onnxResource() + " of " + length + " bytes with CRC-32 "
                    + Long.toHexString(checksum) + ", but found " + bytes.length + " bytes with CRC-32 "
                    + Long.toHexString(crc.getValue()) + " on the class path. Use the release of " + coordinate
                    + " that Chiaro names.");
        }
        return bytes;
    }

    /** The tokenizer.json of the model. */
    public byte[] tokenizerJson() {
        return read(resource + "-tokenizer.json", 1 << 20);
    }

    /** The weights, for training; the file must have the SHA-256 of this model. */
    public OnnxBert weights() {
        return OnnxBertReader.readForTraining(name, onnx());
    }

    private String onnxResource() {
        return resource + ".onnx";
    }

    private byte[] read(String path, int expectedLength) {
        try (InputStream stream = stream(path)) {
            if (stream == null) {
                throw ChiaroException.model(
                        name + ": expected " + path + " on the class path, but it is not there. Add the"
                                + " Maven artifact " + coordinate + " to the project.");
            }
            // readAllBytes gathers small pieces and joins them; one buffer of the known length saves that second copy.
            byte[] bytes = new byte[expectedLength];
            int read = stream.readNBytes(bytes, 0, expectedLength);
            return read < expectedLength ? Arrays.copyOf(bytes, read) : joined(bytes, stream.readAllBytes());
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    name + ": " + path + " of " + coordinate + " cannot be read (" + e.getMessage()
                            + "). Remove the artifact from the local Maven repository and fetch it again.",
                    e);
        }
    }

    private static byte[] joined(byte[] start, byte[] rest) {
        if (rest.length == 0) {
            return start;
        }
        byte[] all = Arrays.copyOf(start, start.length + rest.length);
        System.arraycopy(rest, 0, all, start.length, rest.length);
        return all;
    }

    private static @Nullable InputStream stream(String path) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        InputStream stream = context == null ? null : context.getResourceAsStream(path);
        return stream != null ? stream : EmbeddedModel.class.getClassLoader().getResourceAsStream(path);
    }
}
