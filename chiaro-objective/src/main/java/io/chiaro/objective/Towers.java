package io.chiaro.objective;

import io.chiaro.objective.Tower.Source;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Slot 2: which towers make the views that an objective compares. An objective on arrays takes views as they are given; a run
 * makes them so.
 */
public enum Towers {
    /** Every input by the model. */
    ONLINE(),
    /** The first input by the model, the second by its moving average (He et al., "MoCo", CVPR 2020, section 3.2). */
    ONLINE_AND_AVERAGED(new Tower(0, Source.ONLINE), new Tower(1, Source.AVERAGED)),
    /**
     * Both inputs by the model, then the first by its moving average without dropout, for a queue (Wu et al., "ESimCSE",
     * COLING 2022, section 3.2).
     */
    BOTH_AND_FIRST_AVERAGED(
            new Tower(0, Source.ONLINE), new Tower(1, Source.ONLINE), new Tower(0, Source.AVERAGED_WITHOUT_DROPOUT)),
    /**
     * Both inputs by the model, then both by its moving average. More inputs, such as small crops, stand between, by the model alone (Caron
     * et al., "DINO", ICCV 2021, section 3.1).
     */
    BOTH_AND_AVERAGED(
            new Tower(0, Source.ONLINE),
            new Tower(1, Source.ONLINE),
            new Tower(0, Source.AVERAGED),
            new Tower(1, Source.AVERAGED)),
    /** Predictions of both inputs, then their projections, held fixed (Chen and He, "SimSiam", CVPR 2021, section 3). */
    PREDICTED_AND_STOPPED(
            new Tower(0, Source.PREDICTED),
            new Tower(1, Source.PREDICTED),
            new Tower(0, Source.STOPPED),
            new Tower(1, Source.STOPPED)),
    /** Predictions of both inputs, then both by the moving average (Grill et al., "BYOL", NeurIPS 2020, section 3.1). */
    PREDICTED_AND_AVERAGED(
            new Tower(0, Source.PREDICTED),
            new Tower(1, Source.PREDICTED),
            new Tower(0, Source.AVERAGED),
            new Tower(1, Source.AVERAGED)),
    /**
     * The prediction of the first input, then the projection that it was made from, then the second by the moving average (Pang et
     * al., "SMoG", ECCV 2022, section 3.2).
     */
    PREDICTED_ONLINE_AND_AVERAGED(
            new Tower(0, Source.PREDICTED), new Tower(0, Source.ONLINE), new Tower(1, Source.AVERAGED)),
    /**
     * Two inputs by the model, and a third that a run mixes of them (Bandara, De Melo and Patel, "Guarding Barlow Twins Against
     * Overfitting with Mixed Samples", 2023, section 3).
     */
    ONLINE_AND_MIXED(new Tower(0, Source.ONLINE), new Tower(1, Source.ONLINE), new Tower(2, Source.ONLINE));

    private final List<Tower> list;

    Towers(Tower... list) {
        this.list = List.of(list);
    }

    /** A tower for each view of a batch with so many inputs an item, in the order of the views. */
    public List<Tower> of(int inputs) {
        if (!list.isEmpty() && !(takesMore() && inputs > inputs())) {
            return list;
        }
        Stream<Tower> online = IntStream.range(0, inputs).mapToObj(input -> new Tower(input, Source.ONLINE));
        return Stream.concat(online, list.stream().filter(Tower::held)).toList();
    }

    /** Whether an item may have more inputs than it asks for. */
    public boolean takesMore() {
        return list.isEmpty() || this == BOTH_AND_AVERAGED;
    }

    /** How many inputs of an item it asks for; -1 for any number. */
    public int inputs() {
        return list.stream().mapToInt(tower -> tower.input() + 1).max().orElse(-1);
    }

    /** Whether the third input is a mixture of the first two, which a run makes. */
    public boolean mixed() {
        return this == ONLINE_AND_MIXED;
    }

    /** Whether a predictor stands behind the model. */
    public boolean predicted() {
        return list.stream().anyMatch(tower -> tower.source() == Source.PREDICTED);
    }

    /** Whether the model has a twin that follows it. */
    public boolean averaged() {
        return list.stream().anyMatch(tower -> !tower.ofModel());
    }

    /** The view whose rows a queue takes: the first that is held fixed, else the second. */
    public int remembered(int views) {
        int more = takesMore() ? Math.max(0, views - list.size()) : 0;
        for (int v = 0; v < list.size(); v++) {
            if (list.get(v).held()) {
                return v + more;
            }
        }
        return Math.min(1, views - 1);
    }
}
