package io.chiaro.onnx;

/** How well an exported file agrees with the model that it was written from. */
public interface OnnxAgreement {

    /** What was compared and what was found, for people to read. */
    String words();
}
