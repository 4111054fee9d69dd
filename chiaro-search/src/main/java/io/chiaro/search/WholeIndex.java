package io.chiaro.search;

import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.TextRole;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.UnitVectors;
import io.chiaro.search.vector.VectorCodec;
import io.chiaro.search.vector.WideVectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;

/** Writes a whole collection into a folder, in place of what is there. */
final class WholeIndex {

    static final int MOST_EXACT = 250_000;
    static final double BUFFER_MEGABYTES = 128;
    private static final int WINDOW = 512;

    private WholeIndex() {}

    /**
     * Writes with limits of one's own; {@link TextIndex#write} says the rest.
     *
     * @param sparse weighs the documents' tokens, if that is wished for
     * @param form in which it keeps them
     * @param mostExact documents up to which there is no graph
     * @param bufferMegabytes of documents in memory before they become a segment
     */
    static IndexDescription write(
            Path folder,
            Stream<Document> documents,
            Embedder embedder,
            Optional<SparseEmbedder> sparse,
            IndexForm form,
            int mostExact,
            double bufferMegabytes) {
        Path place = folder.toAbsolutePath();
        ModelDescription model = embedder.description();
        WideVectors.refuseWider(model);
        IndexFolder.refuseOtherFiles(place);
        VectorCodec codec = new VectorCodec();
        codec.quantise(form.quantisation());
        // Flat segments are few, and merging them would gain nothing.
        IndexWriterConfig config = new IndexWriterConfig(form.language().analyzer())
                .setSimilarity(Words.similarity())
                .setCodec(codec)
                .setMergePolicy(NoMergePolicy.INSTANCE)
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                .setCommitOnClose(false)
                .setRAMBufferSizeMB(bufferMegabytes);
        try (Directory directory = FSDirectory.open(place);
                IndexWriter writer = new IndexWriter(directory, config)) {
            int count = 0;
            IdSet ids = new IdSet();
            List<Document> window = new ArrayList<>();
            for (Iterator<Document> all = documents.iterator(); all.hasNext(); ) {
                Document document = all.next();
                ids.addNew(document.id());
                window.add(document);
                if (window.size() == WINDOW || !all.hasNext()) {
                    if (codec.lacksGraphs(count + window.size(), mostExact)) {
                        codec.writeGraphs();
                        writer.getConfig().setMergePolicy(VectorCodec.mergesToGraphs());
                    }
                    add(writer, window, embedder, sparse, form.quantisation());
                    count += window.size();
                    window.clear();
                }
            }
            if (form.quantisation() == Quantisation.PRODUCT) {
                // One graph over all is built once, at the end, of segments that have none.
                writer.flush();
                codec.writeGraphs();
                writer.getConfig().setMergePolicy(VectorCodec.mergesToGraphs());
            }
            if (codec.writesGraphs()) {
                writer.forceMerge(1);
            }
            IndexDescription description =
                    IndexDescription.of(count, model, codec.engine(), form, sparse.map(SparseEmbedder::description));
            writer.setLiveCommitData(IndexMemory.of(description).entrySet());
            writer.commit();
            CollectionMap.remove(place);
            return description;
        } catch (LockObtainFailedException e) {
            throw IndexFolder.anotherWriter(place, e);
        } catch (IOException | UncheckedIOException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    private static void add(
            IndexWriter writer,
            List<Document> window,
            Embedder embedder,
            Optional<SparseEmbedder> sparse,
            Quantisation quantisation)
            throws IOException {
        MetadataFields.refuseTooManyNames(writer, window);
        ModelDescription model = embedder.description();
        float[][] vectors =
                embedder.embed(window.stream().map(Document::content).toList(), TextRole.DOCUMENT);
        for (int i = 0; i < vectors.length; i++) {
            UnitVectors.check(model.name(), model.dimension(), window.get(i).id(), vectors[i]);
        }
        Optional<SparseModel> weighing = sparse.map(SparseEmbedder::description).map(SparseModel::of);
        TokenWeighing.each(window, sparse, (at, weights) -> {
            Document document = window.get(at);
            weights.ifPresent(known -> weighing.orElseThrow().check("document " + document.id(), known));
            writer.addDocument(IndexedDocument.of(document, vectors[at], quantisation, weights));
        });
    }
}
