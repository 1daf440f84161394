// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  private static final double LEAST_SHARE = 0.98;

  @Test
  void bodies_ofEveryEvasion_holdTheTestString() throws IOException {
    List<Path> cases = cases();
    Map<String, String> misses = new TreeMap<>();
    for (Path folder : cases) {
      Imports imported = Imports.of(folder.resolve("input.pcap"));
      assertThat(imported.stats().damage()).as(folder.toString()).isNull();
      if (imported.exchanges().stream().noneMatch(HttpEvaderTest::holdsTestString)) {
        misses.put(folder.getFileName().toString(), "");
      }
    }
    Verdicts.assertListed("http-evader-misses.txt", misses);
    assertThat(1 - misses.size() / (double) cases.size()).isGreaterThanOrEqualTo(LEAST_SHARE);
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
