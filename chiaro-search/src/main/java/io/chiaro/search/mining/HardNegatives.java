package io.chiaro.search.mining;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.NearestDocuments;
import io.chiaro.model.Reranker;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The hard negatives of pairs: of the texts nearest to an anchor those that are none of its positives, within a range of ranks and by
 * the margins of {@link MiningSettings}. All pairs with one anchor are its positives, and none of them is a negative of any.
 *
 * <p>Texts are searched exactly. Memory holds the texts, a vector for each anchor and each positive, and the ranks looked at, but no
 * vector of other texts. A guide embeds the candidates of a few hundred anchors at a time.
 */
public final class HardNegatives {

    private static final int ANCHORS_AT_ONCE = 256;

    private final Embedder model;
    private final @Nullable Embedder guide;
    private final @Nullable Reranker rescorer;
    private final MiningSettings settings;
    /** Texts by what identifies them; the first spelling stays. */
    private final Map<String, String> texts = new LinkedHashMap<>();

    private final Map<String, Anchor> anchors = new LinkedHashMap<>();
    private final Map<Mined.Reason, Long> refused = new EnumMap<>(Mined.Reason.class);

    private HardNegatives(Models models, MiningSettings settings) {
        this.model = models.model();
        this.guide = models.guide().orElse(null);
        this.rescorer = models.rescorer().orElse(null);
        this.settings = settings;
    }

    /**
     * Who is asked; all stay with the caller.
     *
     * @param model finds what is near
     * @param guide another model, which is asked whether a candidate is an answer
     * @param rescorer whose scores take the place of the model's before margins and bounds are looked at; candidates keep the order
     *     in which they were found
     */
    public record Models(Embedder model, Optional<Embedder> guide, Optional<Reranker> rescorer) {

        /** A model alone. */
        public static Models of(Embedder model) {
            return new Models(model, Optional.empty(), Optional.empty());
        }
    }

    /**
     * An anchor and one text that belongs to it.
     *
     * @param anchor for example a question
     * @param positive for example its answer
     */
    public record Pair(String anchor, String positive) {}

    private record Anchor(String text, Set<String> positives) {}

    /** A candidate at its rank, which counts from 1 and without the positives. */
    private record Candidate(String key, double score, int rank) {}

    /**
     * Mines.
     *
     * @param corpus texts that are searched besides the positives
     * @param threads of the search
     */
    public static Mined of(
            List<Pair> pairs, Iterable<String> corpus, Models models, MiningSettings settings, int threads) {
        HardNegatives mining = new HardNegatives(models, settings);
        mining.read(pairs, corpus);
        return mining.mined(threads);
    }

