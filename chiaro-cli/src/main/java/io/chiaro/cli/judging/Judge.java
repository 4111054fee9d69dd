package io.chiaro.cli.judging;

/** Judges one kind of model, or of baseline. */
public interface Judge {

    /** Opens what is judged, judges it, closes it, and writes the files that are asked for. */
    Judgement judge(JudgingSettings on);
}
