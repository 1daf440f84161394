// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.tapedeck.testing.ArchitectureRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What this module may depend on. */
final class ArchitectureTest {
  private final JavaClasses classes = ArchitectureRules.mainClasses("dev.tapedeck.analyzer");

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
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                    "java.lang..",
                    "java.util..",
                    "java.nio",
                    "java.nio.charset..",
                    "java.io",
                    "java.math..",
                    "java.security..",
                    "java.time..",
                    "dev.tapedeck.format",
                    "dev.tapedeck.analyzer..",
                    "com.google.re2j..",
                    "javax.crypto..",
                    "org.snakeyaml.engine.v2..",
                    "org.brotli.dec..",
                    "org.apache.commons.compress..",
                    "com.github.luben.zstd..",
                    "org.jspecify..",
                    "com.google.errorprone.annotations..")
                .because("reconstruction is sans-IO: bytes and gaps in, values out"),
            noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(
                    java.io.File.class,
                    java.io.FileInputStream.class,
                    java.io.FileOutputStream.class,
                    java.io.FileReader.class,
                    java.io.FileWriter.class,
                    java.io.RandomAccessFile.class)
                .because("reconstruction opens no file")));
  }
}
