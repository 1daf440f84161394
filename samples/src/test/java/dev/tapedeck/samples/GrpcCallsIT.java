// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * gRPC calls of grpc-js under Node.js, of all kinds, compressed and not: every message comes back
 * once, in order, with the digest that the server logged, and so does how the call ended.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class GrpcCallsIT {
  private static final int CALLS = 61;

  @Test
  void record_nodeServerOverTls_givesEveryMessageOnce(Path directory) throws Exception {
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service server =
          servers.live("node", "grpc-calls/server.js", servers.digestLog());
      List<JsonNode> calls =
          record(directory, server, directory.resolve("certificate.pem").toString());
      assertCalls(calls, DigestLog.all(servers.digestLog()));
      assertThat(calls)
          .filteredOn(call -> call.get("request").get("target").asString().endsWith("/Refuse"))
          .isNotEmpty()
          .allSatisfy(
              call ->
                  assertThat(call.get("response").get("grpc_message").asString())
                      .isEqualTo("no such café: 100%"));
    }
  }

  @Test
  void record_goServerInClearText_givesEveryMessageOnce(Path directory) throws Exception {
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service server = servers.cleartextHttp2();
      assertCalls(record(directory, server), DigestLog.all(servers.digestLog()));
    }
  }

  private static List<JsonNode> record(
      Path directory, SampleServers.Service server, String... certificate)
      throws IOException, InterruptedException {
    Tools tools = new Tools(directory);
    try (RunningProgram recorder =
        tools.startRecorder("--pid", Long.toString(server.program().pid()))) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "node",
                  Repository.app("grpc-calls/client.js"),
                  Integer.toString(server.port()),
                  Integer.toString(CALLS)));
      command.addAll(List.of(certificate));
      RunningProgram.Result client = RunningProgram.run(directory, "client", command);
      assertThat(client.exitCode()).as(client.errors()).isZero();
      tools.finish(recorder);
    }
    return tools.exchanges();
  }

  private static void assertCalls(List<JsonNode> calls, List<JsonNode> log) {
    assertThat(calls).hasSize(CALLS);
    Map<String, List<String>> truth = new TreeMap<>();
    for (JsonNode line : log) {
      String call = line.get("call").asString();
      JsonNode status = line.get("status");
      if (status != null) {
        add(truth, call + " ends", Integer.toString(status.asInt()));
      } else {
        add(truth, call + " " + line.get("from").asString(), digest(line, "bytes", "sha256"));
      }
    }
    Map<String, List<String>> recorded = new TreeMap<>();
    int compressed = 0;
    for (JsonNode exchange : calls) {
      String call = header(exchange.get("request"), "call-id");
      assertThat(exchange.get("protocol").asString()).isEqualTo("HTTP/2");
      assertThat(exchange.get("completeness").asString()).as(call).isEqualTo("complete");
      assertThat(exchange.get("anomalies")).as(call).isEmpty();
      add(recorded, call + " ends", exchange.get("response").get("grpc_status").toString());
      for (JsonNode message : exchange.get("messages")) {
        assertThat(message.get("kind").asString()).isEqualTo("grpc");
        assertThat(message.get("completeness").asString()).as(call).isEqualTo("complete");
        assertThat(message.get("anomalies")).as(call).isEmpty();
        compressed += message.get("compressed").asBoolean() ? 1 : 0;
        add(
            recorded,
            call + " " + message.get("from").asString(),
            digest(message, "payload_bytes", "payload_sha256"));
      }
    }
    assertThat(recorded).isEqualTo(truth);
    assertThat(compressed).as("compressed messages").isGreaterThan(CALLS / 2);
  }

  private static String digest(JsonNode line, String bytes, String sha256) {
    return line.get(bytes).asInt() + " " + line.get(sha256).asString();
  }

  private static void add(Map<String, List<String>> lists, String key, String value) {
    lists.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
  }

  private static String header(JsonNode message, String name) {
    for (JsonNode field : message.get("headers")) {
      if (field.get(0).asString().equals(name)) {
        return field.get(1).asString();
      }
    }
    throw new AssertionError("no " + name + " in " + message);
  }
}
