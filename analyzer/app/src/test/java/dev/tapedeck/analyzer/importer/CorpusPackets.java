// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Third-party packet files with HTTP, for tests of other packages. */
public final class CorpusPackets {
  private static final long SMALL_BYTES = 20_000;

  private CorpusPackets() {}

  /**
   * Returns small files of HTTP/1 and HTTP/2; without the corpora the test is skipped outside of
   * CI.
   */
  public static List<Path> http() throws IOException {
    Path http1 = Imports.corpus("zeek").resolve("testing/btest/Traces/http");
    Path http2 = Imports.corpus("suricata-verify").resolve("tests");
    try (Stream<Path> first = Files.list(http1);
        Stream<Path> second = Files.walk(http2)) {
      return Stream.concat(
              first.filter(file -> isSmall(file)).sorted(),
              second
                  .filter(file -> file.toString().contains("http2"))
                  .filter(file -> file.toString().endsWith(".pcap") && isSmall(file))
                  .sorted())
          .toList();
    }
  }

  private static boolean isSmall(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) < SMALL_BYTES;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
