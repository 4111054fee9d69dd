package io.chiaro.vision;

/**
 * Pictures that are encoded together.
 *
 * @param values from 0 to 1, picture by picture, channels last; [count * height * width * channels]
 * @param count how many pictures
 * @param size of each
 */
@SuppressWarnings("ArrayRecordComponent")
public record PictureChunk(float[] values, int count, PictureSize size) {

    public PictureChunk {
        if (values.length != (long) count * size.numbers()) {
            throw new IllegalArgumentException("PictureChunk: " + count + " pictures of " + size + " have "
                    + (long) count * size.numbers() + " numbers, not " + values.length);
        }
    }
}
