package io.chiaro.search.vector;

import io.github.jbellis.jvector.disk.IndexWriter;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.lucene.store.IndexOutput;

/** The rest of a file of Lucene's as JVector writes it, counted from where it begins. The file stays with the caller. */
final class GraphOutput extends DataOutputStream implements IndexWriter {

    private final IndexOutput file;
    private final long start;

    GraphOutput(IndexOutput file) {
        super(new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                file.writeByte((byte) one);
            }

            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                file.writeBytes(bytes, from, count);
            }
        });
        this.file = file;
        this.start = file.getFilePointer();
    }

    @Override
    public long position() {
        return file.getFilePointer() - start;
    }
}
