package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

    private final AtomicLong now = new AtomicLong();
    private final StringBuilder out = new StringBuilder();

    private ProgressBar bar(ProgressBar.Display display) {
        return ProgressBar.create(out, display, now::get);
    }

    private void steps(ProgressBar bar, int from, int to, int all, double seconds) {
        for (int step = from; step <= to; step++) {
            now.addAndGet((long) (seconds * 1e9));
            bar.on(new TrainingEvent.StepDone(
                    step, all, 0, 2.0, Math.log(512), 1e-5, 1, 5_000, seconds, 0.04, Map.of(), 0));
        }
    }

    @Test
    void a_log_file_gets_a_plain_line_every_ten_seconds_and_the_last_step() {
        steps(bar(ProgressBar.Display.plain()), 1, 100, 100, 0.4);

        String[] lines = out.toString().split("\n");
        assertThat(lines).hasSize(5);
        assertThat(lines[0])
                .isEqualTo("  1%  step 1/100  eta 0:40  loss 2.000 (chance 6.238)  12.5k tokens/s  padding 4%");
        assertThat(lines[1]).startsWith(" 26%  step 26/100  eta 0:30");
        assertThat(lines[4]).startsWith("100%  step 100/100  eta 0:00");
        assertThat(out).doesNotContain("\r").doesNotContain("\u001b");
    }

    @Test
    void a_terminal_gets_one_line_that_is_drawn_again_ten_times_a_second_at_most() {
        ProgressBar bar = bar(new ProgressBar.Display(true, true, 100, 10));

        steps(bar, 1, 1000, 1000, 0.01);

        assertThat(out).doesNotContain("\n");
        String[] drawn = out.substring(1).split("\r");
        assertThat(drawn).hasSizeBetween(100, 102);
        assertThat(drawn[drawn.length - 1]).startsWith("\u2501".repeat(24) + "  100%  step 1000/1000");
        assertThat(drawn).allMatch(line -> line.endsWith("\u001b[K") && line.length() <= 100 + 2);
    }

    @Test
    void a_narrow_terminal_without_unicode_shows_what_matters_most() {
        steps(bar(new ProgressBar.Display(true, false, 40, 10)), 1, 1, 2, 1);

        assertThat(out.toString()).isEqualTo("\r[#####.....]   50%  step 1/2  eta 0:01\u001b[K");
    }

    @Test
    void a_warning_gets_its_own_line_once_and_stays_in_the_bar() {
        ProgressBar bar = bar(ProgressBar.Display.onTerminal());
        CollapseVerdict verdict =
                new CollapseVerdict(CollapseVerdict.Level.WARNING, "the cloud shrinks", 0, 0, 0, 0, 0, 0);

        steps(bar, 1, 1, 10, 1);
        bar.on(new TrainingEvent.CollapseChecked(1, verdict));
        bar.on(new TrainingEvent.CollapseChecked(2, verdict));
        steps(bar, 2, 2, 10, 1);

        assertThat(out).containsOnlyOnce("\r\u001b[Kstep 1  warning: the cloud shrinks\n");
        assertThat(out.toString()).endsWith("padding 4%  warning\u001b[K");
    }

    @Test
    void the_reason_of_a_failure_is_left_to_the_error() {
        ProgressBar bar = bar(ProgressBar.Display.plain());

        bar.on(new TrainingEvent.RunFinished(4, TrainingEvent.Ending.FAILED, "the disk is full", 12, 3));

        assertThat(out.toString()).isEqualTo("The run failed (4 steps, 0:03, 12 tokens)\n");
    }

    @Test
    void judgements_and_the_end_get_lines() {
        ProgressBar bar = bar(ProgressBar.Display.plain());

        bar.on(new TrainingEvent.RunStarted(100, 400, "mine", "pixels", Map.of()));
        bar.on(new TrainingEvent.Evaluated(200, "dev", Map.of("ndcg@10", 0.34567)));
        bar.on(new TrainingEvent.BestChanged(200, "ndcg@10", 0.34567, 0.3));
        bar.on(new TrainingEvent.RunFinished(400, TrainingEvent.Ending.COMPLETED, "Done", 12_345_678, 3_725));

        assertThat(out.toString()).isEqualTo("""
                        mine: 400 steps from step 100
                        step 200  dev  ndcg@10 0.346
                        step 200  best ndcg@10 0.346, before 0.300
                        Done (400 steps, 1:02:05, 12.3M pixels)
                        """);
    }
}
