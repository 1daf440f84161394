// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The gzip files of the third-party corpus: odd headers, wrong checksums, several members. */
final class GzipFixtures {
  private static final String PANGRAM = "The five boxing wizards jump quickly.";

  private GzipFixtures() {}

  static List<Arguments> files() throws IOException {
    Path root = Path.of(System.getProperty("tapedeck.root", "../.."));
    Path folder = root.resolve("../shared/corpora/libhtp").normalize();
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(folder).as("third-party corpus, not part of the project").isDirectory();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Arguments> found =
          files
              .filter(file -> file.toString().endsWith(".gz"))
              .sorted()
              .map(file -> Arguments.of(file.getFileName().toString(), read(file)))
              .toList();
      assertThat(found).hasSizeGreaterThanOrEqualTo(15);
      return found;
    }
  }

  private static Bytes read(Path file) {
    try {
      return Bytes.copyOf(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Wrong checksums, lengths, flags and methods cost nothing. */
  static String expected(String name) {
    if (name.contains("multipart")) {
      return PANGRAM + "The quick brown fox jumps over the lazy dog.";
    }
    return name.contains("invalid-isize")
        ? "Grumpy Wizards make toxic brew for the Evil Queen and Jack."
        : PANGRAM;
  }
}
