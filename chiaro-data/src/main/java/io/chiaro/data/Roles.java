package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a file plays which {@link Role}. Immutable.
 *
 * <p>Written {@code anchor=question,positive=answer,negative=wrong_1|wrong_2,label=class,score=similarity}: roles in any
 * order, with {@code domain=field} where there are experts, columns of one role separated by {@code |}. In a .csv or .tsv without a header columns are named by position:
 * {@code anchor=#1,positive=#2,score=#3}.
 */
public final class Roles {

    private static final int LONGEST_SHOWN = 40;

    private final Map<Role, List<String>> columns;

    private Roles(Map<Role, List<String>> columns) {
        this.columns = columns;
    }

    /**
     * Roles from their map.
     *
     * @throws ChiaroException if no column is the anchor, a column has two roles, a role has too many columns, or the
     *     roles make up no {@link ExampleShape}
     */
    public static Roles of(Map<Role, List<String>> columns) {
        return checked("roles", columns);
    }

    /**
     * Roles as written on the command line.
     *
     * @throws ChiaroException (usage) for an unknown role, with the nearest, and for everything that {@link #of} refuses
     */
    public static Roles parse(String text) {
        Map<Role, List<String>> columns = new EnumMap<>(Role.class);
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals <= 0 || equals == part.length() - 1) {
                throw ChiaroException.usage(
                        "roles: expected role=column[|column...] parts separated by commas, but found \"" + part
                                + "\" in \"" + text + "\". Write for example anchor=question,positive=answer.");
            }
            Role role = role(part.substring(0, equals).strip());
            List<String> named = columns.computeIfAbsent(role, key -> new ArrayList<>());
            for (String column : part.substring(equals + 1).split("\\|", -1)) {
                if (column.isBlank()) {
                    throw ChiaroException.usage(
                            "roles: expected a column name, but found an empty one in \"" + part + "\". Remove it.");
                }
                named.add(column.strip());
            }
        }
        return checked("roles", columns);
    }

    private static Role role(String key) {
        for (Role role : Role.values()) {
            if (role.key().equals(key)) {
                return role;
            }
        }
        throw ChiaroException.usage(
                "roles: expected the name of a role, but found \"" + key + "\". " + Names.hint(key, Role.keys()));
    }

    /**
     * Roles by name: the columns {@code anchor} (or {@code text}), {@code positive}, {@code negative}, {@code negative_1},
     * {@code negative_2} ..., {@code label}, {@code score}, {@code score_1} .... Other columns have no role, and other
     * names are never guessed.
     *
     * @param file named in errors
     * @param available the columns of the file
     * @throws ChiaroException (usage) if there is no anchor among them, or the columns together make up no shape; (data) if there
     *     are no columns
     */
    public static Roles defaults(Path file, Collection<String> available) {
        refuseEmpty(file, available);
        Map<Role, List<String>> columns = new EnumMap<>(Role.class);
        if (available.contains("anchor")) {
            columns.put(Role.ANCHOR, List.of("anchor"));
        } else if (available.contains("text")) {
            columns.put(Role.ANCHOR, List.of("text"));
        }
        for (Role role : List.of(Role.POSITIVE, Role.LABEL)) {
            if (available.contains(role.key())) {
                columns.put(role, List.of(role.key()));
            }
        }
        for (Role role : List.of(Role.NEGATIVE, Role.SCORE)) {
            List<String> named = new ArrayList<>();
            if (available.contains(role.key())) {
                named.add(role.key());
            }
            available.stream()
                    .filter(column -> column.matches(role.key() + "_\\d{1,4}"))
                    .sorted(Comparator.comparingInt((String column) ->
                            Integer.parseInt(column.substring(role.key().length() + 1))))
                    .forEach(named::add);
            if (!named.isEmpty()) {
                columns.put(role, named);
            }
        }
        if (!columns.containsKey(Role.ANCHOR)) {
            throw ChiaroException.usage(file.toAbsolutePath()
                    + ": expected a column named anchor or text, but found the columns "
                    + available.stream().map(Roles::shortened).collect(Collectors.joining(", ")) + ". "
                    + (Header.looksLikeRow(available)
                            ? withoutHeader(available.size())
                            : "Say which is which, for example --roles anchor="
                                    + available.stream().findFirst().orElse("question")
                                    + ",positive="
                                    + available.stream().skip(1).findFirst().orElse("answer")
                                    + ", or --roles "
                                    + Header.byPosition(available.size())
                                    + " if a .csv or .tsv has no header."));
        }
        return checked(file.toAbsolutePath() + ": roles", columns);
    }

    /** Whether {@link #defaults} gives a column of this name a role, in a file with an anchor. */
    public static boolean hasRoleByName(String column) {
        return Role.keys().contains(column) && !column.equals(Role.DOMAIN.key())
                || column.matches("(negative|score)_\\d{1,4}");
    }

    private static String withoutHeader(int columns) {
        return "If that is a row and the file has no header, name columns by position, for example --roles "
                + Header.byPosition(columns) + ".";
    }

    private static String shortened(String column) {
        return column.length() > LONGEST_SHOWN ? column.substring(0, LONGEST_SHOWN) + "..." : column;
    }

    private static Roles checked(String where, Map<Role, List<String>> given) {
        Map<Role, List<String>> columns = new EnumMap<>(Role.class);
        Set<String> seen = new HashSet<>();
        given.forEach((role, named) -> {
            if (named.isEmpty()) {
                return;
            }
            if (named.size() > 1 && !role.many()) {
                throw ChiaroException.usage(where + ": expected one column as " + role.key() + ", but found "
                        + String.join(", ", named) + ". Keep one.");
            }
            for (String column : named) {
                if (column.isBlank() || !column.equals(column.strip()) || column.matches("(?s).*[,|].*")) {
                    throw ChiaroException.usage(where + ": expected column names without \",\", \"|\" and outer blanks,"
                            + " but found \"" + column + "\". Rename the column.");
                }
                if (!seen.add(column)) {
                    throw ChiaroException.usage(where + ": expected each column once, but \"" + column
                            + "\" is named twice. Give it one role.");
                }
            }
            columns.put(role, List.copyOf(named));
        });
        Roles roles = new Roles(columns);
        String problem = roles.problem();
        if (problem != null) {
            throw ChiaroException.usage(
                    where + ": " + problem + ", but found " + roles + ". Choose the columns with --roles.");
        }
        return roles;
    }

    private @Nullable String problem() {
        if (!has(Role.ANCHOR)) {
            return "expected a column as anchor";
        }
        if (has(Role.NEGATIVE) && !has(Role.POSITIVE)) {
            return "expected a positive beside the negatives";
        }
        if (has(Role.SCORE) && !has(Role.POSITIVE)) {
            return "expected a positive (the second text) beside the score";
        }
        List<String> named = columns.values().stream().flatMap(List::stream).toList();
        if (named.stream().anyMatch(Roles::isPosition) && !named.stream().allMatch(Roles::isPosition)) {
            return "expected all columns by name or all by position";
        }
        if (has(Role.LABEL) && has(Role.DOMAIN)) {
            return "expected a label or a domain, since a record keeps one of them";
        }
        if (has(Role.LABEL) && (has(Role.SCORE) || has(Role.NEGATIVE))) {
            return "expected a label, or scores, or negatives";
        }
        return null;
    }

    /** A file without a column has no rows: that is no wrong name, whatever is asked of it. */
    private static void refuseEmpty(Path file, Collection<String> available) {
        if (available.isEmpty()) {
            throw ChiaroException.data(
                    file.toAbsolutePath() + ": expected at least one row, but found none. Check the file.");
        }
    }

    /**
     * Checks that a file has every named column.
     *
     * @return this
     * @throws ChiaroException (usage) naming the nearest column and all columns; (data) if there are no columns
     */
    public Roles check(Path file, Collection<String> available) {
        refuseEmpty(file, available);
        columns.forEach((role, named) -> named.forEach(column -> {
            if (!available.contains(column)) {
                throw ChiaroException.usage(file.toAbsolutePath() + ": expected the column \"" + column + "\" as "
                        + role.key() + ", but there is none. "
                        + (Header.looksLikeRow(available)
                                ? "The first line is: "
                                        + available.stream()
                                                .map(Roles::shortened)
                                                .collect(Collectors.joining(", "))
                                        + ". " + withoutHeader(available.size())
                                : Names.hint(column, available)));
            }
        }));
        return this;
    }

    /** The columns of a role, in order; empty if it has none. */
    public List<String> columns(Role role) {
        return columns.getOrDefault(role, List.of());
    }

    /** The only column of a role that has at most one. */
    public Optional<String> column(Role role) {
        return columns(role).stream().findFirst();
    }

    /** Whether columns are named by position, {@code #1}, {@code #2} ..., as in a file without a header. */
    public boolean byPosition() {
        return columns.values().stream().flatMap(List::stream).allMatch(Roles::isPosition);
    }

    private static boolean isPosition(String column) {
        return column.matches("#[1-9]\\d{0,5}");
    }

    /** Whether any column has this role. */
    public boolean has(Role role) {
        return !columns(role).isEmpty();
    }

    /**
     * The shape of examples whose lists hold so many negatives and scores.
     *
     * @throws ChiaroException (usage) if the number of scores fits neither the pair nor its negatives
     */
    public ExampleShape shape(int negatives, int scores) {
        if (!has(Role.POSITIVE)) {
            return has(Role.LABEL) ? ExampleShape.LABELLED_TEXTS : ExampleShape.TEXTS;
        }
        if (has(Role.LABEL)) {
            return ExampleShape.LABELLED_PAIRS;
        }
        if (scores == 0) {
            return ExampleShape.pairsWithNegatives(negatives);
        }
        boolean fits = negatives == 0 ? scores == 1 : scores == 1 + negatives || (scores == 1 && negatives == 1);
        if (!fits) {
            throw ChiaroException.usage("roles: expected "
                    + (negatives == 0
                            ? "1 score"
                            : 1 + negatives + " scores (one for the positive and one for each negative)")
                    + ", but found " + scores + " in " + this + ". Name the right columns with --roles.");
        }
        return negatives == 0
                ? ExampleShape.SCORED_PAIRS
                : new ExampleShape(ExampleShape.Kind.SCORED_NEGATIVES, negatives, scores);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Roles roles && roles.columns.equals(columns);
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return columns.entrySet().stream()
                .map(entry -> entry.getKey().key() + "=" + String.join("|", entry.getValue()))
                .collect(Collectors.joining(","));
    }
}
