package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An embedder that keeps its answers in a file as they come. Work that was stopped and asks the same questions in the same order again
 * gets those answers from the file, to the bit, and goes on where it stopped. The first question that differs, or an answer that was cut
 * off, ends that: what follows in the file is dropped and computed.
 *
 * <p>The file holds a line for what made it, then for each call the SHA-256 of its texts with their role, the vectors, and a checksum. It
 * grows by the vectors and is read from its start to its end, so that nothing of it is held in memory. For one thread at a time; one
 * process at a time may have the file open.
 */
public final class ReplayedEmbedder implements Embedder {

    private static final String FORM = "chiaro embeddings 1 ";

    private final Embedder embedder;
    private final Path file;
    private final FileChannel channel;
    /** What of the file is still to be answered from; null once something has to be computed. */
    private @Nullable DataInputStream kept;

    private long end;
    private int replayed;

    private ReplayedEmbedder(Embedder embedder, Path file, FileChannel channel) {
        this.embedder = embedder;
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the file, or begins one; one of another question begins anew.
     *
     * @param embedder computes what the file does not know; closed with this
     * @param made all that an answer depends on besides its texts and their role: weights, prompts, limits, program
     * @throws ChiaroException of kind resources if the file cannot be read and written
     */
    public static ReplayedEmbedder open(Embedder embedder, Path file, String made) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            ReplayedEmbedder opened = new ReplayedEmbedder(embedder, file, channel);
            try {
                opened.begin(made);
                return opened;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private void begin(String made) throws IOException {
        String key = Hashes.sha256(made.getBytes(StandardCharsets.UTF_8));
        byte[] line = (FORM + key + "\n").getBytes(StandardCharsets.UTF_8);
        DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
        if (Arrays.equals(in.readNBytes(line.length), line)) {
            kept = in;
            end = line.length;
        } else {
            channel.truncate(0);
            write(line, 0);
            end = line.length;
        }
    }

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        try {
            byte[] question = question(texts, role);
            float[][] known = replayed(question, texts.size());
            if (known != null) {
                replayed++;
                return known;
            }
            float[][] vectors = embedder.embed(texts, role);
            byte[] record = record(question, vectors);
            write(record, end);
            end += record.length;
            return vectors;
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** The next answer of the file if it is that to the question; else the rest of the file is dropped. */
    private float @Nullable [][] replayed(byte[] question, int count) throws IOException {
        DataInputStream in = kept;
        if (in == null) {
            return null;
        }
        try {
            byte[] head = new byte[question.length + 2 * Integer.BYTES];
            in.readFully(head);
            ByteBuffer shape = ByteBuffer.wrap(head, question.length, 2 * Integer.BYTES);
            int rows = shape.getInt();
            int dimension = shape.getInt();
            boolean same = Arrays.equals(head, 0, question.length, question, 0, question.length)
                    && rows == count
                    && dimension == embedder.description().dimension();
            if (same) {
                byte[] numbers = new byte[Math.multiplyExact(Math.multiplyExact(rows, dimension), Float.BYTES)];
                in.readFully(numbers);
                if (in.readInt() == checksum(head, numbers)) {
                    end += head.length + numbers.length + Integer.BYTES;
                    return vectors(numbers, rows, dimension);
                }
            }
        } catch (EOFException cutOff) {
            // Dropped as any other rest.
        }
        kept = null;
        channel.truncate(end);
        return null;
    }

    private static float[][] vectors(byte[] numbers, int rows, int dimension) {
        float[][] vectors = new float[rows][dimension];
        ByteBuffer in = ByteBuffer.wrap(numbers);
        for (float[] vector : vectors) {
            in.asFloatBuffer().get(vector);
            in.position(in.position() + dimension * Float.BYTES);
        }
        return vectors;
    }

    private byte[] record(byte[] question, float[][] vectors) {
        int dimension = embedder.description().dimension();
        ByteBuffer head = ByteBuffer.allocate(question.length + 2 * Integer.BYTES);
        head.put(question).putInt(vectors.length).putInt(dimension);
        ByteBuffer numbers =
                ByteBuffer.allocate(Math.multiplyExact(Math.multiplyExact(vectors.length, dimension), Float.BYTES));
        for (float[] vector : vectors) {
            numbers.asFloatBuffer().put(vector);
            numbers.position(numbers.position() + dimension * Float.BYTES);
        }
        return ByteBuffer.allocate(head.capacity() + numbers.capacity() + Integer.BYTES)
                .put(head.array())
                .put(numbers.array())
                .putInt(checksum(head.array(), numbers.array()))
                .array();
    }

    private static int checksum(byte[] head, byte[] numbers) {
        CRC32C checksum = new CRC32C();
        checksum.update(head);
        checksum.update(numbers);
        return (int) checksum.getValue();
    }

    private static byte[] question(List<String> texts, TextRole role) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(role.name());
        for (String text : texts) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
        }
        return HexFormat.of().parseHex(Hashes.sha256(bytes.toByteArray()));
    }

    private void write(byte[] bytes, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer, at + buffer.position());
        }
    }

    /** Calls that were answered from the file. */
    public int replayed() {
        return replayed;
    }

    @Override
    public ModelDescription description() {
        return embedder.description();
    }

    /** Closes the embedder; the file stays. */
    @Override
    public void close() {
        try (embedder) {
            channel.close();
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private static ChiaroException unusable(Path file, IOException e) {
        return ChiaroException.of(
                ChiaroException.Kind.RESOURCES,
                file.toAbsolutePath() + ": expected a file that can be read and written, but found: " + e.getMessage()
                        + ". Check the folder and the space on its disk.",
                e);
    }
}
