package io.chiaro.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.SearchEngine;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the house together: which module may use which, and what stays inside a module. */
class ArchitectureTest {

    private static final String HOUSE = "io.chiaro.";

    /** An arrow points to what a module may use; what that one may use is allowed as well. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("core", Set.of()),
            Map.entry("testkit", Set.of()),
            Map.entry("model", Set.of("core")),
            Map.entry("onnx", Set.of("model")),
            Map.entry("search", Set.of("model")),
            Map.entry("data", Set.of("core")),
            Map.entry("eval", Set.of("model", "data")),
            Map.entry("tensor", Set.of("core")),
            Map.entry("nn", Set.of("tensor")),
            Map.entry("objective", Set.of("tensor")),
            Map.entry("train", Set.of("nn", "objective", "data")),
            Map.entry("text", Set.of("train", "model", "onnx")),
            Map.entry("vision", Set.of("train", "onnx")),
            Map.entry("serve", Set.of("model", "search")),
            Map.entry("cli", Set.of("text", "vision", "eval", "search", "onnx", "serve")));

    private static final List<String> USING_LEG = List.of("model", "onnx", "search", "eval", "serve");
    private static final List<String> LEARNING_LEG = List.of("tensor", "nn", "objective", "train", "text", "vision");

    /** What must not show in a signature, so that it can be exchanged. */
    private static final String[] FOREIGN = {
        "com.fasterxml.jackson..",
        "org.apache.lucene..",
        "io.github.jbellis..",
        "ai.onnxruntime..",
        "ai.onnx.proto..",
        "ai.djl..",
        "org.eclipse.jetty..",
        "io.opentelemetry..",
        "com.google.protobuf..",
        "org.bytedeco.."
    };

    private static final JavaClasses HOUSE_CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.chiaro");

    private static final ArchRule ARROWS_ARE_KEPT = classes().should(useOnlyAlong(ARROWS));

    private static final ArchRule USING_DOES_NOT_LEARN = noClasses()
            .that(resideInAnyPackage(packagesOf(USING_LEG)))
            .should()
            .dependOnClassesThat(resideInAnyPackage(packagesOf(LEARNING_LEG)))
            .orShould()
            .dependOnClassesThat(resideInAPackage("org.bytedeco.."));

    private static final ArchRule LIBTORCH_HAS_ONE_DOOR = noClasses()
            .that(DescribedPredicate.not(resideInAnyPackage("io.chiaro.tensor..", "io.chiaro.testkit..")))
            .should()
            .dependOnClassesThat(resideInAPackage("org.bytedeco.."));

    /** Stands between chiaro-search and Lucene, and is open only because Java has no packages within packages. */
    private static final String VECTORS_IN_LUCENE = "io.chiaro.search.vector";

    private static final ArchRule SIGNATURES_ARE_OUR_OWN = classes()
            .that(DescribedPredicate.not(resideInAPackage(VECTORS_IN_LUCENE)))
            .should(showNoForeignTypes());

    /** All but what names a choice of the user's. */
    private static final ArchRule VECTORS_IN_LUCENE_ARE_FOR_SEARCH = noClasses()
            .that(DescribedPredicate.not(resideInAPackage("io.chiaro.search..")))
            .should()
            .dependOnClassesThat(DescribedPredicate.describe("write and find vectors in Lucene", type -> {
                JavaClass base = type.getBaseComponentType();
                return base.getPackageName().equals(VECTORS_IN_LUCENE)
                        && !base.isEquivalentTo(Quantisation.class)
                        && !base.isEquivalentTo(SearchEngine.class);
            }));

    private static final ArchRule ONLY_THE_COMMAND_LINE_TALKS = noClasses()
            .that(DescribedPredicate.not(resideInAPackage("io.chiaro.cli..")))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethodWhere(named(
                    "Throwable.printStackTrace()",
                    call -> call.getTarget().getName().equals("printStackTrace")
                            && call.getTarget().getOwner().isAssignableTo(Throwable.class)
                            && call.getTarget().getRawParameterTypes().isEmpty()));

    /** Makes keys, which nobody may be able to compute again. */
    private static final Set<String> MAY_BE_UNPREDICTABLE = Set.of("io.chiaro.serve.key.KeyFile");

