// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.tapedeck.testing.ArchitectureRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What this module may depend on. */
final class ArchitectureTest {
  private final JavaClasses classes =
      ArchitectureRules.mainClasses(
          "dev.tapedeck.analyzer.cli",
          "dev.tapedeck.analyzer.export",
          "dev.tapedeck.analyzer.importer",
          "dev.tapedeck.analyzer.sql",
          "dev.tapedeck.analyzer.web");

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
                .resideInAnyPackage("dev.tapedeck.recorder..", "dev.tapedeck.replayer..", "jnr..")
                .because("the analyzer runs on laptops, without the kernel side"),
            noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                    "dev.tapedeck.format.internal..",
                    "dev.tapedeck.analyzer.http.internal..",
                    "dev.tapedeck.analyzer.internal..")
                .because("internal means no promises"),
            noClasses()
                .that()
                .resideOutsideOfPackage("dev.tapedeck.analyzer.web..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.Socket")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.ServerSocket")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("com.sun.net.httpserver..", "java.net.http..")
                .because("only the web page listens"),
            noClasses()
                .that()
                .resideOutsideOfPackage("dev.tapedeck.analyzer.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.tapedeck.analyzer.cli..")
                .because("the command line is the outermost layer")));
  }
}
