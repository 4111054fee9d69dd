package io.chiaro.search.vector;

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
public final class VectorCodec extends Lucene912Codec {

    private final KnnVectorsFormat flat = new FlatVectors.Format();
    private final KnnVectorsFormat flatBytes = new FlatVectors.BytesFormat();
    private final KnnVectorsFormat graph = WideVectors.full();
    private final KnnVectorsFormat graphOfBytes = WideVectors.bytes();
    private final KnnVectorsFormat graphOfProductCodes = new GraphedVectors();
    private volatile Quantisation quantisation = Quantisation.NONE;
    private volatile boolean graphs;

    @Override
    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return switch (quantisation) {
            case INT8 -> graphs ? graphOfBytes : flatBytes;
            case PRODUCT -> graphs ? graphOfProductCodes : flat;
            case NONE, BINARY -> graphs ? graph : flat;
        };
    }

    /** Says before the first segment in which form vectors are compared first. */
    public void quantise(Quantisation form) {
        quantisation = form;
    }

    /** Whether the next segment gets a graph. */
    public boolean writesGraphs() {
        return graphs;
    }

    /** From the next segment on, vectors get a graph. */
    public void writeGraphs() {
        graphs = true;
    }

    /** Whether so many documents should have a graph of Lucene's that they have not yet. */
    public boolean lacksGraphs(int documents, int mostExact) {
        return !graphs
                && (quantisation == Quantisation.NONE || quantisation == Quantisation.INT8)
                && documents > mostExact;
    }

    /** Whether each segment has a graph once {@link #writesGraphs}; else small ones have none, and their vectors are compared. */
    public boolean graphsAreOfAll() {
        return quantisation != Quantisation.PRODUCT;
    }

    /** What finds the nearest in what is written now. */
    public SearchEngine engine() {
        return switch (quantisation) {
            case PRODUCT -> SearchEngine.JVECTOR;
            case NONE -> graphs ? SearchEngine.HNSW : SearchEngine.EXACT;
            case INT8, BINARY -> graphs ? SearchEngine.HNSW : SearchEngine.CODES;
        };
    }

    /** Merges as Lucene does by itself, but a forced merge takes all flat segments and leaves the others alone. */
    public static MergePolicy mergesToGraphs() {
        return new UpgradeIndexMergePolicy(new TieredMergePolicy()) {
            @Override
            protected boolean shouldUpgradeSegment(SegmentCommitInfo segment) {
                return FlatVectors.in(segment);
            }
        };
    }
}
