// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * A program that carries the ciphertext between sockets and sessions itself, so that no call shows
 * which belong together: the records do, though all connections are of equal sizes.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class MemoryBioIT {
  private static final int CONNECTIONS = 64;
  private static final int TURNS = 20;

  @Test
  void record_concurrentConnectionsOfEqualSizes_linksEachToItsSocket(Path directory)
      throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service digestServer = servers.digestServer(false);
      servers.nginx("nginx", "digest-server/nginx.conf.in", digestServer);
      Path certificate = servers.certificate("nginx");
      RunningProgram.Result result =
          tools.record(
              "--",
              "python3",
              Repository.app("memory-bio/memory_bio.py"),
              certificate.toString(),
              certificate.resolveSibling("key.pem").toString(),
              Integer.toString(CONNECTIONS),
              Integer.toString(TURNS));
      assertThat(result.exitCode()).as(result.errors()).isZero();
      Map<String, Integer> ports = new HashMap<>();
      for (JsonNode row : DigestLog.lines(result.output())) {
        ports.put("/c%05d".formatted(row.get("number").asInt()), row.get("port").asInt());
      }
      assertThat(ports).hasSize(CONNECTIONS);

      List<JsonNode> exchanges = tools.exchanges("--both-ends");
      assertThat(exchanges).hasSize(2 * CONNECTIONS * TURNS);
      SoftAssertions softly = new SoftAssertions();
      for (JsonNode exchange : exchanges) {
        String target = exchange.get("request").get("target").asString();
        JsonNode link = exchange.get("link");
        softly.assertThat(link.get("method").asString()).as(target).isEqualTo("ciphertext");
        softly.assertThat(link.get("confidence").asString()).as(target).isEqualTo("proven");
        softly
            .assertThat(exchange.get("client").get("port").asInt())
            .as("client port of %s, %s", target, exchange.get("role"))
            .isEqualTo(ports.get(target.substring(0, target.lastIndexOf('/'))));
        softly.assertThat(exchange.get("anomalies")).as(target).isEmpty();
      }
      softly.assertAll();
    }
  }
}
