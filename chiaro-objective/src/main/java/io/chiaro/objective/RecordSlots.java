package io.chiaro.objective;

import io.chiaro.core.Names;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An objective is a tree of records, and its slots are what stands in them: the kind of each inner record under the name of
 * its component, each number, truth value and constant under its own. Reads them as text, and makes the same tree with
 * another text in one of them.
 */
public final class RecordSlots {

    private RecordSlots() {}

    /** The slots of a tree, in the order of its components. */
    public static Map<String, String> read(Record root) {
        Map<String, String> slots = new LinkedHashMap<>();
        visit(root, slots);
        return slots;
    }

    private static void visit(Record record, Map<String, String> slots) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = value(record, component);
            String name = kebab(component.getName());
            if (value instanceof Tiling) {
                continue; // how a value is reckoned, not what it is
            }
            if (value instanceof Pairing.Blocks blocks) {
                put(slots, name, written(blocks.among()));
            } else if (value instanceof Record inner) {
                if (inner instanceof Similarity) {
                    visit(inner, slots);
                } else {
                    put(slots, name, kind(inner));
                    visit(inner, slots);
                }
            } else {
                put(slots, record instanceof Similarity && name.equals("kind") ? "similarity" : name, text(value));
            }
        }
    }

    private static void put(Map<String, String> slots, String name, String value) {
        if (slots.put(name, value) != null) {
            throw new IllegalStateException("RecordSlots: two components are called " + name);
        }
    }

    /** The tree with other texts in some slots; slots that name the kind of a record keep it. */
    @SuppressWarnings("unchecked")
    public static <R extends Record> R with(R record, Map<String, String> changed) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            Object value = value(record, components[i]);
            String name =
                    record instanceof Similarity && components[i].getName().equals("kind")
                            ? "similarity"
                            : kebab(components[i].getName());
            String text = changed.get(name);
            if (value instanceof Record inner && !(inner instanceof Tiling) && !(inner instanceof Pairing)) {
                String kind = kind(inner);
                if (text != null && !(inner instanceof Similarity) && !text.equals(kind)) {
                    throw new IllegalArgumentException(
                            name + " is " + kind + ", which makes the recipe what it is; another is another recipe");
                }
                values[i] = with(inner, changed);
            } else {
                values[i] = text == null || value instanceof Record ? value : parsed(name, text, types[i], value);
            }
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
            Object[] constants = constant.getDeclaringClass().getEnumConstants();
            List<String> valid = Arrays.stream(constants)
                    .map(found -> written((Enum<?>) found))
                    .toList();
            int found = valid.indexOf(text);
            if (found < 0) {
                throw new IllegalArgumentException(name + " has no value \"" + text + "\". " + Names.hint(text, valid));
            }
            return constants[found];
        }
        throw new IllegalStateException("RecordSlots: a component of type " + type + " cannot be set");
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

    /** The name of the kind of what fills a slot. */
    static String kind(Object filling) {
        return kebab(filling.getClass().getSimpleName());
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
