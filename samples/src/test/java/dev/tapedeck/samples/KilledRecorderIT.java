// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A recorder killed under load: the target does not notice, and what was written is readable. */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class KilledRecorderIT {
  private static final int CLIENTS = 3;
  private static final int REQUESTS_OF_A_CLIENT = 997;
  private static final int LOGGED_BEFORE_THE_KILL = 500;

  @Test
  void kill9_underLoad_leavesTargetAndWrittenBlocksWhole(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service digestServer = servers.digestServer(false);
      SampleServers.Service nginx =
          servers.nginx("nginx", "digest-server/nginx.conf.in", digestServer);
      RunningProgram recorder =
          tools.startRecorder("--pid", Long.toString(nginx.program().pid()), "--tree");
      List<RunningProgram> clients = new ArrayList<>();
      try {
        for (int client = 0; client < CLIENTS; client++) {
          clients.add(startClient(directory, client, nginx));
        }
        await("part of the load")
            .atMost(Duration.ofSeconds(100))
            .until(() -> DigestLog.byTarget(servers.digestLog()).size() > LOGGED_BEFORE_THE_KILL);
        recorder.kill();
        assertThat(clients).as("the kill came under load").anyMatch(RunningProgram::isAlive);
        for (RunningProgram client : clients) {
          assertThat(client.awaitExit()).as(client.standardError()).isZero();
        }
      } finally {
        clients.forEach(RunningProgram::close);
        recorder.close();
      }

      Map<String, JsonNode> truth = DigestLog.byTarget(servers.digestLog());
      assertThat(truth).hasSize(CLIENTS * REQUESTS_OF_A_CLIENT);
      for (int client = 0; client < CLIENTS; client++) {
        for (int request = 0; request < REQUESTS_OF_A_CLIENT; request++) {
          assertThat(DigestLog.sha256(output(directory, client, request)))
              .isEqualTo(truth.get(target(client, request)).get("response_body_sha256").asString());
        }
      }
      assertPartialReadable(tools, truth);
    }
  }

  private static void assertPartialReadable(Tools tools, Map<String, JsonNode> truth)
      throws IOException, InterruptedException {
    assertThat(tools.capture()).doesNotExist();
    assertThat(tools.partialCapture()).exists();
    RunningProgram.Result result = tools.analyzeExchanges(tools.partialCapture());
    // 1 where the reader calls the missing end damage, which it may.
    assertThat(result.exitCode()).as(result.errors()).isBetween(0, 1);
    List<JsonNode> whole =
        DigestLog.lines(result.output()).stream()
            .filter(exchange -> exchange.get("completeness").asString().equals("complete"))
            .toList();
    assertThat(whole).as("whole exchanges in the blocks that were written").isNotEmpty();
    assertThat(whole)
        .allSatisfy(
            exchange ->
                assertThat(exchange.get("response").get("body_sha256"))
                    .isEqualTo(
                        truth
                            .get(ExchangeAssertions.target(exchange))
                            .get("response_body_sha256")));
    assertThat(whole.stream().map(e -> e.get("role").asString() + ExchangeAssertions.target(e)))
        .doesNotHaveDuplicates();
  }

  private static RunningProgram startClient(
      Path directory, int client, SampleServers.Service service) throws IOException {
    StringBuilder configuration = new StringBuilder("insecure\nsilent\nshow-error\nfail\n");
    for (int request = 0; request < REQUESTS_OF_A_CLIENT; request++) {
      configuration
          .append("url = \"")
          .append(service.url(target(client, request)))
          .append("\"\n")
          .append("output = \"")
          .append(output(directory, client, request))
          .append("\"\n");
    }
    Path file = directory.resolve("client-" + client + ".config");
    Files.writeString(file, configuration);
    return RunningProgram.start(
        directory, "client-" + client, List.of("curl", "--config", file.toString()));
  }

  private static String target(int client, int request) {
    // The delay keeps the load up long enough for several blocks to be written.
    return "/bytes/%d?seed=%d-%d&delay_ms=10".formatted(1000 + 17 * request, client, request);
  }

  private static Path output(Path directory, int client, int request) {
    return directory.resolve("output-" + client + "-" + request);
  }
}
