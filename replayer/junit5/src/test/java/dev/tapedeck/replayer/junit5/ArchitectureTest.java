// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.tapedeck.testing.ArchitectureRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What this module may depend on. */
final class ArchitectureTest {
  private final JavaClasses classes = ArchitectureRules.mainClasses("dev.tapedeck.replayer.junit5");

  @Test
  void module_allClasses_followCommonRules() {
    ArchitectureRules.check(classes, ArchitectureRules.common());
  }

  @Test
  void module_dependencies_areTheFacadeAndJUnitAlone() {
    ArchitectureRules.check(
        classes,
        List.of(
            noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                    "dev.tapedeck.replayer.cli..",
                    "dev.tapedeck.replayer.engine..",
                    "dev.tapedeck.replayer.plan..",
                    "dev.tapedeck.replayer.diff..",
                    "dev.tapedeck.recorder..",
                    "dev.tapedeck.analyzer..",
                    "io.netty..",
                    "tools.jackson..")
                .because("what users without JUnit can do is in the replayer's own facade")));
  }
}
