// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.tapedeck.testing.ArchitectureRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What this module may depend on. */
final class ArchitectureTest {
  private final JavaClasses classes = ArchitectureRules.mainClasses("dev.tapedeck.replayer");

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
                .dependOnClassesThat()
                .resideInAnyPackage(
                    "dev.tapedeck.recorder..",
                    "dev.tapedeck.analyzer.cli..",
                    "dev.tapedeck.analyzer.export..",
                    "dev.tapedeck.analyzer.importer..",
                    "dev.tapedeck.analyzer.sql..",
                    "dev.tapedeck.analyzer.web..")
                .because("the replayer stands on the reconstruction core alone"),
            noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                    "dev.tapedeck.format.internal..",
                    "dev.tapedeck.analyzer.http.internal..",
                    "dev.tapedeck.analyzer.internal..")
                .because("internal means no promises"),
            noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.junit..")
                .because("only the JUnit module knows JUnit"),
            noClasses()
                .that()
                .resideOutsideOfPackage("dev.tapedeck.replayer.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.tapedeck.replayer.cli..")
                .because("the command line is the outermost layer")));
  }
}
