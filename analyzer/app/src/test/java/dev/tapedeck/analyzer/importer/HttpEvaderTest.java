// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The evasive answers of http-evader: in each, the EICAR test string must be found in a body. Those
 * in which it is not are listed with the reason.
 */
class HttpEvaderTest {
  /** Put together here, so that no scanner takes this file for what it looks for. */
  private static final String EICAR =
      "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + "!$H+H*";

  @Test
  void bodies_ofEveryEvasion_holdTheTestString() throws IOException {
    List<Path> cases = cases();
    List<String> misses = new ArrayList<>();
    for (Path folder : cases) {
      Imports imported = Imports.of(folder.resolve("input.pcap"));
      assertThat(imported.stats().damage()).as(folder.toString()).isNull();
      if (imported.exchanges().stream().noneMatch(HttpEvaderTest::holdsTestString)) {
        misses.add(folder.getFileName().toString());
      }
    }
    assertThat(misses)
        .as("bodies that were not recovered")
        .isSubsetOf(Verdicts.reasons("http-evader-misses.txt").keySet());
  }

  private static boolean holdsTestString(Exchange exchange) {
    return exchange.response() != null
        && exchange.response().body().content().toBytes().toLatin1().contains(EICAR);
  }

  private static List<Path> cases() throws IOException {
    try (Stream<Path> folders =
        Files.list(Imports.corpus("suricata-verify").resolve("tests/http-evader"))) {
      return folders.filter(folder -> Files.exists(folder.resolve("input.pcap"))).sorted().toList();
    }
  }
}
