// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;

/**
 * The rules that hold in every module, and how a module's own classes are found.
 *
 * <p>Each module's {@code ArchitectureTest} checks {@link #common()} and adds what it may depend
 * on.
 */
public final class ArchitectureRules {
  private static final String[] CLI = {"dev.tapedeck.*.cli..", "dev.tapedeck.analyzer.cli.."};

  private ArchitectureRules() {}

  /**
   * Returns the main classes of the module under test, without its tests and without other modules.
   *
   * @param modulePackages the packages that the module owns, as package names without wildcards
   */
  public static JavaClasses mainClasses(String... modulePackages) {
    return new ClassFileImporter()
        .withImportOption(location -> !location.contains("/test-classes/"))
        .importPackages(modulePackages);
  }

  /** Checks every rule and fails with the first that is broken. */
  public static void check(JavaClasses classes, List<ArchRule> rules) {
    for (ArchRule rule : rules) {
      rule.allowEmptyShould(true).check(classes);
    }
  }

  /** Returns the rules that need no knowledge of a module. */
  public static List<ArchRule> common() {
    return List.of(
        noClasses()
            .that()
            .resideOutsideOfPackages(CLI)
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
            .because("only commands talk to the terminal"),
        noClasses()
            .that()
            .resideOutsideOfPackages(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..")
            .because("the libraries are used without a command line, too"),
        noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Clock")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("time is injected, so that tests own it"),
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.logging..", "org.slf4j..")
            .because("logging goes through System.Logger"),
        ArchRuleDefinition.classes()
            .should(beFinalUnlessExtended())
            .because("a class that nobody extends was not designed for it"),
        slices()
            .matching("dev.tapedeck.(**)")
            .should()
            .beFreeOfCycles()
            .because("packages that need each other are one package"));
  }

  private static ArchCondition<JavaClass> beFinalUnlessExtended() {
    return new ArchCondition<>("be final unless extended here, abstract or an exception") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean exempt =
            type.isInterface()
                || type.isAnonymousClass()
                || type.isEnum()
                || type.isAssignableTo(Throwable.class)
                || type.getModifiers().contains(JavaModifier.ABSTRACT)
                || type.getModifiers().contains(JavaModifier.FINAL)
                || type.getSimpleName().equals("package-info")
                || !type.getSubclasses().isEmpty();
        if (!exempt) {
          events.add(
              SimpleConditionEvent.violated(
                  type, type.getName() + " is neither final nor extended"));
        }
      }
    };
  }
}
