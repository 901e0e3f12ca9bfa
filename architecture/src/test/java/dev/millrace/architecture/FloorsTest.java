package dev.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who may import whom; docs/decisions/0001-modules-and-floors.md says why. */
class FloorsTest {
    private static final String ROOT = "dev.millrace.";

    /**
     * A module imports only from floors below its own. Modules to come have their floor already.
     */
    private static final Map<String, Integer> FLOORS =
            Map.ofEntries(
                    Map.entry("benchmarks", 8),
                    Map.entry("examples", 8),
                    Map.entry("cli", 7),
                    Map.entry("server", 6),
                    Map.entry("flight", 6),
                    Map.entry("testkit", 6),
                    Map.entry("pipelines", 5),
                    Map.entry("sql", 4),
                    Map.entry("correlation", 4),
                    Map.entry("events", 3),
                    Map.entry("vectors", 3),
                    Map.entry("formats", 2),
                    Map.entry("kafka", 2),
                    Map.entry("columns", 1),
                    Map.entry("log", 1));

    /** They look inside on purpose: to break things, and to measure them. */
    private static final Set<String> INSIDERS = Set.of("testkit", "benchmarks");

    private static final String[] CODECS = {
        "org.xerial.snappy..", "net.jpountz..", "com.github.luben.zstd.."
    };

    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(location -> !location.contains("/dev/millrace/architecture/"))
                    .importPackages("dev.millrace");

    @Test
    void everyModuleHasAFloorAndIsCheckedHere() {
        Set<String> seen =
                MAIN.stream().map(FloorsTest::moduleOf).collect(Collectors.toUnmodifiableSet());
        assertThat(FLOORS.keySet()).as("modules with a floor").containsAll(seen);
        assertThat(seen)
                .as("modules on the class path of architecture/pom.xml")
                .containsAll(
                        Repository.modules().stream()
                                .filter(module -> !module.equals("architecture"))
                                .toList());
    }

    @Test
    void modulesImportOnlyFromFloorsBelow() {
        classes()
                .should(
                        importOnly(
                                "from floors below",
                                (from, to) -> floorOf(moduleOf(from)) > floorOf(moduleOf(to))))
                .check(MAIN);
    }

    @Test
    void internalPackagesStayInTheirModule() {
        classes()
                .should(
                        importOnly(
                                "public packages of other modules",
                                (from, to) ->
                                        !to.getPackageName().contains(".internal")
                                                || INSIDERS.contains(moduleOf(from))))
                .check(MAIN);
    }

    @Test
    void packagesFormNoCircles() {
        slices().assignedFrom(new PackagesButModuleRoots())
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void embeddingTheLogBringsOnlyCodecsAndTheHistogram() {
        classes()
                .that()
                .resideInAPackage("dev.millrace.log..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "jdk..",
                        "dev.millrace.log..",
                        "org.jspecify.annotations",
                        "org.HdrHistogram",
                        CODECS[0],
                        CODECS[1],
                        CODECS[2])
                .check(MAIN);
    }

    @Test
    void codecsStayOutOfThePublicTypes() {
        noClasses()
                .that()
                .resideInAPackage("dev.millrace.log")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CODECS)
                .check(MAIN);
    }

    @Test
    void onlyTheCommandPrints() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.millrace.cli..",
                        "dev.millrace.benchmarks..",
                        "dev.millrace.examples..",
                        "dev.millrace.testkit.crash..") // its child process talks to its parent
                .should(ACCESS_STANDARD_STREAMS)
                .check(MAIN);
    }

    private static String moduleOf(JavaClass type) {
        String below = type.getPackageName().substring(ROOT.length());
        int dot = below.indexOf('.');
        return dot < 0 ? below : below.substring(0, dot);
    }

    private static int floorOf(String module) {
        Integer floor = FLOORS.get(module);
        assertThat(floor).as("the floor of %s", module).isNotNull();
        return floor;
    }

    /** Judges each dependency of a class on a class of another module. */
    private static ArchCondition<JavaClass> importOnly(
            String what, BiPredicate<JavaClass, JavaClass> allowed) {
        return new ArchCondition<>("import only " + what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (target.getPackageName().startsWith(ROOT)
                            && !moduleOf(target).equals(moduleOf(type))
                            && !allowed.test(type, target)) {
                        events.add(
                                SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                }
            }
        };
    }

    /**
     * A module's public package and what lies below it know each other: the one holds the nouns and
     * the way in, the other does the work. Circles are looked for among all other packages.
     */
    private static final class PackagesButModuleRoots implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return !name.startsWith(ROOT) || name.equals(ROOT + moduleOf(type))
                    ? SliceIdentifier.ignore()
                    : SliceIdentifier.of(name);
        }

        @Override
        public String getDescription() {
            return "packages below the modules' root packages";
        }
    }
}
