// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.tapedeck.testing.ArchitectureRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What this module may depend on. */
final class ArchitectureTest {
  private final JavaClasses classes = ArchitectureRules.mainClasses("dev.tapedeck.recorder");

  @Test
  void module_allClasses_followCommonRules() {
    ArchitectureRules.check(classes, ArchitectureRules.common());
  }

  @Test
  void module_dependencies_pointOneWay() {
    ArchitectureRules.check(
        classes,
        List.of(
            noClasses()
                .should()
                .dependOnClassesThat(
                    resideInAnyPackage("dev.tapedeck.analyzer..", "dev.tapedeck.replayer..")
                        .and(
                            not(
                                resideInAnyPackage(
                                    "dev.tapedeck.analyzer.redact",
                                    "dev.tapedeck.analyzer.rules"))))
                .because(
                    "recorder and analyzer meet only in a capture file, but for what masks secrets"
                        + " before one is written"),
            noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.tapedeck.format.internal..")
                .because("internal means no promises"),
            noClasses()
                .that()
                .resideOutsideOfPackage("dev.tapedeck.recorder.bpf..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                    "jnr..", "com.kenai.jffi..", "dev.tapedeck.recorder.bpf.internal..")
                .because("pointers end at the facade"),
            noClasses()
                .that()
                .resideInAPackage("dev.tapedeck.recorder.bpf..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.tapedeck.recorder", "dev.tapedeck.recorder.cli..")
                .because("the facade is below what uses it"),
            noClasses()
                .that()
                .resideOutsideOfPackage("dev.tapedeck.recorder.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.tapedeck.recorder.cli..")
                .because("the command line is the outermost layer")));
  }
}
