// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CaptureEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What an import makes of a packet file, and what the analyzer makes of that.
 *
 * @param collected all events, in order
 * @param stats what was found and left out
 */
record Imports(CollectedEvents collected, PcapImportStats stats) {
  static Imports of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(in, Set.of());
    }
  }

  static Imports of(byte[] file) throws IOException {
    return of(new ByteArrayInputStream(file), Set.of());
  }

  static Imports of(InputStream in, Set<Integer> ports) throws IOException {
    CollectedEvents events = new CollectedEvents();
    PcapImportStats stats = PcapImport.open(in, "test.pcap").run(events, ports);
    return new Imports(events, stats);
  }

  List<CaptureEvent> events() {
    return collected.events();
  }

  List<Session> sessions() throws IOException {
    return collected.sessions();
  }

  List<Exchange> exchanges() throws IOException {
    return sessions().stream().flatMap(session -> session.exchanges().stream()).toList();
  }

  /**
   * Returns a folder of the third-party corpora; without them the test is skipped outside of CI.
   */
  static Path corpus(String name) {
    Path root = Path.of(System.getProperty("tapedeck.root", "../.."));
    Path folder = root.resolve("../shared/corpora").resolve(name).normalize();
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(folder).as("third-party corpus, not part of the project").isDirectory();
    }
    return folder;
  }
}
