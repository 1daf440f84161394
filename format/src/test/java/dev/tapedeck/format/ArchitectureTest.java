// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.tapedeck.testing.ArchitectureRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What this module may depend on. */
final class ArchitectureTest {
  private final JavaClasses classes = ArchitectureRules.mainClasses("dev.tapedeck.format");

  @Test
  void module_allClasses_followCommonRules() {
    ArchitectureRules.check(classes, ArchitectureRules.common());
  }

  @Test
  void module_dependencies_pointOneWay() {
    ArchitectureRules.check(
        classes,
        List.of(
            classes()
                .that()
                .resideInAPackage("dev.tapedeck.format..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                    "java..",
                    "javax.crypto..",
                    "dev.tapedeck.format..",
                    "com.google.protobuf..",
                    "com.github.luben.zstd..",
                    "com.exceptionfactory.jagged..",
                    "org.apache.commons.compress..",
                    "org.jspecify..",
                    "com.google.errorprone.annotations..")
                .because("the format knows nothing of HTTP, eBPF or the command line"),
            noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.net.http..")
                .because("a file format needs no network")));
  }
}
