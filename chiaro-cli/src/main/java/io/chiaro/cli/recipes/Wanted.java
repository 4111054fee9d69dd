package io.chiaro.cli.recipes;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.objective.Needs;
import io.chiaro.objective.RecordSlots;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which recipes are listed.
 *
 * @param find a text that they hold
 * @param slots what stands in their slots
 * @param given all that the records hold beside their texts or pictures; empty if it does not matter
 */
public record Wanted(String find, Map<String, String> slots, Optional<List<String>> given) {

    private static final String NOTHING = "nothing";
    private static final List<String> TOLD = List.of("labels", "scores", "negatives", "teacher-scores", "guide");

    public Wanted {
        slots = Map.copyOf(slots);
    }

    /** All. */
    static final Wanted ALL = new Wanted("", Map.of(), Optional.empty());

    /** From what the options say; an error names what is not known. */
    public static Wanted of(@Nullable String find, List<String> slots, @Nullable String given) {
        Map<String, String> fillings = new LinkedHashMap<>();
        for (String slot : slots) {
            int equals = slot.indexOf('=');
            if (equals < 1) {
                throw ChiaroException.usage(
                        "--slot: expected NAME=VALUE, such as weights=hardness, but found \"" + slot + "\".");
            }
            fillings.put(known(slot.substring(0, equals)), slot.substring(equals + 1));
        }
        return new Wanted(
                find == null ? "" : find.toLowerCase(Locale.ROOT),
                fillings,
                Optional.ofNullable(given).map(Wanted::parsed));
    }

    private static String known(String slot) {
        List<String> names = new ArrayList<>(new TreeSet<>(Recipes.all().stream()
                .flatMap(recipe -> recipe.slots().keySet().stream())
                .toList()));
        if (!names.contains(slot)) {
            throw ChiaroException.usage("--slot: no recipe has a slot \"" + slot + "\". " + Names.hint(slot, names));
        }
        return slot;
    }

    private static List<String> parsed(String given) {
        if (given.equals(NOTHING)) {
            return List.of();
        }
        List<String> told =
                Arrays.stream(given.split(",", -1)).map(String::strip).toList();
        for (String one : told) {
            if (!TOLD.contains(one)) {
                List<String> valid = new ArrayList<>(TOLD);
                valid.add(NOTHING);
                throw ChiaroException.usage(
                        "--given: \"" + one + "\" is nothing that a record can hold. " + Names.hint(one, valid));
            }
        }
        return told;
    }

    /** Whether everything is. */
    public boolean isAll() {
        return equals(ALL);
    }

    /** Whether a recipe is. */
    boolean holds(Recipe recipe) {
        return recipe.card().toLowerCase(Locale.ROOT).contains(find)
                && slots.entrySet().stream()
                        .allMatch(slot -> slot.getValue().equals(recipe.slots().get(slot.getKey())))
                && given.map(told -> trains(recipe.create().needs(), told)).orElse(true);
    }

    /** Trainings have no slots, and their needs are told by their words. */
    boolean holds(Training training) {
        return slots.isEmpty() && given.isEmpty() && training.holds(find);
    }

    private static boolean trains(Needs needs, List<String> told) {
        return needs.givenViews().isEmpty() && told.containsAll(beside(needs));
    }

    /** What a record must hold beside its texts or pictures, and what a run must be told. */
    static List<String> beside(Needs needs) {
        List<String> beside = new ArrayList<>();
        if (needs.labels()) {
            beside.add("labels");
        }
        if (needs.scores()) {
            beside.add("scores");
        }
        if (needs.roles().contains(ViewRole.NEGATIVE)) {
            beside.add("negatives");
        }
        if (needs.teacherScores()) {
            beside.add("teacher-scores");
        }
        if (needs.guide()) {
            beside.add("guide");
        }
        return beside;
    }

    /** What a recipe needs, for programs to read. */
    static Map<String, Object> document(Needs needs) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("views", needs.views());
        document.put("beside", beside(needs));
        document.put("memories", new ArrayList<>(new TreeSet<>(needs.memories())));
        document.put("towers", RecordSlots.written(needs.towers()));
        document.put("given-views", needs.givenViews());
        return document;
    }
}
