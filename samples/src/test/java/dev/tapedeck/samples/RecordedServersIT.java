// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Real servers under curl, recorded with eBPF by the launchers: every exchange comes back once, and
 * the digest of every body is what the server logged.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class RecordedServersIT {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void record_pythonServer_givesEveryExchangeOnce(boolean tls, Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service server = servers.digestServer(tls);
      warmUp(directory, server);
      DigestWorkload workload = new DigestWorkload(directory);
      try (RunningProgram recorder =
          tools.startRecorder("--pid", Long.toString(server.program().pid()))) {
        drive(directory, workload, server);
        tools.finish(recorder);
      }
      Map<String, JsonNode> truth = DigestLog.byTarget(servers.digestLog());
      ExchangeAssertions.assertCurlReceived(workload, truth);
      List<JsonNode> exchanges = tools.exchanges();
      ExchangeAssertions.assertComplete(exchanges, workload, truth);
      assertEnds(exchanges, server, truth, "client_port");
      assertThat(exchanges)
          .allSatisfy(
              exchange -> {
                assertThat(exchange.get("role").asString()).isEqualTo("server");
                assertThat(exchange.get("scheme").asString()).isEqualTo(server.scheme());
                assertThat(exchange.get("process").get("pid").asLong())
                    .isEqualTo(server.program().pid());
              });
    }
  }

  @ParameterizedTest(name = "underSeccompFilter={0}")
  @ValueSource(booleans = {false, true})
  void record_nginx_givesBothLegsOnce(boolean filtered, Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service digestServer = servers.digestServer(false);
      String template = "digest-server/nginx.conf.in";
      SampleServers.Service nginx =
          filtered
              ? servers.filteredNginx("nginx", template, digestServer)
              : servers.nginx("nginx", template, digestServer);
      assertThat(Files.readString(Path.of("/proc/" + nginx.program().pid() + "/status")))
          .contains("Seccomp:\t" + (filtered ? 2 : 0));
      warmUp(directory, nginx);
      DigestWorkload workload = new DigestWorkload(directory);
      try (RunningProgram recorder =
          tools.startRecorder("--pid", Long.toString(nginx.program().pid()), "--tree")) {
        drive(directory, workload, nginx);
        tools.finish(recorder);
      }
      Map<String, JsonNode> truth = DigestLog.byTarget(servers.digestLog());
      ExchangeAssertions.assertCurlReceived(workload, truth);
      List<JsonNode> exchanges = tools.exchanges();
      List<JsonNode> outer = withRole(exchanges, "server");
      ExchangeAssertions.assertComplete(outer, workload, truth);
      assertEnds(outer, nginx, truth, "front_client_port");
      List<JsonNode> inner = withRole(exchanges, "client");
      ExchangeAssertions.assertComplete(inner, workload, truth);
      assertEnds(inner, digestServer, truth, "client_port");
      assertThat(exchanges).hasSize(outer.size() + inner.size());
    }
  }

  @Test
  void record_withoutTargets_showsEachExchangeFromTheServersSide(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service digestServer = servers.digestServer(false);
      SampleServers.Service nginx =
          servers.nginx("nginx", "digest-server/nginx.conf.in", digestServer);
      warmUp(directory, nginx);
      DigestWorkload workload = new DigestWorkload(directory);
      // Four copies of the load pass, and those of whatever else runs on this machine.
      try (RunningProgram recorder = tools.startRecorder("--ring-size", "128MiB")) {
        drive(directory, workload, nginx);
        tools.finish(recorder);
      }
      Map<String, JsonNode> truth = DigestLog.byTarget(servers.digestLog());
      // Other programs of this machine may have been recorded too.
      List<JsonNode> exchanges = tools.exchanges();
      assertBothEnds(onPort(exchanges, nginx), workload, truth, nginx, "front_client_port");
      assertBothEnds(onPort(exchanges, digestServer), workload, truth, digestServer, "client_port");
    }
  }

  @Test
  void record_processStartedLater_givesEveryExchangeOnce(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    DigestWorkload workload = new DigestWorkload(directory);
    try (SampleServers servers = new SampleServers(directory);
        RunningProgram recorder = tools.startRecorder("--ring-size", "128MiB")) {
      SampleServers.Service server = servers.digestServer(true);
      drive(directory, workload, server);
      tools.finish(recorder);
      Map<String, JsonNode> truth = DigestLog.byTarget(servers.digestLog());
      assertBothEnds(onPort(tools.exchanges(), server), workload, truth, server, "client_port");
    }
  }

  @Test
  void record_command_recordsItFromItsFirstRequest(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service server = servers.digestServer(true);
      warmUp(directory, server);
      DigestWorkload workload = new DigestWorkload(directory);
      List<String> curl = workload.curlCommand(server);
      RunningProgram.Result result = tools.record("--", curl.get(0), curl.get(1), curl.get(2));
      assertThat(result.exitCode()).as(result.errors()).isZero();
      Map<String, JsonNode> truth = DigestLog.byTarget(servers.digestLog());
      ExchangeAssertions.assertCurlReceived(workload, truth);
      List<JsonNode> exchanges = tools.exchanges();
      ExchangeAssertions.assertComplete(exchanges, workload, truth);
      assertEnds(exchanges, server, truth, "client_port");
      assertThat(exchanges)
          .allSatisfy(
              exchange -> {
                assertThat(exchange.get("role").asString()).isEqualTo("client");
                assertThat(exchange.get("process").get("comm").asString()).isEqualTo("curl");
              });
    }
  }

  @Test
  void record_failingCommand_passesItsExitCodeOn(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service server = servers.digestServer(false);
      RunningProgram.Result result =
          tools.record("--", "curl", "--silent", "--fail", server.url("/nothing"));
      // curl(1): 22 is an HTTP status of 400 or above with --fail.
      assertThat(result.exitCode()).as(result.errors()).isEqualTo(22);
      assertThat(tools.exchanges())
          .singleElement()
          .satisfies(
              exchange ->
                  assertThat(exchange.get("response").get("status").asInt()).isEqualTo(404));
    }
  }

  /** One whole exchange, so that the server is known to be up and to have its libraries loaded. */
  private static void warmUp(Path directory, SampleServers.Service service)
      throws IOException, InterruptedException {
    RunningProgram.Result result =
        RunningProgram.run(
            directory,
            "curl-warm-up",
            List.of("curl", "-sk", "--fail", service.url("/bytes/1?seed=warm-up")));
    assertThat(result.exitCode()).as(result.errors()).isZero();
  }

  private static void drive(Path directory, DigestWorkload workload, SampleServers.Service service)
      throws IOException, InterruptedException {
    RunningProgram.Result result =
        RunningProgram.run(directory, "curl", workload.curlCommand(service));
    assertThat(result.exitCode()).as(result.errors()).isZero();
  }

  private static List<JsonNode> withRole(List<JsonNode> exchanges, String role) {
    return exchanges.stream().filter(e -> e.get("role").asString().equals(role)).toList();
  }

  private static List<JsonNode> onPort(List<JsonNode> exchanges, SampleServers.Service service) {
    return exchanges.stream()
        .filter(exchange -> exchange.get("server").get("port").asInt() == service.port())
        .toList();
  }

  private static void assertBothEnds(
      List<JsonNode> exchanges,
      DigestWorkload workload,
      Map<String, JsonNode> truth,
      SampleServers.Service service,
      String clientPort) {
    ExchangeAssertions.assertComplete(exchanges, workload, truth);
    assertEnds(exchanges, service, truth, clientPort);
    assertThat(exchanges)
        .allSatisfy(
            exchange -> {
              assertThat(exchange.get("role").asString()).isEqualTo("server");
              assertThat(exchange.get("also_seen_by").toString()).isEqualTo("[\"client\"]");
            });
  }

  private static void assertEnds(
      List<JsonNode> exchanges,
      SampleServers.Service service,
      Map<String, JsonNode> truth,
      String clientPort) {
    SoftAssertions softly = new SoftAssertions();
    for (JsonNode exchange : exchanges) {
      String target = ExchangeAssertions.target(exchange);
      JsonNode server = exchange.get("server");
      JsonNode client = exchange.get("client");
      softly.assertThat(server.get("ip").asString()).as(target).isEqualTo("127.0.0.1");
      softly.assertThat(client.get("ip").asString()).as(target).isEqualTo("127.0.0.1");
      softly.assertThat(server.get("port").asInt()).as(target).isEqualTo(service.port());
      softly
          .assertThat(client.get("port").asInt())
          .as("client port of %s", target)
          .isEqualTo(truth.get(target).get(clientPort).asInt());
    }
    softly.assertAll();
  }
}
