package io.chiaro.example.papers.room;

import io.chiaro.core.FolderLock;
import io.chiaro.example.papers.feed.Listing;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.search.Fusion;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The papers that were collected, in a search index of one folder. Several processes may have it open, and one may update it while
 * others read; they see that after {@link #refresh}. Safe for any thread, as far as the model is.
 */
public final class ReadingRoom implements AutoCloseable {

    /** Hits on a page of results. */
    public static final int PAGE = 10;

    /** New papers that are looked at for one reader. */
    private static final int MOST_NEWS = 1000;

    private static final double VECTOR_WEIGHT = 0.5;
    private static final long SEED = 42;

    private final Path folder;
    private final Embedder model;
    private final LiveIndex index;
    private volatile Shelf shelf;

    private ReadingRoom(Path folder, Embedder model, LiveIndex index) {
        this.folder = folder;
        this.model = model;
        this.index = index;
        this.shelf = read(index);
    }

    /**
     * Opens a room, or begins one.
     *
     * @param model stays with the caller and must be open for longer
     * @throws io.chiaro.core.ChiaroException if another model filled it
     */
    public static ReadingRoom open(Path folder, Embedder model) {
        LiveIndex index = LiveIndex.open(index(folder), model.description());
        try {
            return new ReadingRoom(folder, model, index);
        } catch (RuntimeException | Error e) {
            index.close();
            throw e;
        }
    }

    private static Path index(Path folder) {
        return folder.resolve("index");
    }

    /** Embeds all papers of a room anew, by another model. Until the end the room is as it was. */
    public static void exchangeModel(Path folder, Embedder model) {
        FolderLock.during(folder, "index", () -> {
            List<Paper> papers = new ArrayList<>();
            try (TextIndex old = TextIndex.open(index(folder))) {
                old.each((text, vector) -> papers.add(Paper.from(text)));
            }
            return TextIndex.write(index(folder), papers.stream().map(Paper::document), model);
        });
    }

    /**
     * What an update did.
     *
     * @param added papers that were not there
     * @param changed papers whose listing has changed, for example its votes
     * @param known papers of the feed that were there as they are
     */
    public record Update(int added, int changed, int known) {}

    /**
     * Takes in what is new in a feed. Only what was added or changed is embedded; on return it is on the disk.
     *
     * @param listings ids each once
     */
    public Update update(List<Listing> listings) {
        return FolderLock.during(folder, "index", () -> takeIn(listings));
    }

    private Update takeIn(List<Listing> listings) {
        refresh();
        Map<String, Paper> held = new HashMap<>();
        shelf.papers().forEach(paper -> held.put(paper.listing().id(), paper));
        int edition = shelf.edition() + 1;
        List<Document> documents = new ArrayList<>();
        int changed = 0;
        for (Listing listing : listings) {
            Paper old = held.get(listing.id());
            if (old == null) {
                documents.add(new Paper(listing, edition).document());
            } else if (!old.listing().equals(listing)) {
                documents.add(new Paper(listing, old.edition()).document());
                changed++;
            }
        }
        if (!documents.isEmpty()) {
            List<String> texts = documents.stream().map(Document::content).toList();
            index.write(documents, model.embed(texts, TextRole.DOCUMENT), model.description());
            shelf = read(index);
        }
        return new Update(documents.size() - changed, changed, listings.size() - documents.size());
    }

    /** Shows what other processes have written since. */
    public synchronized void refresh() {
        if (index.refresh()) {
            shelf = read(index);
        }
    }

    private static Shelf read(LiveIndex index) {
        List<Paper> papers = new ArrayList<>();
        List<float[]> vectors = new ArrayList<>();
        try (TextIndex snapshot = index.snapshot()) {
            snapshot.each((text, vector) -> {
                papers.add(Paper.from(text));
                vectors.add(vector);
            });
        }
        List<Topic> topics = Topics.of(papers, vectors.toArray(float[][]::new), SEED);
        int edition = papers.stream().mapToInt(Paper::edition).max().orElse(0);
        return new Shelf(papers.stream().sorted(Shelf.NEWEST_FIRST).toList(), topics, edition);
    }

    /** All papers as they are now. */
    public Shelf shelf() {
        return shelf;
    }

    /** The papers that a query finds, best first. */
    public List<Paper> search(String query, SearchMode mode, int most) {
        try (TextIndex snapshot = index.snapshot()) {
            List<TextHit> hits = switch (mode) {
                case HYBRID -> snapshot.searchHybrid(query, model, Fusion.RANKS, VECTOR_WEIGHT, most);
                case SEMANTIC -> snapshot.search(query, model, most);
                case WORDS -> snapshot.searchWords(query, most);
            };
            return hits.stream().map(Paper::from).toList();
        }
    }

    /** The papers of the editions after one and up to another that are about a wish, however many older ones are nearer to it. */
    public News news(Wish wish, int after, int upTo, int most) {
        try (TextIndex snapshot = index.snapshot();
                TextIndex fresh = snapshot.where(Paper.editions(after, upTo))) {
            float[] query = model.embed(List.of(wish.query()), TextRole.QUERY)[0];
            Set<String> near = fresh.search(query, MOST_NEWS).stream()
                    .filter(hit -> hit.score() >= wish.leastSimilarity())
                    .map(TextHit::id)
                    .collect(Collectors.toSet());
            List<TextHit> found = switch (wish.mode()) {
                case WORDS -> fresh.searchWords(wish.query(), MOST_NEWS);
                case SEMANTIC -> about(fresh.search(query, MOST_NEWS), hit -> near.contains(hit.id()));
                case HYBRID ->
                    about(
                            fresh.searchHybrid(wish.query(), query, Fusion.RANKS, VECTOR_WEIGHT, MOST_NEWS),
                            hit -> near.contains(hit.id()) || wish.stands(hit.text()));
            };
            return new News(found.stream().limit(most).map(Paper::from).toList(), found.size());
        }
    }

    private static List<TextHit> about(List<TextHit> hits, Predicate<TextHit> wish) {
        return hits.stream().filter(wish).toList();
    }

    /** The papers nearest to one of the room, best first; none if the room does not hold it. */
    public List<Paper> related(String id, int most) {
        try (TextIndex snapshot = index.snapshot()) {
            return snapshot.similar(id, most).stream().map(Paper::from).toList();
        }
    }

    @Override
    public void close() {
        index.close();
    }
}
