package io.chiaro.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On a made-up clock: a server that computes a request in so many milliseconds, alone or eight together. */
class DemandTest {

    private static final long MILLISECOND = 1_000_000;

    /** A server, and clients who come at times; those who wait for their answer come again a moment after it. */
    private static final class World {
        private final Demand demand = new Demand(5 * MILLISECOND);
        private final long each;
        private final SplittableRandom random = new SplittableRandom(7);
        private final PriorityQueue<Long> coming = new PriorityQueue<>();
        private final Deque<Long> waiting = new ArrayDeque<>();
        private final List<Demand.Kind> kinds = new ArrayList<>();
        private long now;
        private long free;
        private int computing;

        World(double milliseconds) {
            this.each = (long) (milliseconds * MILLISECOND);
        }

        private double ahead() {
            return (double) waiting.size() * each;
        }

        /** Goes on for so many milliseconds; clients of a closed loop ask again, and so do those who were turned away. */
        void run(long milliseconds, boolean again) {
            long end = now + milliseconds * MILLISECOND;
            while (now < end) {
                now += MILLISECOND / 4;
                if (computing > 0 && now >= free) {
                    for (int i = 0; i < computing; i++) {
                        demand.ended(now, ahead());
                        if (again) {
                            coming.add(now + MILLISECOND / 2 + random.nextLong(2 * MILLISECOND));
                        }
                    }
                    computing = 0;
                }
                while (!coming.isEmpty() && coming.peek() <= now) {
                    coming.remove();
                    demand.came(now, ahead());
                    if (demand.kind() != Demand.Kind.TOO_MUCH || ahead() <= 5 * MILLISECOND) {
                        waiting.add(now);
                    }
                }
                if (computing == 0 && !waiting.isEmpty()) {
                    while (computing < 8 && !waiting.isEmpty()) {
                        waiting.remove();
                        computing++;
                    }
                    free = now + computing * each;
                }
                kinds.add(demand.kind());
            }
        }

        /** So many a second, whatever is answered. */
        void open(double perSecond, long milliseconds) {
            double at = now;
            while (at < now + milliseconds * MILLISECOND) {
                coming.add((long) at);
                at += -Math.log(1 - random.nextDouble()) * 1e9 / perSecond;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"16,0.5", "16,2.7", "64,2.7", "200,2.7", "64,30", "250,0.5", "8,300"})
    void clients_who_wait_for_their_answers_are_never_too_much(int clients, double milliseconds) {
        World world = new World(milliseconds);
        for (int i = 0; i < clients; i++) {
            world.coming.add((long) i * MILLISECOND / 4);
        }
        world.run(8000, true);
        assertThat(world.kinds).doesNotContain(Demand.Kind.TOO_MUCH);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 200})
    void a_burst_is_not_too_much_however_many_come(long milliseconds) {
        World world = new World(2.7);
        for (int i = 0; i < 250; i++) {
            world.coming.add(i * milliseconds * MILLISECOND / 250);
        }
        world.run(3000, false);
        assertThat(world.kinds).contains(Demand.Kind.RISING).doesNotContain(Demand.Kind.TOO_MUCH);
        assertThat(world.kinds.get(world.kinds.size() - 1)).isNotEqualTo(Demand.Kind.TOO_MUCH);
    }

    @ParameterizedTest
    @CsvSource({"2.7,2", "0.5,2", "30,2", "2.7,1.5"})
    void twice_what_can_be_computed_is_too_much_within_a_second_and_stays_so(double milliseconds, double times) {
        World world = new World(milliseconds);
        world.open(times * 1000 / milliseconds, 8000);
        world.run(8000, false);
        int first = world.kinds.indexOf(Demand.Kind.TOO_MUCH);
        assertThat(first).isPositive().isLessThan(4 * 1100);
        assertThat(world.kinds.subList(first, world.kinds.size())).containsOnly(Demand.Kind.TOO_MUCH);
    }

    @Test
    void when_it_is_over_all_is_calm_again() {
        World world = new World(2.7);
        world.open(740, 3000);
        world.run(3000, false);
        assertThat(world.demand.kind()).isEqualTo(Demand.Kind.TOO_MUCH);
        world.open(100, 3000);
        world.run(3000, false);
        assertThat(world.demand.kind()).isEqualTo(Demand.Kind.CALM);
    }

    @Test
    void less_than_can_be_computed_is_calm() {
        World world = new World(2.7);
        world.open(150, 8000);
        world.run(8000, false);
        assertThat(world.kinds).contains(Demand.Kind.CALM).doesNotContain(Demand.Kind.TOO_MUCH);
    }
}
