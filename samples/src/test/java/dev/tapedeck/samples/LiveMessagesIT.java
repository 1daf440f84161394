// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Real programs that talk for longer than one answer, over TLS: every WebSocket message and every
 * event comes back once, in order, with the digest that the server logged.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class LiveMessagesIT {
  private static final int CONNECTIONS = 6;
  private static final int MESSAGES = 17;

  @Test
  void record_webSocketServerUnderNodeClients_givesEveryMessageOnce(Path directory)
      throws Exception {
    Tools tools = new Tools(directory);
    Path log = directory.resolve("messages.ndjson");
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service server =
          servers.live("/usr/bin/python3", "live-messages/websocket_server.py", log);
      try (RunningProgram recorder =
          tools.startRecorder("--pid", Long.toString(server.program().pid()))) {
        RunningProgram.Result clients =
            RunningProgram.run(
                directory,
                "clients",
                List.of(
                    "node",
                    Repository.app("live-messages/websocket_client.js"),
                    Integer.toString(server.port()),
                    Integer.toString(CONNECTIONS),
                    Integer.toString(MESSAGES)));
        assertThat(clients.exitCode()).as(clients.errors()).isZero();
        tools.finish(recorder);
      }
    }
    Map<String, List<String>> truth = byPathAndSender(DigestLog.lines(Files.readString(log)));
    assertThat(truth).hasSize(2 * CONNECTIONS);
    Map<String, List<String>> recorded = new TreeMap<>();
    List<JsonNode> exchanges = tools.exchanges();
    assertThat(exchanges).hasSize(CONNECTIONS);
    for (JsonNode exchange : exchanges) {
      String target = exchange.get("request").get("target").asString();
      assertThat(exchange.get("response").get("status").asInt()).as(target).isEqualTo(101);
      assertThat(exchange.get("completeness").asString()).as(target).isEqualTo("complete");
      List<JsonNode> closes = new ArrayList<>();
      for (JsonNode message : exchange.get("messages")) {
        String kind = message.get("kind").asString();
        assertThat(message.get("anomalies")).as("%s %s", target, kind).isEmpty();
        if (kind.equals("text") || kind.equals("binary")) {
          recorded
              .computeIfAbsent(
                  target + " " + message.get("from").asString(), k -> new ArrayList<>())
              .add(
                  kind
                      + " "
                      + message.get("payload_bytes").asInt()
                      + " "
                      + message.get("payload_sha256").asString());
        } else if (kind.equals("close")) {
          closes.add(message);
        }
      }
      assertThat(closes)
          .as(target)
          .hasSize(2)
          .allSatisfy(close -> assertThat(close.get("close_code").asInt()).isEqualTo(1000));
      boolean compressed = exchange.get("messages").get(0).get("compressed").asBoolean();
      int number = Integer.parseInt(target.substring(target.lastIndexOf('/') + 1));
      assertThat(compressed).as(target).isEqualTo(number % 2 == 0);
    }
    assertThat(recorded).isEqualTo(truth);
  }

  @Test
  void record_nodeEventServerUnderCurl_givesEveryEventOnce(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    Path log = directory.resolve("events.ndjson");
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service server = servers.live("node", "live-messages/event_server.js", log);
      try (RunningProgram recorder =
          tools.startRecorder("--pid", Long.toString(server.program().pid()))) {
        RunningProgram.Result curl =
            RunningProgram.run(
                directory,
                "curl",
                List.of(
                    "curl",
                    "-kfsS",
                    "--parallel",
                    server.url("/events/lf"),
                    server.url("/events/crlf")));
        assertThat(curl.exitCode()).as(curl.errors()).isZero();
        tools.finish(recorder);
      }
    }
    List<JsonNode> truth = DigestLog.lines(Files.readString(log));
    List<JsonNode> exchanges = tools.exchanges();
    assertThat(exchanges).hasSize(2);
    for (JsonNode exchange : exchanges) {
      String target = exchange.get("request").get("target").asString();
      List<String> events = new ArrayList<>();
      long before = 0;
      for (JsonNode event : exchange.get("messages")) {
        assertThat(event.get("kind").asString()).isEqualTo("event");
        assertThat(event.get("completeness").asString()).isEqualTo("complete");
        assertThat(event.get("started_ns").asLong()).isGreaterThanOrEqualTo(before);
        before = event.get("ended_ns").asLong();
        events.add(
            event.get("event_id").asString()
                + " "
                + event.get("payload_bytes").asInt()
                + " "
                + event.get("payload_sha256").asString());
      }
      JsonNode retry = exchange.get("messages").get(0);
      assertThat(retry.get("retry_ms").asInt()).as(target).isEqualTo(250);
      assertThat(events.subList(1, events.size()))
          .as(target)
          .isEqualTo(
              truth.stream()
                  .filter(line -> line.get("path").asString().equals(target))
                  .map(
                      line ->
                          line.get("event_id").asString()
                              + " "
                              + line.get("bytes").asInt()
                              + " "
                              + line.get("sha256").asString())
                  .toList());
    }
  }

  private static Map<String, List<String>> byPathAndSender(List<JsonNode> lines) {
    Map<String, List<String>> found = new TreeMap<>();
    for (JsonNode line : lines) {
      found
          .computeIfAbsent(
              line.get("path").asString() + " " + line.get("from").asString(),
              key -> new ArrayList<>())
          .add(
              line.get("kind").asString()
                  + " "
                  + line.get("bytes").asInt()
                  + " "
                  + line.get("sha256").asString());
    }
    return found;
  }
}
