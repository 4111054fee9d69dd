package io.chiaro.objective;

import java.util.Set;

/**
 * What a batch must hold for an objective, so that a run can be refused before its first step.
 *
 * @param roles the views it cannot do without
 * @param negatives whether it uses {@link ViewRole#NEGATIVE} views where there are any
 * @param scores whether each record needs a score (a teacher's margin may also come as teacher scores)
 * @param cosineScores whether scores are compared with a cosine, so that none outside -1..1 can be reached
 * @param teacherScores whether each record needs the teacher's score of every candidate column
 * @param teacherScale by what a cosine is multiplied before it is compared with the teacher's score; 0 where scores are compared with
 *     each other
 * @param labels whether each record needs a class
 * @param guide whether a guide model must embed the batch too
 * @param inBatchNegatives whether other items of the batch serve as negatives; then a batch must not hold a text twice
 * @param sameText whether the positive is the anchor's own text encoded once more, under another dropout mask
 * @param memories the rows beside the views that it reads, by name
 * @param views how many views of an item it compares at the least
 * @param towers which towers make these views in a run
 * @param layers how many embeddings of earlier layers stand beside each embedding
 * @param givenViews what these views hold that no run makes, so that it is evaluated on arrays alone; empty where a run makes all
 */
public record Needs(
        Set<ViewRole> roles,
        boolean negatives,
        boolean scores,
        boolean cosineScores,
        boolean teacherScores,
        double teacherScale,
        boolean labels,
        boolean guide,
        boolean inBatchNegatives,
        boolean sameText,
        Set<String> memories,
        int views,
        Towers towers,
        int layers,
        String givenViews) {

    public Needs {
        roles = Set.copyOf(roles);
        memories = Set.copyOf(memories);
    }

    /** The same, with embeddings of earlier layers beside each. */
    Needs withLayers(int earlier) {
        return new Needs(
                roles,
                negatives,
                scores,
                cosineScores,
                teacherScores,
                teacherScale,
                labels,
                guide,
                inBatchNegatives,
                sameText,
                memories,
                views,
                towers,
                earlier,
                givenViews);
    }

    /** How many inputs of an item a run must have at the least. */
    public int inputs() {
        return towers == Towers.ONLINE ? views : towers.inputs();
    }
}
