package io.chiaro.train;

import io.chiaro.objective.HeadByHead;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.several.SeveralObjectives;
import org.jspecify.annotations.Nullable;

/**
 * The memories that an objective may ask for, each by its name.
 *
 * @param objective that asks
 * @param sizes how many rows there are
 * @param dimension width of a view
 * @param course of the temperature, if one is scheduled
 */
record MemoryKinds(Objective objective, Memories.Sizes sizes, int dimension, Memories.@Nullable Course course) {

    /** The memory of a name. */
    Memory named(String name) {
        int classes = sizes.classes();
        return switch (name) {
            case "classes" -> ImprintedMemory.ofClasses(name, classes, 1, dimension);
            case "centres" -> ImprintedMemory.ofClasses(name, classes, slot(name, "centres-per-class"), dimension);
            // Rows of a linear layer, which stand for no item.
            case "pair-weights" ->
                StoredMemory.learned(name, (long) classes * slot(name, "centres-per-class"), dimension);
            case "pair-head" -> StoredMemory.learned(name, 4, dimension);
            case "pair-bias" -> StoredMemory.learned(name, 1, 1);
            case "prototypes" -> ImprintedMemory.ofAny(name, sizes.prototypes(), dimension);
            case "gates" -> StoredMemory.learned(name, (long) classes * (classes + 1) / 2, dimension);
            case "temperature-map" ->
                StoredMemory.learned(
                        name, slot(name, "heads"), HeadByHead.widthOfHead(dimension, slot(name, "heads")) + 1);
            case Similarity.LOG_SCALE ->
                ScaleMemory.of(Double.parseDouble(asking(name).slots().getOrDefault("scale", "1")));
            case Similarity.BIAS -> StoredMemory.learned(name, 1, 1);
            case Similarity.SCHEDULED -> new ScheduleMemory(course);
            case SeveralObjectives.LOG_VARIANCES -> StoredMemory.learned(name, parts(), 1);
            case QueueMemory.NAME ->
                QueueMemory.of(
                        sizes.queue(),
                        dimension,
                        objective.needs().towers(),
                        objective.needs().memories().contains(QueueMemory.LABELS));
            case BankMemory.NAME ->
                BankMemory.of(
                        classes, sizes.queue(), dimension, objective.needs().towers());
            case BankMemory.LABELS -> BankMemory.labels(classes, sizes.queue());
            case QueueMemory.LABELS -> QueueMemory.labels(sizes.queue());
            case SliceMemory.NAME -> new SliceMemory(sizes.slices(), dimension);
            case "centre" -> StoredMemory.kept(name, 1, dimension);
            case "covariance" -> StoredMemory.kept(name, dimension, dimension);
            case "idle" -> StoredMemory.kept(name, 1, sizes.latents());
            // Each latent reads what it writes, at first: vectors of a length near one.
            case "encoder", "decoder" ->
                StoredMemory.learned(name, sizes.latents(), dimension)
                        .startingAs(StoredMemory.Start.normal("latents", 1 / Math.sqrt(dimension) / Memory.FASTER));
            case "latent-bias" -> StoredMemory.learned(name, sizes.latents(), 1);
            case "reading-bias" -> StoredMemory.learned(name, 1, dimension);
            // A net, which steps as wide as those of vectors would throw about.
            case "smoothing-in" ->
                StoredMemory.slow(name, dimension, dimension)
                        .startingAs(StoredMemory.Start.normal(name, 1 / Math.sqrt(dimension)));
            case "smoothing-bias" -> StoredMemory.slow(name, dimension, 1);
            case "smoothing-out" -> StoredMemory.slow(name, dimension, dimension);
            case "label-sets" -> {
                LabelSets sets = sizes.labelSets();
                yield StoredMemory.kept(name, classes, sets.labels().size()).startingAs((seed, count) -> sets.flat());
            }
            case "bank" ->
                StoredMemory.ofRecords(name, sizes.records(), dimension)
                        .startingAs(StoredMemory.Start.normal(name, 1))
                        .seenAsAWhole();
            case ClusterMemory.NAME ->
                ClusterMemory.of(
                        sizes.prototypes(),
                        dimension,
                        sizes.records(),
                        objective.needs().memories().contains(ClusterMemory.CONCENTRATIONS));
            case ClusterMemory.CONCENTRATIONS -> ClusterMemory.concentrations(sizes.prototypes());
            case "pair-losses" ->
                StoredMemory.ofRecords(name, sizes.records(), 2).seenAsAWhole();
            case "visits" -> StoredMemory.ofRecords(name, sizes.records(), 1);
            case "denominators" -> StoredMemory.ofRecords(name, sizes.records(), 1);
            case "temperatures" -> StoredMemory.ofRecords(name, sizes.records(), 2);
            default -> throw new IllegalStateException("Memories: nobody keeps the memory " + name);
        };
    }

    /** A number in a slot of the objective that asks for a memory; 1 if there is none. */
    private int slot(String memory, String name) {
        return Integer.parseInt(asking(memory).slots().getOrDefault(name, "1"));
    }

    /** Which of several objectives asks for a memory: no two remember under one name. */
    private Objective asking(String memory) {
        if (!(objective instanceof SeveralObjectives several)) {
            return objective;
        }
        return several.parts().stream()
                .map(SeveralObjectives.Part::objective)
                .filter(part -> part.needs().memories().contains(memory))
                .findFirst()
                .orElse(objective);
    }

    private int parts() {
        return objective.slots().getOrDefault("objectives", "").split(" \\+ ", -1).length;
    }
}