    /** What two spellings of one text have in common. */
    static String key(String text) {
        return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    private void read(List<Pair> pairs, Iterable<String> corpus) {
        for (String text : corpus) {
            texts.putIfAbsent(key(text), text);
        }
        for (Pair pair : pairs) {
            String positive = key(pair.positive());
            if (positive.isEmpty() || key(pair.anchor()).isEmpty()) {
                throw ChiaroException.data("mining: expected texts, but found a pair with an empty one. Remove it.");
            }
            texts.putIfAbsent(positive, pair.positive());
            anchors.computeIfAbsent(key(pair.anchor()), key -> new Anchor(pair.anchor(), new LinkedHashSet<>()))
                    .positives()
                    .add(positive);
        }
        texts.remove("");
        if (anchors.isEmpty()) {
            throw ChiaroException.data("mining: expected at least one pair, but found none. Give pairs.");
        }
    }

    private Mined mined(int threads) {
        List<String> asked = anchors.values().stream().map(Anchor::text).toList();
        float[][] queries = TextVectors.of(model, asked, TextRole.QUERY);
        int most = anchors.values().stream()
                .mapToInt(anchor -> anchor.positives().size())
                .max()
                .orElse(0);
        // The anchor itself may be one of the texts.
        int depth = Math.min(texts.size(), settings.last(guide != null) + most + 1);
        Map<String, float[]> positives = new HashMap<>();
        List<List<Hit>> nearest = nearest(queries, depth, threads, positives);
        List<Mined.Example> records = new ArrayList<>();
        int[] counts = new int[2];
        List<String> keys = List.copyOf(anchors.keySet());
        for (int from = 0; from < keys.size(); from += ANCHORS_AT_ONCE) {
            int to = Math.min(keys.size(), from + ANCHORS_AT_ONCE);
            Map<String, List<Candidate>> candidates = new LinkedHashMap<>();
            for (int i = from; i < to; i++) {
                candidates.put(keys.get(i), candidates(keys.get(i), nearest.get(i)));
            }
            Judge judge = guide == null ? new Judge(Map.of(), Map.of()) : judge(guide, candidates);
            for (int i = from; i < to; i++) {
                Anchor anchor = Objects.requireNonNull(anchors.get(keys.get(i)));
                Scored scored =
                        scored(anchor, queries[i], positives, Objects.requireNonNull(candidates.get(keys.get(i))));
                for (String positive : anchor.positives()) {
                    counts[0]++;
                    double score = Objects.requireNonNull(scored.positives().get(positive));
                    List<Candidate> left = left(keys.get(i), positive, score, scored.candidates(), judge);
                    if (left.size() < settings.negatives()) {
                        counts[1]++;
                        continue;
                    }
                    records.add(record(anchor, positive, score, chosen(left, i, records.size())));
                }
            }
        }
        return new Mined(records, counts[0], texts.size(), refused, counts[1]);
    }

    /** The nearest texts of each anchor, and on the way the vectors of the positives. */
    private List<List<Hit>> nearest(float[][] queries, int depth, int threads, Map<String, float[]> positives) {
        Set<String> wanted = anchors.values().stream()
                .flatMap(anchor -> anchor.positives().stream())
                .collect(Collectors.toSet());
        NearestDocuments search = new NearestDocuments(queries, depth, threads);
        List<String> keys = List.copyOf(texts.keySet());
        for (int from = 0; from < keys.size(); from += TextVectors.WINDOW) {
            List<String> window = keys.subList(from, Math.min(keys.size(), from + TextVectors.WINDOW));
            float[][] vectors = TextVectors.of(model, texts(window), TextRole.DOCUMENT);
            search.add(window, vectors);
            for (int i = 0; i < vectors.length; i++) {
                if (wanted.contains(window.get(i))) {
                    positives.put(window.get(i), vectors[i]);
                }
            }
        }
        return search.hits();
    }

    private List<String> texts(List<String> keys) {
        return keys.stream().map(key -> Objects.requireNonNull(texts.get(key))).toList();
    }

    /** What stands within the range of ranks; the rest is counted. */
    private List<Candidate> candidates(String key, List<Hit> hits) {
        Set<String> own = Objects.requireNonNull(anchors.get(key)).positives();
        List<Candidate> candidates = new ArrayList<>();
        int last = settings.last(guide != null);
        int rank = 0;
        for (Hit hit : hits) {
            if (own.contains(hit.id()) || hit.id().equals(key)) {
                refuse(Mined.Reason.POSITIVE, own.size());
                continue;
            }
            rank++;
            if (rank > last) {
                break;
            }
            if (rank <= settings.passedOver()) {
                refuse(Mined.Reason.PASSED_OVER, own.size());
            } else {
                candidates.add(new Candidate(hit.id(), hit.score(), rank));
            }
        }
        return candidates;
    }

    private void refuse(Mined.Reason reason, long times) {
        refused.merge(reason, times, Long::sum);
    }

    /** The positives of an anchor and its candidates, with the scores that count. */
    private record Scored(Map<String, Double> positives, List<Candidate> candidates) {}

    private Scored scored(Anchor anchor, float[] query, Map<String, float[]> vectors, List<Candidate> candidates) {
        Map<String, Double> positives = new LinkedHashMap<>();
        Reranker rescoring = rescorer;
        if (rescoring == null) {
            anchor.positives()
                    .forEach(positive -> positives.put(
                            positive, TextVectors.dot(query, Objects.requireNonNull(vectors.get(positive)))));
            return new Scored(positives, candidates);
        }
        List<String> keys = new ArrayList<>(anchor.positives());
        candidates.forEach(candidate -> keys.add(candidate.key()));
        float[] scores = rescoring.score(anchor.text(), texts(keys));
        List<Candidate> rescored = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            int candidate = i - anchor.positives().size();
            if (candidate < 0) {
                positives.put(keys.get(i), (double) scores[i]);
            } else {
                rescored.add(new Candidate(
                        keys.get(i), scores[i], candidates.get(candidate).rank()));
            }
        }
        return new Scored(positives, rescored);
    }