    private static final ArchRule CHANCE_HAS_AN_ADDRESS = noClasses()
            .that(DescribedPredicate.not(resideInAPackage("io.chiaro.testkit..")))
            .and(DescribedPredicate.describe(
                    "are not on the list", type -> !MAY_BE_UNPREDICTABLE.contains(type.getName())))
            .should()
            .dependOnClassesThat(equivalentTo(java.util.Random.class)
                    .or(equivalentTo(java.util.SplittableRandom.class))
                    .or(equivalentTo(java.security.SecureRandom.class))
                    .or(equivalentTo(java.util.concurrent.ThreadLocalRandom.class)))
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .callMethod(java.util.Collections.class, "shuffle", List.class);

    /** Each of these takes the time as a default that its caller can replace. */
    private static final Set<String> MAY_ASK_FOR_THE_TIME = Set.of(
            "io.chiaro.text.TextTraining$Options",
            "io.chiaro.text.ScorerTraining$Options",
            "io.chiaro.vision.PictureTraining$Options");

    private static final ArchRule LOGIC_HAS_NO_CLOCK = noClasses()
            .that(DescribedPredicate.not(resideInAPackage("io.chiaro.cli..")))
            .and(DescribedPredicate.describe(
                    "are not on the list", type -> !MAY_ASK_FOR_THE_TIME.contains(type.getName())))
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethodWhere(named(
                    "java.time's now()",
                    call -> call.getTarget().getOwner().getPackageName().equals("java.time")
                            && call.getTarget().getName().equals("now")
                            && call.getTarget().getRawParameterTypes().stream()
                                    .noneMatch(type -> type.isEquivalentTo(Clock.class))))
            .orShould()
            .callConstructor(java.util.Date.class);

    @Test
    void every_module_of_the_house_is_looked_at() {
        Set<String> found = new TreeSet<>();
        HOUSE_CLASSES.forEach(type -> found.add(moduleOf(type).orElseThrow()));

        assertThat(found).isEqualTo(new TreeSet<>(ARROWS.keySet()));
    }

    @Test
    void the_arrows_have_no_cycle() {
        for (String module : ARROWS.keySet()) {
            assertThat(reachable(module, ARROWS)).doesNotContain(module);
        }
    }

    @Test
    void modules_use_each_other_only_along_the_arrows() {
        ARROWS_ARE_KEPT.check(HOUSE_CLASSES);
    }

    @Test
    void what_uses_a_model_never_reaches_what_trains_one() {
        USING_DOES_NOT_LEARN.check(HOUSE_CLASSES);
    }

    @Test
    void only_the_tensor_module_touches_libtorch() {
        LIBTORCH_HAS_ONE_DOOR.check(HOUSE_CLASSES);
    }

    @Test
    void signatures_show_no_types_of_other_libraries() {
        SIGNATURES_ARE_OUR_OWN.check(HOUSE_CLASSES);
        VECTORS_IN_LUCENE_ARE_FOR_SEARCH.check(HOUSE_CLASSES);
    }

    @Test
    void only_the_command_line_prints_and_exits() {
        ONLY_THE_COMMAND_LINE_TALKS.check(HOUSE_CLASSES);
    }

    @Test
    void random_numbers_come_only_from_addressed_streams() {
        CHANCE_HAS_AN_ADDRESS.check(HOUSE_CLASSES);
    }

    @Test
    void logic_does_not_ask_for_the_time() {
        LOGIC_HAS_NO_CLOCK.check(HOUSE_CLASSES);
    }

