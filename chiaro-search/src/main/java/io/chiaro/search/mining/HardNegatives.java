package io.chiaro.search.mining;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.NearestDocuments;
import io.chiaro.model.Reranker;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The hard negatives of pairs: of the texts nearest to an anchor those that are none of its positives, within a range of ranks and by
 * the margins of {@link MiningSettings}. All pairs with one anchor are its positives, and none of them is a negative of any, in no
 * spelling and not within a longer text. What is written is what was read: case and spaces count for nothing only where texts are compared.
 *
 * <p>Texts are searched exactly. Memory holds the texts, a vector for each anchor and each positive, and the ranks looked at, but no
 * vector of other texts; so does a guide, which embeds each text once.
 */
public final class HardNegatives {

    /** Hits beyond the range, for what is left out without a rank: texts that contain a positive, and repeated ones. */
    private static final int SPARE = 32;

    private final Embedder model;
    private final @Nullable Embedder guide;
    private final @Nullable Reranker rescorer;
    private final MiningSettings settings;
    private final SearchedTexts texts = new SearchedTexts();
    /** By the number of the anchor. */
    private final Map<Integer, Belonging> belonging = new HashMap<>();
    /** By the anchor as it is written. */
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
     * @param rescorer whose scores take the place of the model's before margins and bounds are looked at, and by which candidates are
     *     then in order
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

    /**
     * What belongs to an anchor in all its spellings.
     *
     * @param numbers of the anchor and its positives
     * @param keys of the same
     * @param positives as they are written
     */
    private record Belonging(Set<Integer> numbers, Set<String> keys, Set<String> positives) {}

    /** An anchor as it is written, with the places of its pairs. */
    private record Anchor(String text, Belonging belonging, List<Integer> pairs) {}

    /** A candidate at its rank, which counts from 1 and without the positives. */
    private record Candidate(int place, double score, int rank) {}

    /**
     * Mines.
     *
     * @param corpus documents that are searched besides the positives, by their content
     * @param threads of the search
     */
    public static Mined of(
            List<Pair> pairs, Iterable<Document> corpus, Models models, MiningSettings settings, int threads) {
        return new HardNegatives(models, settings).mined(pairs, corpus, threads);
    }

    private Mined mined(List<Pair> pairs, Iterable<Document> corpus, int threads) {
        Set<Integer> positives = new HashSet<>();
        int merged = told(pairs, positives);
        corpus.forEach(texts::add);
        int inCorpus = (int) positives.stream().filter(texts::isInCorpus).count();
        pairs.forEach(pair -> texts.add(pair.positive()));
        List<Mined.Example> records = new ArrayList<>(records(pairs, threads));
        records.sort(Comparator.comparingInt(Mined.Example::pair));
        int different = pairs.size() - merged;
        return new Mined(
                records,
                new Mined.Counts(
                        different, merged, texts.count(), positives.size(), inCorpus, different - records.size()),
                refused);
    }

