// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives of all packet files and archives of third parties come back with all their values. */
class HarCorpusIT {
  private static final Path CORPORA =
      Path.of(System.getProperty("tapedeck.root", "../.."))
          .resolve("../shared/corpora")
          .normalize();

  private static final int LEAST_FILES = 400;

  @TempDir Path folder;

  /** Without the corpora, which are no part of the project, there is one file that is missing. */
  static List<String> files() throws IOException {
    if (!Files.isDirectory(CORPORA)) {
      return List.of("none");
    }
    try (Stream<Path> walk = Files.walk(CORPORA)) {
      return walk.map(file -> CORPORA.relativize(file).toString())
          .filter(name -> name.matches(".*\\.(pcap|pcapng|pcap\\.gz|har)"))
          .sorted()
          .toList();
    }
  }

  private static void assumeCorpora() {
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(CORPORA).as("third-party corpora, not part of the project").isDirectory();
    }
  }

  @Test
  void corpora_areThere() throws IOException {
    assumeCorpora();
    assertThat(files()).hasSizeGreaterThan(LEAST_FILES);
  }

  @ParameterizedTest
  @MethodSource("files")
  void har_ofTheFile_goesRound(String name) throws IOException {
    assumeCorpora();
    Path capture = folder.resolve("a.tape");
    CliRun run =
        CliRun.of(
            "import", name.endsWith(".har") ? "har" : "pcap", CORPORA.resolve(name), "-o", capture);
    // 1 tells of damage, and of a file of packets without HTTP; nothing was written then.
    assertThat(run.exitCode()).as(run.err()).isLessThanOrEqualTo(1);
    if (Files.exists(capture)) {
      HarRounds rounds = new HarRounds(folder);
      rounds.assertSame(capture, true);
      rounds.assertSame(capture, false);
    }
  }
}