    @Test
    void packages_are_nouns_of_the_field() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..impl..", "..manager..", "..helper..")
                .check(HOUSE_CLASSES);
    }

    @Test
    void the_rules_catch_what_they_forbid() {
        JavaClasses planted = new ClassFileImporter().importClasses(Planted.class);

        // A test class counts as one of the command line, which may print and ask for the time.
        assertThat(LIBTORCH_HAS_ONE_DOOR.evaluate(planted).hasViolation()).isTrue();
        assertThat(CHANCE_HAS_AN_ADDRESS.evaluate(planted).hasViolation()).isTrue();
        assertThat(SIGNATURES_ARE_OUR_OWN.evaluate(planted).getFailureReport().getDetails())
                .hasSize(3);
        assertThat(reachable("onnx", ARROWS)).containsExactlyInAnyOrder("model", "core");
        Map<String, Set<String>> withoutOne = new TreeMap<>(ARROWS);
        withoutOne.put("search", Set.of("core"));
        assertThat(classes()
                        .should(useOnlyAlong(withoutOne))
                        .evaluate(HOUSE_CLASSES)
                        .getFailureReport()
                        .getDetails())
                .isNotEmpty()
                .allMatch(text -> text.contains("io.chiaro.search") && text.contains("io.chiaro.model"));
    }

    /** Breaks what a class of the command line can break. */
    public static class Planted {
        private final double luck = Math.random();

        /** A foreign type inside a generic one. */
        public Optional<org.bytedeco.javacpp.Pointer> pointer() {
            return Optional.empty();
        }

        /** A foreign parameter, an array of it, and one that does not show. */
        public double take(org.bytedeco.javacpp.FloatPointer[] pointers) {
            return hidden(pointers) + luck;
        }

        /** A foreign field. */
        protected org.bytedeco.javacpp.@org.jspecify.annotations.Nullable BytePointer bytes;

        private static double hidden(org.bytedeco.javacpp.FloatPointer[] pointers) {
            return pointers.length;
        }
    }

    private static String[] packagesOf(List<String> modules) {
        return modules.stream().map(module -> HOUSE + module + "..").toArray(String[]::new);
    }

    private static Optional<String> moduleOf(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith(HOUSE)) {
            return Optional.empty();
        }
        return Optional.of(name.substring(HOUSE.length()).split("\\.", -1)[0]);
    }

    private static Set<String> reachable(String module, Map<String, Set<String>> arrows) {
        Set<String> reached = new TreeSet<>();
        List<String> open = new ArrayList<>(arrows.get(module));
        while (!open.isEmpty()) {
            String next = open.remove(open.size() - 1);
            if (reached.add(next)) {
                open.addAll(arrows.get(next));
            }
        }
        return reached;
    }

    private static ArchCondition<JavaClass> useOnlyAlong(Map<String, Set<String>> arrows) {
        Map<String, Set<String>> allowed = new TreeMap<>();
        arrows.keySet().forEach(module -> allowed.put(module, reachable(module, arrows)));
        return new ArchCondition<>("use only modules that an arrow points to") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = moduleOf(type).orElseThrow();
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    Optional<String> to = moduleOf(dependency.getTargetClass().getBaseComponentType());
                    if (to.isPresent()
                            && !to.get().equals(from)
                            && !allowed.getOrDefault(from, Set.of()).contains(to.get())) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> showNoForeignTypes() {
        DescribedPredicate<JavaClass> foreign = resideInAnyPackage(FOREIGN);
        return new ArchCondition<>("show no types of other libraries") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!isOpen(type)) {
                    return;
                }
                Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream())
                        .forEach(parent -> report(events, type, type.getFullName(), parent));
                type.getMembers().stream()
                        .filter(ArchitectureTest::isOpen)
                        .forEach(member ->
                                typesOf(member).forEach(shown -> report(events, type, member.getFullName(), shown)));
            }

            private void report(ConditionEvents events, JavaClass type, String where, JavaType shown) {
                shown.getAllInvolvedRawTypes().stream()
                        .map(JavaClass::getBaseComponentType)
                        .filter(foreign)
                        .forEach(raw ->
                                events.add(SimpleConditionEvent.violated(type, where + " shows " + raw.getName())));
            }
        };
    }

    /** Whether a class can be seen from outside its package. */
    private static boolean isOpen(JavaClass type) {
        boolean open = type.getModifiers().contains(JavaModifier.PUBLIC)
                || type.getModifiers().contains(JavaModifier.PROTECTED);
        return open
                && type.getEnclosingClass().map(ArchitectureTest::isOpenOrATest).orElse(true);
    }

    /** The planted class stands inside this test, which is not public. */
    private static boolean isOpenOrATest(JavaClass type) {
        return type.isEquivalentTo(ArchitectureTest.class) || isOpen(type);
    }

    private static boolean isOpen(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static Collection<JavaType> typesOf(JavaMember member) {
        List<JavaType> types = new ArrayList<>();
        if (member instanceof JavaCodeUnit code) {
            types.add(code.getReturnType());
            types.addAll(code.getParameterTypes());
            types.addAll(code.getExceptionTypes());
            code.getTypeParameters().forEach(parameter -> types.addAll(parameter.getUpperBounds()));
        } else {
            types.add(((com.tngtech.archunit.core.domain.JavaField) member).getType());
        }
        return types;
    }

    private static <T extends JavaAccess<?>> DescribedPredicate<T> named(
            String description, java.util.function.Predicate<T> predicate) {
        return DescribedPredicate.describe(description, predicate);
    }
}
