// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each trap that {@code docs/TRAPS.md} names has the tests that it names. */
final class TrapsDocumentTest {
  private static final Pattern TEST = Pattern.compile("(\\w+(?:Test|IT))(?:\\.(\\w+))?");
  private static final Pattern FOLLOWING_METHOD = Pattern.compile("[a-z]\\w*_\\w+");

  private static final List<String> MODULES =
      List.of("format", "recorder", "analyzer/core", "analyzer/app", "samples");

  private static final Path KERNEL_SIDE_TESTS = Repository.ROOT.resolve("bpf/test/run.py");

  private static List<String> traps() throws IOException {
    return Files.readAllLines(Repository.ROOT.resolve("docs/TRAPS.md")).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| trap "))
        .toList();
  }

  /** Returns the tests' sources by the name of their class. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Repository.ROOT.resolve(module + "/src/test/java"))) {
        files
            .filter(file -> file.toString().matches(".*(Test|IT)\\.java"))
            .forEach(file -> sources.put(nameOf(file), contentOf(file)));
      }
    }
    return sources;
  }

  private static String nameOf(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static String contentOf(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void traps_testsThatAreNamed_exist() throws Exception {
    Map<String, String> sources = sources();
    for (String trap : traps()) {
      String last = "";
      for (String quoted : quoted(trap)) {
        Matcher test = TEST.matcher(quoted);
        if (test.matches()) {
          last = test.group(1);
          assertThat(sources).as(trap).containsKey(last);
          if (test.group(2) != null) {
            assertThat(sources.get(last)).as(trap).contains("void " + test.group(2) + "(");
          }
        } else if (!last.isEmpty() && FOLLOWING_METHOD.matcher(quoted).matches()) {
          // Names of methods without a class are of the class before them, or words of a case.
          assertThat(sources.get(last)).as(trap).contains(quoted);
        }
      }
    }
  }

  @Test
  void traps_eachOne_namesATestOrACommand() throws Exception {
    List<String> traps = traps();
    assertThat(traps).hasSizeGreaterThan(40);
    for (String trap : traps) {
      assertThat(trap.replaceFirst("^\\|[^|]*\\|", ""))
          .containsPattern("(Test|IT)\\b|run\\.py|make \\w|kernel matrix|samples/");
    }
  }

  @Test
  void traps_casesOfTheKernelSide_exist() throws Exception {
    String program = Files.readString(KERNEL_SIDE_TESTS);
    Pattern runCase = Pattern.compile("run\\.py (\\w+)");
    for (String trap : traps()) {
      for (Matcher named = runCase.matcher(trap); named.find(); ) {
        assertThat(program).as(trap).contains("\"" + named.group(1) + "\"");
      }
    }
  }

  private static List<String> quoted(String text) {
    return Pattern.compile("`([^`]+)`")
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
