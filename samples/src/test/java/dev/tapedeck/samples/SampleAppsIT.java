// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The samples are what they claim to be, without any recorder: what other tests build upon. */
@ExtendWith(TestOutput.class)
final class SampleAppsIT {
  @Test
  void digestServer_behindNginx_logsWhatCurlReceives(Path directory) throws Exception {
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service nginx =
          servers.nginx("nginx", "digest-server/nginx.conf.in", servers.digestServer(false));
      assertLogIsRight(directory, servers, nginx);
    }
  }

  @Test
  void digestServer_withTls_logsWhatCurlReceives(Path directory) throws Exception {
    try (SampleServers servers = new SampleServers(directory)) {
      assertLogIsRight(directory, servers, servers.digestServer(true));
    }
  }

  @Test
  void orders_twoFreshInstances_answerAlikeButForTheDate(Path directory) throws Exception {
    List<String> first = trafficLines(directory, 1, "first");
    assertThat(first).hasSizeGreaterThan(100);
    assertThat(trafficLines(directory, 1, "second")).isEqualTo(first);
  }

  @Test
  void orders_release2_differsInThreeAnswersOnly(Path directory) throws Exception {
    List<String> released = trafficLines(directory, 1, "first");
    List<String> next = trafficLines(directory, 2, "second");
    assertThat(subtract(released, next))
        .hasSize(3)
        .anyMatch(line -> line.equals("HTTP/1.1 201 Created"))
        .anyMatch(line -> line.contains("\"paid\": true"))
        .anyMatch(line -> line.equals("Cache-Control: no-store"));
    assertThat(subtract(next, released))
        .hasSize(2)
        .anyMatch(line -> line.equals("HTTP/1.1 200 OK"))
        .anyMatch(line -> line.contains("\"paid\": null"));
  }

  private static void assertLogIsRight(
      Path directory, SampleServers servers, SampleServers.Service service)
      throws IOException, InterruptedException {
    DigestWorkload workload = new DigestWorkload(directory);
    RunningProgram.Result result =
        RunningProgram.run(directory, "curl", workload.curlCommand(service));
    assertThat(result.exitCode()).as(result.errors()).isZero();
    Map<String, JsonNode> truth = DigestLog.byTarget(servers.digestLog());
    assertThat(truth).hasSize(workload.requests().size());
    ExchangeAssertions.assertCurlReceived(workload, truth);
    for (DigestWorkload.Planned request : workload.requests()) {
      if (request.method().equals("POST")) {
        assertThat(truth.get(request.target()).get("request_body_bytes").asInt())
            .isEqualTo(request.sizeBytes());
      }
    }
  }

  /**
   * Runs the workload against a fresh instance and returns the lines that passed behind nginx,
   * sorted, because nginx is free to choose the connection a request goes over.
   */
  private static List<String> trafficLines(Path directory, int release, String name)
      throws IOException, InterruptedException {
    Path run = Files.createDirectories(directory.resolve(name));
    try (SampleServers servers = new SampleServers(run)) {
      SampleServers.Service relay = servers.relay("raw", servers.orders(release));
      SampleServers.Service nginx = servers.nginx("nginx", "orders/nginx.conf.in", relay);
      RunningProgram.Result result =
          RunningProgram.run(
              run,
              "workload",
              List.of(
                  "bash",
                  Repository.app("orders/workload.sh"),
                  nginx.url(""),
                  servers.certificate("nginx").toString()));
      assertThat(result.exitCode()).as(result.errors()).isZero();
    }
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(run.resolve("raw"))) {
      for (Path file : files.toList()) {
        withoutVolatileParts(file).lines().filter(line -> !line.isEmpty()).forEach(lines::add);
      }
    }
    Collections.sort(lines);
    return lines;
  }

  private static String withoutVolatileParts(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1)
        .replaceAll("(?m)^Date: .*$", "Date: (any)")
        .replaceAll("(?m)^Host: 127.0.0.1:\\d+", "Host: (any)")
        // A body need not end in a line end, and what follows it on the connection is by chance.
        .replaceAll("(?=(?:GET|HEAD|POST) /)|(?=HTTP/1\\.1 \\d)", "\n");
  }

  private static List<String> subtract(List<String> from, List<String> lines) {
    List<String> rest = new ArrayList<>(from);
    lines.forEach(rest::remove);
    return rest;
  }
}