    /** Notes what belongs to which anchor, and gives the number of pairs that were told before. */
    private int told(List<Pair> pairs, Set<Integer> positives) {
        Set<Pair> before = new HashSet<>();
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            if (pair.positive().isBlank() || pair.anchor().isBlank()) {
                throw ChiaroException.data("mining: expected texts, but found a pair with an empty one. Remove it.");
            }
            if (!before.add(pair)) {
                continue;
            }
            int anchor = texts.number(pair.anchor());
            int positive = texts.number(pair.positive());
            Belonging own = belonging.computeIfAbsent(
                    anchor, key -> new Belonging(new HashSet<>(), new HashSet<>(), new LinkedHashSet<>()));
            own.numbers().addAll(List.of(anchor, positive));
            own.keys().addAll(List.of(SearchedTexts.key(pair.anchor()), SearchedTexts.key(pair.positive())));
            own.positives().add(pair.positive());
            positives.add(positive);
            anchors.computeIfAbsent(pair.anchor(), key -> new Anchor(key, own, new ArrayList<>()))
                    .pairs()
                    .add(i);
        }
        if (anchors.isEmpty()) {
            throw ChiaroException.data("mining: expected at least one pair, but found none. Give pairs.");
        }
        return pairs.size() - before.size();
    }

    private List<Mined.Example> records(List<Pair> pairs, int threads) {
        List<Anchor> asked = List.copyOf(anchors.values());
        List<String> questions = asked.stream().map(Anchor::text).toList();
        float[][] queries = TextVectors.of(model, questions, TextRole.QUERY);
        Map<String, float[]> vectors = new HashMap<>();
        List<List<Hit>> nearest = nearest(queries, depth(), threads, vectors);
        List<List<Candidate>> candidates = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            candidates.add(candidates(asked.get(i), nearest.get(i)));
        }
        Optional<float[][]> guided = Optional.ofNullable(guide)
                .map(guiding -> GuideScores.of(guiding, questions, places(asked, candidates), texts.written()));
        List<Mined.Example> records = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            Anchor anchor = asked.get(i);
            int at = i;
            Scored scored = rescorer == null
                    ? scored(anchor, queries[i], vectors, candidates.get(i))
                    : rescored(rescorer, anchor, candidates.get(i));
            Set<Integer> answers =
                    guided.map(all -> answers(all[at], candidates.get(at))).orElse(Set.of());
            List<Candidate> left = left(anchor, scored, answers);
            for (int pair : anchor.pairs()) {
                if (left.size() >= settings.fewest()) {
                    double score = Objects.requireNonNull(
                            scored.positives().get(pairs.get(pair).positive()));
                    records.add(record(pair, pairs.get(pair), score, chosen(left, pair)));
                }
            }
        }
        return records;
    }

    /** For each anchor its positives and behind them its candidates. */
    private int[][] places(List<Anchor> asked, List<List<Candidate>> candidates) {
        int[][] places = new int[asked.size()][];
        for (int i = 0; i < places.length; i++) {
            places[i] = IntStream.concat(
                            asked.get(i).belonging().positives().stream().mapToInt(texts::placeOf),
                            candidates.get(i).stream().mapToInt(Candidate::place))
                    .toArray();
        }
        return places;
    }

    /** How many hits of an anchor are kept: those that may be refused without a rank come on top. */
    private int depth() {
        int[] spread = texts.spread();
        int most = belonging.values().stream()
                .mapToInt(own -> own.numbers().stream()
                        .mapToInt(number -> spread[number])
                        .sum())
                .max()
                .orElse(0);
        return Math.min(texts.count(), settings.last(guide != null || rescorer != null) + most + SPARE);
    }

    /** The nearest texts of each anchor, and on the way the vectors of the positives. */
    private List<List<Hit>> nearest(float[][] queries, int depth, int threads, Map<String, float[]> positives) {
        Set<String> wanted = belonging.values().stream()
                .flatMap(own -> own.positives().stream())
                .collect(Collectors.toSet());
        NearestDocuments search = new NearestDocuments(queries, depth, threads);
        List<String> all = texts.written();
        for (int from = 0; from < all.size(); from += TextVectors.WINDOW) {
            List<String> window = all.subList(from, Math.min(all.size(), from + TextVectors.WINDOW));
            float[][] vectors = TextVectors.of(model, window, TextRole.DOCUMENT);
            search.add(window, vectors);
            for (int i = 0; i < vectors.length; i++) {
                if (wanted.contains(window.get(i))) {
                    positives.put(window.get(i), vectors[i]);
                }
            }
        }
        return search.hits();
    }

    /** What stands within the range of ranks; the rest is counted. */
    private List<Candidate> candidates(Anchor anchor, List<Hit> hits) {
        Belonging own = anchor.belonging();
        List<Candidate> candidates = new ArrayList<>();
        Set<Object> before = new HashSet<>();
        int last = settings.last(guide != null || rescorer != null);
        int rank = 0;
        for (Hit hit : hits) {
            int place = texts.placeOf(hit.id());
            Optional<Mined.Reason> reason = texts.isAnyOf(place, own.numbers())
                    ? Optional.of(Mined.Reason.POSITIVE)
                    : texts.contains(place, own.keys())
                            ? Optional.of(Mined.Reason.CONTAINS)
                            : before.add(texts.identity(place)) ? Optional.empty() : Optional.of(Mined.Reason.REPEATED);
            if (reason.isEmpty()) {
                rank++;
                if (rank > last) {
                    break;
                }
                if (rank > settings.passedOver()) {
                    candidates.add(new Candidate(place, hit.score(), rank));
                    continue;
                }
            }
            refuse(reason.orElse(Mined.Reason.PASSED_OVER), anchor.pairs().size());
        }
        return candidates;
    }

    private void refuse(Mined.Reason reason, long times) {
        refused.merge(reason, times, Long::sum);
    }

    /** The positives of an anchor and its candidates, best first, with the scores that count. */
    private record Scored(Map<String, Double> positives, List<Candidate> candidates) {
        double lowest() {
            return positives.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .min()
                    .orElseThrow();
        }
    }

    private static Scored scored(
            Anchor anchor, float[] query, Map<String, float[]> vectors, List<Candidate> candidates) {
        Map<String, Double> positives = new HashMap<>();
        anchor.belonging()
                .positives()
                .forEach(positive ->
                        positives.put(positive, TextVectors.dot(query, Objects.requireNonNull(vectors.get(positive)))));
        return new Scored(positives, candidates);
    }

    private Scored rescored(Reranker rescoring, Anchor anchor, List<Candidate> candidates) {
        Map<String, Double> positives = new HashMap<>();
        Set<String> own = anchor.belonging().positives();
        List<String> all = new ArrayList<>(own);
        candidates.forEach(candidate -> all.add(text(candidate)));
        float[] scores = rescoring.score(anchor.text(), all);
        List<Candidate> rescored = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            int candidate = i - own.size();
            if (candidate < 0) {
                positives.put(all.get(i), (double) scores[i]);
            } else {
                Candidate found = candidates.get(candidate);
                rescored.add(new Candidate(found.place(), scores[i], found.rank()));
            }
        }
        rescored.sort(Comparator.comparingDouble(Candidate::score).reversed().thenComparingInt(Candidate::rank));
        return new Scored(positives, rescored);
    }

    private String text(Candidate candidate) {
        return texts.written().get(candidate.place());
    }

    /** The places of the candidates that the guide finds as near as a positive; its scores stand behind those of the positives. */
    private Set<Integer> answers(float[] scores, List<Candidate> candidates) {
        int positives = scores.length - candidates.size();
        double lowest =
                IntStream.range(0, positives).mapToDouble(i -> scores[i]).min().orElseThrow();
        return IntStream.range(0, candidates.size())
                .filter(i -> scores[positives + i] > lowest - settings.scores().guideMargin())
                .mapToObj(i -> candidates.get(i).place())
                .collect(Collectors.toSet());
    }

    private List<Candidate> left(Anchor anchor, Scored scored, Set<Integer> answers) {
        double lowest = scored.lowest();
        List<Candidate> left = new ArrayList<>();
        for (Candidate candidate : scored.candidates()) {
            Optional<Mined.Reason> reason = reason(lowest, candidate, answers);
            if (reason.isPresent()) {
                refuse(reason.get(), anchor.pairs().size());
            } else {
                left.add(candidate);
            }
        }
        return left;
    }

    private Optional<Mined.Reason> reason(double lowest, Candidate candidate, Set<Integer> answers) {
        double own = candidate.score();
        if (settings.scores().absoluteMargin().isPresent()
                && own > lowest - settings.scores().absoluteMargin().getAsDouble()) {
            return Optional.of(Mined.Reason.ABSOLUTE_MARGIN);
        }
        OptionalDouble share = settings.scores().relativeMargin();
        if (share.isPresent() && own > lowest - Math.abs(lowest) * share.getAsDouble()) {
            return Optional.of(Mined.Reason.RELATIVE_MARGIN);
        }
        if (own > settings.scores().highest().orElse(Double.POSITIVE_INFINITY)) {
            return Optional.of(Mined.Reason.HIGHEST);
        }
        if (own < settings.scores().lowest().orElse(Double.NEGATIVE_INFINITY)) {
            return Optional.of(Mined.Reason.LOWEST);
        }
        return answers.contains(candidate.place()) ? Optional.of(Mined.Reason.GUIDE) : Optional.empty();
    }

    /** So many negatives, or all if there are fewer, best first. */
    private List<Candidate> chosen(List<Candidate> left, int pair) {
        int count = Math.min(left.size(), settings.negatives());
        if (settings.sampling() == MiningSettings.Sampling.TOP) {
            return left.subList(0, count);
        }
        int[] order = RandomStream.of(settings.seed(), "mined negatives", pair).permutation(left.size());
        return Arrays.stream(order, 0, count).sorted().mapToObj(left::get).toList();
    }

    private Mined.Example record(int at, Pair pair, double score, List<Candidate> chosen) {
        return new Mined.Example(
                at,
                pair.anchor(),
                pair.positive(),
                score,
                chosen.stream()
                        .map(candidate -> new Mined.Negative(text(candidate), candidate.score(), candidate.rank()))
                        .toList());
    }
}
