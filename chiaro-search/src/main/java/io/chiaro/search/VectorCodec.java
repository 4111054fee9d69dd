package io.chiaro.search;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.UpgradeIndexMergePolicy;

/**
 * The codec of an index that is written. How many documents come is not known before the last one came, so segments begin
 * flat and, once there are too many documents, get graphs: new ones as they are written, flat ones by a merge. Lucene's
 * threads read it while the writing thread changes it.
 */
final class VectorCodec extends Lucene912Codec {

    private final FlatVectors.Format flat = new FlatVectors.Format();
    private final WideVectors graph = new WideVectors();
    private volatile boolean graphs;

    @Override
    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return graphs ? graph : flat;
    }

    boolean writesGraphs() {
        return graphs;
    }

    /** From the next segment on, vectors get a graph. */
    void writeGraphs() {
        graphs = true;
    }

    /** Merges as Lucene does by itself, but a forced merge takes all flat segments and leaves the others alone. */
    static MergePolicy mergesToGraphs() {
        return new UpgradeIndexMergePolicy(new TieredMergePolicy()) {
            @Override
            protected boolean shouldUpgradeSegment(SegmentCommitInfo segment) {
                return FlatVectors.in(segment);
            }
        };
    }
}
