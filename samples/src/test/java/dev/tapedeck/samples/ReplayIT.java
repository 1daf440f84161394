// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What was recorded with eBPF is sent again: the same bytes, and only the planted differences. */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class ReplayIT {
  private static final int ORDERS_REQUESTS = 19;

  @Test
  void run_nextRelease_findsExactlyTheThreePlantedRegressions(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    int recordedPort = recordOrders(directory, tools);
    try (SampleServers servers = new SampleServers(directory.resolve("next"))) {
      SampleServers.Service nginx =
          servers.nginx("nginx", "orders/nginx.conf.in", servers.orders(2));
      RunningProgram.Result result = replay(tools, servers, nginx, recordedPort);
      assertThat(result.exitCode()).as(result.errors()).isEqualTo(1);
      JsonNode report = DigestLog.json(result.output());
      assertAccount(report);
      assertThat(report.get("different").asInt()).isEqualTo(3);
      assertThat(kindsAndPaths(report))
          .hasSize(3)
          .anyMatch(difference -> difference.startsWith("status "))
          .anyMatch(
              difference ->
                  difference.startsWith("header ") && difference.contains("cache-control"))
          .anyMatch(difference -> difference.startsWith("json ") && difference.contains("paid"));
    }
  }

  @Test
  void run_sameRelease_findsNoDifference(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    int recordedPort = recordOrders(directory, tools);
    try (SampleServers servers = new SampleServers(directory.resolve("again"))) {
      SampleServers.Service nginx =
          servers.nginx("nginx", "orders/nginx.conf.in", servers.orders(1));
      RunningProgram.Result result = replay(tools, servers, nginx, recordedPort);
      JsonNode report = DigestLog.json(result.output());
      assertThat(kindsAndPaths(report)).isEmpty();
      assertThat(result.exitCode()).as(result.errors()).isZero();
      assertAccount(report);
      assertThat(report.get("equal").asInt()).isEqualTo(ORDERS_REQUESTS);
    }
  }

  @Test
  void run_againstARelay_sendsTheRecordedBytes(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    List<String> recorded;
    int recordedPort;
    try (SampleServers servers = new SampleServers(directory.resolve("recorded"))) {
      SampleServers.Service server = servers.digestServer(false);
      SampleServers.Service relay = servers.relay("raw", server);
      recordedPort = server.port();
      DigestWorkload workload = new DigestWorkload(directory);
      try (RunningProgram recorder =
          tools.startRecorder("--pid", Long.toString(server.program().pid()))) {
        RunningProgram.Result curl =
            RunningProgram.run(directory, "curl", workload.curlCommand(relay));
        assertThat(curl.exitCode()).as(curl.errors()).isZero();
        tools.finish(recorder);
      }
      recorded = requests(directory.resolve("recorded/raw"), relay.port());
    }
    assertThat(recorded).hasSizeGreaterThan(1);

    try (SampleServers servers = new SampleServers(directory.resolve("replayed"))) {
      SampleServers.Service relay = servers.relay("raw", servers.digestServer(false));
      RunningProgram.Result result =
          tools.replayer(
              "run",
              tools.capture().toString(),
              "--server",
              "127.0.0.1:" + recordedPort,
              "--target",
              relay.url(""),
              "--allow-unsafe",
              "--format",
              "json");
      JsonNode report = DigestLog.json(result.output());
      assertThat(kindsAndPaths(report)).isEmpty();
      assertThat(result.exitCode()).as(result.errors()).isZero();
      assertThat(report.get("connections_recorded").asInt()).isEqualTo(recorded.size());
      assertThat(report.get("connections_opened").asInt()).isEqualTo(recorded.size());
      // As strings of bytes that differ in the host's port only.
      assertThat(requests(directory.resolve("replayed/raw"), relay.port()))
          .containsExactlyInAnyOrderElementsOf(recorded);
    }
  }

  /** Records the orders workload behind nginx; returns nginx's port. */
  private static int recordOrders(Path directory, Tools tools)
      throws IOException, InterruptedException {
    try (SampleServers servers = new SampleServers(directory.resolve("recorded"))) {
      SampleServers.Service orders = servers.orders(1);
      SampleServers.Service nginx = servers.nginx("nginx", "orders/nginx.conf.in", orders);
      try (RunningProgram recorder =
          tools.startRecorder(
              "--pid",
              Long.toString(nginx.program().pid()),
              "--pid",
              Long.toString(orders.program().pid()),
              "--tree")) {
        RunningProgram.Result workload =
            RunningProgram.run(
                directory,
                "workload",
                List.of(
                    "bash",
                    Repository.app("orders/workload.sh"),
                    nginx.url(""),
                    servers.certificate("nginx").toString()));
        assertThat(workload.exitCode()).as(workload.errors()).isZero();
        tools.finish(recorder);
      }
      return nginx.port();
    }
  }

  private static RunningProgram.Result replay(
      Tools tools, SampleServers servers, SampleServers.Service nginx, int recordedPort)
      throws IOException, InterruptedException {
    return tools.replayer(
        "run",
        tools.capture().toString(),
        "--server",
        "127.0.0.1:" + recordedPort,
        "--target",
        nginx.url(""),
        "--ca",
        servers.certificate("nginx").toString(),
        "--allow-unsafe",
        "--format",
        "json");
  }

  private static void assertAccount(JsonNode report) {
    int unsent = 0;
    for (String why : List.of("skipped", "failed")) {
      for (JsonNode count : report.get(why)) {
        unsent += count.asInt();
      }
    }
    assertThat(report.get("recorded").asInt()).isEqualTo(report.get("sent").asInt() + unsent);
    assertThat(report.get("sent").asInt()).isEqualTo(ORDERS_REQUESTS);
    assertThat(report.get("compared").asInt()).isEqualTo(ORDERS_REQUESTS);
  }

  private static List<String> kindsAndPaths(JsonNode report) {
    List<String> differences = new ArrayList<>();
    for (JsonNode difference : report.get("differences")) {
      differences.add(
          (difference.get("kind").asString() + " " + difference.get("path"))
              .toLowerCase(Locale.ROOT));
    }
    return differences;
  }

  /** Returns what each client connection sent, with the port in Host made the same everywhere. */
  private static List<String> requests(Path folder, int port) throws IOException {
    List<String> requests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".request")).toList()) {
        requests.add(
            Files.readString(file, StandardCharsets.ISO_8859_1)
                .replace("Host: 127.0.0.1:" + port + "\r\n", "Host: (rewritten)\r\n"));
      }
    }
    return requests;
  }
}