    /** Vectors of the guide, by text. */
    private record Judge(Map<String, float[]> anchors, Map<String, float[]> texts) {
        double score(String anchor, String text) {
            return TextVectors.dot(
                    Objects.requireNonNull(anchors.get(anchor)), Objects.requireNonNull(texts.get(text)));
        }
    }

    private Judge judge(Embedder guiding, Map<String, List<Candidate>> candidates) {
        List<String> asked = List.copyOf(candidates.keySet());
        Set<String> told = new LinkedHashSet<>();
        candidates.forEach((key, list) -> {
            told.addAll(Objects.requireNonNull(anchors.get(key)).positives());
            list.forEach(candidate -> told.add(candidate.key()));
        });
        List<String> keys = List.copyOf(told);
        float[][] queries = TextVectors.of(
                guiding,
                asked.stream()
                        .map(key -> Objects.requireNonNull(anchors.get(key)).text())
                        .toList(),
                TextRole.QUERY);
        float[][] vectors = TextVectors.of(guiding, texts(keys), TextRole.DOCUMENT);
        return new Judge(byKey(asked, queries), byKey(keys, vectors));
    }

    private static Map<String, float[]> byKey(List<String> keys, float[][] vectors) {
        Map<String, float[]> found = new HashMap<>();
        for (int i = 0; i < vectors.length; i++) {
            found.put(keys.get(i), vectors[i]);
        }
        return found;
    }

    private List<Candidate> left(
            String anchor, String positive, double score, List<Candidate> candidates, Judge judge) {
        List<Candidate> left = new ArrayList<>();
        for (Candidate candidate : candidates) {
            Optional<Mined.Reason> reason = reason(anchor, positive, score, candidate, judge);
            if (reason.isPresent()) {
                refuse(reason.get(), 1);
            } else {
                left.add(candidate);
            }
        }
        return left;
    }

    private Optional<Mined.Reason> reason(
            String anchor, String positive, double score, Candidate candidate, Judge judge) {
        double own = candidate.score();
        if (settings.scores().absoluteMargin().isPresent()
                && own > score - settings.scores().absoluteMargin().getAsDouble()) {
            return Optional.of(Mined.Reason.ABSOLUTE_MARGIN);
        }
        if (settings.scores().relativeMargin().isPresent()
                && own
                        > score
                                - Math.abs(score)
                                        * settings.scores().relativeMargin().getAsDouble()) {
            return Optional.of(Mined.Reason.RELATIVE_MARGIN);
        }
        if (own > settings.scores().highest().orElse(Double.POSITIVE_INFINITY)) {
            return Optional.of(Mined.Reason.HIGHEST);
        }
        if (own < settings.scores().lowest().orElse(Double.NEGATIVE_INFINITY)) {
            return Optional.of(Mined.Reason.LOWEST);
        }
        boolean answers = guide != null
                && judge.score(anchor, candidate.key())
                        > judge.score(anchor, positive) - settings.scores().guideMargin();
        return answers ? Optional.of(Mined.Reason.GUIDE) : Optional.empty();
    }

    /** So many negatives, in the order of their ranks. */
    private List<Candidate> chosen(List<Candidate> left, int anchor, int record) {
        if (settings.sampling() == MiningSettings.Sampling.TOP) {
            return left.subList(0, settings.negatives());
        }
        int[] order = RandomStream.of(settings.seed(), "mined negatives", anchor, record)
                .permutation(left.size());
        return Arrays.stream(order, 0, settings.negatives())
                .sorted()
                .mapToObj(left::get)
                .toList();
    }

    private Mined.Example record(Anchor anchor, String positive, double score, List<Candidate> chosen) {
        return new Mined.Example(
                anchor.text(),
                Objects.requireNonNull(texts.get(positive)),
                score,
                chosen.stream()
                        .map(candidate -> new Mined.Negative(
                                Objects.requireNonNull(texts.get(candidate.key())),
                                candidate.score(),
                                candidate.rank()))
                        .toList());
    }
}
