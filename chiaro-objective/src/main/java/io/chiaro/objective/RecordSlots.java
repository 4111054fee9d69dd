package io.chiaro.objective;

import io.chiaro.core.Names;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An objective is a tree of records, and its slots are what stands in them: the kind of each inner record under the name of
 * its component, each number, truth value and constant under its own. Reads them as text, and makes the same tree with
 * another text or another record in one of them.
 */
public final class RecordSlots {

    private RecordSlots() {}

    /** The slots of a tree, in the order of its components. */
    public static Map<String, String> read(Record root) {
        Map<String, String> slots = new LinkedHashMap<>();
        visit(root, slots);
        return slots;
    }

    /** Whether no two parts of a tree have a slot of one name, so that each can be told. */
    public static boolean canBeRead(Record root) {
        try {
            read(root);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void visit(Record record, Map<String, String> slots) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = value(record, component);
            String name = kebab(component.getName());
            if (value instanceof Tiling) {
                continue; // how a value is reckoned, not what it is
            }
            if (value instanceof Record inner) {
                if (!(inner instanceof Similarity)) {
                    put(slots, name, named(inner));
                }
                if (!(inner instanceof Pairing)) {
                    visit(inner, slots);
                }
            } else {
                put(slots, record instanceof Similarity && name.equals("kind") ? "similarity" : name, text(value));
            }
        }
    }

    private static void put(Map<String, String> slots, String name, String value) {
        if (slots.put(name, value) != null) {
            throw new IllegalArgumentException("two parts have a slot that is called " + name);
        }
    }

    /** The tree with other texts in some slots; slots that name the kind of a record keep it. */
    public static <R extends Record> R with(R record, Map<String, String> changed) {
        return rebuilt(record, (name, type, value) -> {
            String text = changed.get(name);
            if (value instanceof Record inner && !(inner instanceof Tiling)) {
                if (text != null && !(inner instanceof Similarity) && !text.equals(named(inner))) {
                    throw new IllegalArgumentException(
                            name + " is " + named(inner) + "; its kind is chosen before its numbers");
                }
                return inner instanceof Pairing ? inner : with(inner, changed);
            }
            return text == null || value instanceof Record ? value : parsed(name, text, type, value);
        });
    }

    /**
     * The tree with other kinds of records in some slots, each as it is known but for the numbers and constants that are told too; all
     * others stay as they are.
     *
     * @param told kinds, numbers and constants by slot
     * @param known the records that can stand in a component of a type, by the names of their kinds
     * @throws IllegalArgumentException if a kind is not known
     */
    public static <R extends Record> R ofKinds(
            R record, Map<String, String> told, Function<Class<?>, Map<String, Record>> known) {
        return rebuilt(record, (name, type, value) -> {
            String text = told.get(name);
            if (value instanceof Tiling) {
                return value;
            }
            if (value instanceof Similarity similarity) {
                return ofKinds(similarity, told, known);
            }
            if (!(value instanceof Record inner)) {
                return text == null ? value : parsed(name, text, type, value);
            }
            Record chosen = text == null || text.equals(named(inner))
                    ? inner
                    : inner instanceof Pairing.Blocks
                            ? new Pairing.Blocks((Pairing.Among) constant(name, text, Pairing.Among.values()))
                            : known(name, text, known.apply(type));
            // A kind is chosen once: what it holds has a slot of the same name only by mistake, and reading tells.
            Map<String, String> within = new LinkedHashMap<>(told);
            within.remove(name);
            return ofKinds(chosen, within, known);
        });
    }

    private static Record known(String name, String text, Map<String, Record> kinds) {
        Record found = kinds.get(text);
        if (found == null) {
            throw new IllegalArgumentException(
                    name + " has no kind \"" + text + "\". " + Names.hint(text, List.copyOf(kinds.keySet())));
        }
        return found;
    }

    /** A record that fills a slot of a tree. */
    public interface Part {

        /**
         * Called with one.
         *
         * @param slot its name
         * @param type of the component that it stands in
         * @param filling the record
         */
        void at(String slot, Class<?> type, Record filling);
    }

    /** Calls with each record of a tree that fills a slot. */
    public static void eachPart(Record root, Part each) {
        for (RecordComponent component : root.getClass().getRecordComponents()) {
            if (value(root, component) instanceof Record inner && !(inner instanceof Tiling)) {
                // A similarity is told by its measure; its temperature is a part.
                if (!(inner instanceof Similarity)) {
                    each.at(kebab(component.getName()), component.getType(), inner);
                }
                eachPart(inner, each);
            }
        }
    }

    /** What becomes of a component. */
    private interface Rebuilding {
        @Nullable
        Object component(String name, Class<?> type, Object value);
    }

    @SuppressWarnings("unchecked")
    private static <R extends Record> R rebuilt(R record, Rebuilding rebuilding) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            String name =
                    record instanceof Similarity && components[i].getName().equals("kind")
                            ? "similarity"
                            : kebab(components[i].getName());
            values[i] = rebuilding.component(name, types[i], value(record, components[i]));
        }
        try {
            var constructor = record.getClass().getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return (R) constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object parsed(String name, String text, Class<?> type, Object before) {
        try {
            if (type == double.class) {
                return Double.parseDouble(text.strip());
            }
            if (type == int.class) {
                return Integer.parseInt(text.strip());
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " expects a number, but found \"" + text + "\"", e);
        }
        if (type == boolean.class) {
            if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException(name + " expects true or false, but found \"" + text + "\"");
            }
            return text.equals("true");
        }
        if (before instanceof Enum<?> constant) {
            return constant(name, text, constant.getDeclaringClass().getEnumConstants());
        }
        throw new IllegalStateException("RecordSlots: a component of type " + type + " cannot be set");
    }

    private static Object constant(String name, String text, Object[] constants) {
        List<String> valid =
                Arrays.stream(constants).map(found -> written((Enum<?>) found)).toList();
        int found = valid.indexOf(text);
        if (found < 0) {
            throw new IllegalArgumentException(name + " has no value \"" + text + "\". " + Names.hint(text, valid));
        }
        return constants[found];
    }

    private static Object value(Record record, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The name of a constant as it is written outside: kebab case. */
    public static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A number as short as it can be written. */
    public static String written(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** What fills a slot as it is written outside: its kind, of rows against rows which of them. */
    public static String named(Object filling) {
        return filling instanceof Pairing.Blocks blocks ? written(blocks.among()) : kind(filling);
    }

    /** The name of the kind of what fills a slot. */
    public static String kind(Object filling) {
        return kind(filling.getClass());
    }

    /** The name of a kind. */
    static String kind(Class<?> type) {
        return kebab(type.getSimpleName());
    }

    private static String text(Object value) {
        return value instanceof Double number
                ? written(number)
                : value instanceof Enum<?> constant ? written(constant) : String.valueOf(value);
    }

    private static String kebab(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
