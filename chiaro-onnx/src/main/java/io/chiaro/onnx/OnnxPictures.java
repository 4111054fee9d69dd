package io.chiaro.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.chiaro.core.ChiaroException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * An exported encoder of pictures in ONNX Runtime, as {@link OnnxConvWriter} writes it. It belongs to one thread; closing it
 * releases native memory.
 */
public final class OnnxPictures implements AutoCloseable {

    private final String where;
    private final OrtEnvironment environment;
    private final OrtSession session;

    private OnnxPictures(String where, OrtEnvironment environment, OrtSession session) {
        this.where = where;
        this.environment = environment;
        this.session = session;
    }

    /**
     * Opens a file.
     *
     * @throws ChiaroException of kind MODEL for a file that ONNX Runtime cannot open or that has no such input and output
     */
    public static OnnxPictures open(Path file) {
        String where = file.toAbsolutePath().toString();
        OrtEnvironment environment = OnnxSession.environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // Errors come as exceptions; the native log would only repeat them on standard error.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.setIntraOpNumThreads(1);
            OrtSession session = environment.createSession(where, options);
            if (!session.getInputNames().equals(Set.of(ConvGraph.PIXELS))
                    || !session.getOutputNames().contains(ConvGraph.EMBEDDING)) {
                String found = session.getInputNames() + " and " + session.getOutputNames();
                session.close();
                throw ChiaroException.model(where + ": expected an encoder of pictures with the input "
                        + ConvGraph.PIXELS + " and the output " + ConvGraph.EMBEDDING + ", but found " + found
                        + ". Export the model again.");
            }
            return new OnnxPictures(where, environment, session);
        } catch (OrtException e) {
            throw OnnxSession.unusable(where, e);
        }
    }

    /**
     * The vectors of pictures of one size.
     *
     * @param pixels from 0 to 1, picture by picture, channels first; [count * channels * height * width]
     * @return [count][dimension]
     */
    public float[][] embed(float[] pixels, int count, int channels, int height, int width) {
        long[] shape = {count, channels, height, width};
        try (OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), shape);
                OrtSession.Result result = session.run(Map.of(ConvGraph.PIXELS, input), Set.of(ConvGraph.EMBEDDING))) {
            return (float[][]) result.get(0).getValue();
        } catch (OrtException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    where + ": ONNX Runtime could not compute " + count + " pictures of " + height + "x" + width + "x"
                            + channels + " (" + OnnxSession.firstLine(e)
                            + "). Bring them to the size and channels of the model.",
                    e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("OnnxPictures: closing failed", e);
        }
    }
}
