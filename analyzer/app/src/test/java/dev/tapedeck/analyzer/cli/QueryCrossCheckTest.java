// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.importer.CorpusPackets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What SQL says of captures is what {@code exchanges} says, put together in another way. */
final class QueryCrossCheckTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  private static final List<String> PARTS =
      List.of(
          "version",
          "content_type",
          "framing",
          "head_bytes",
          "body_bytes",
          "wire_body_bytes",
          "started_ns",
          "ended_ns",
          "completeness",
          "body_sha256");

  @TempDir Path folder;

  @Test
  void tables_testCaptures_sayWhatExchangesSays() throws IOException {
    check(TestCaptures.shop(folder));
    check(TestCaptures.calls(folder));
    check(TestCaptures.shop(folder), TestCaptures.calls(folder));
  }

  @Test
  void tables_conformanceCaptures_sayWhatExchangesSays() throws IOException {
    List<Path> captures = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("../../samples/captures"))) {
      files
          .filter(file -> file.toString().endsWith("capture.tape"))
          .filter(file -> !file.toString().contains("captures/format"))
          .sorted()
          .forEach(captures::add);
    }
    assertThat(captures).hasSizeGreaterThan(10);
    check(captures.toArray(Path[]::new));
  }

  @Test
  void tables_importedPackets_sayWhatExchangesSays() throws IOException {
    List<Path> captures = new ArrayList<>();
    for (Path packets : CorpusPackets.http()) {
      Path capture = folder.resolve(captures.size() + ".tape");
      CliRun run = CliRun.of("import", "pcap", packets, "-o", capture);
      assertThat(run.exitCode()).as(run.err()).isZero();
      captures.add(capture);
    }
    check(captures.toArray(Path[]::new));
  }

  private static void check(Path... files) throws IOException {
    List<JsonNode> listed = lines("exchanges", files, "--bodies", "sha256");
    assertThat(listed).isNotEmpty();
    List<ObjectNode> expected = listed.stream().map(QueryCrossCheckTest::flat).toList();
    assertThat(
            query(files, "SELECT " + String.join(", ", names(expected.get(0))) + " FROM exchanges"))
        .containsExactlyElementsOf(texts(expected));
    assertThat(
            query(
                files, "SELECT exchange_id, message, section, position, name, value FROM headers"))
        .containsExactlyElementsOf(texts(headers(listed)));
    assertThat(
            query(
                files,
                "SELECT exchange_id, \"index\", sender, kind, frames, compressed, payload_bytes,"
                    + " wire_payload_bytes, payload_sha256, completeness FROM messages"))
        .containsExactlyElementsOf(texts(messages(listed)));
    assertThat(
            query(
                files,
                "SELECT request_completeness AS completeness, status, count(*) AS n,"
                    + " sum(duration_us)::BIGINT AS us, max(response_body_bytes) AS bytes FROM exchanges"
                    + " GROUP BY ALL ORDER BY ALL NULLS FIRST"))
        .containsExactlyElementsOf(texts(aggregated(expected)));
  }

  private static List<String> names(ObjectNode row) {
    return row.propertyNames().stream().map(name -> '"' + name + '"').toList();
  }

  private static ObjectNode flat(JsonNode exchange) {
    ObjectNode row = MAPPER.createObjectNode();
    for (String name : List.of("id", "session_id", "index", "protocol", "scheme", "role")) {
      row.set(name, exchange.path(name));
    }
    row.set("process_pid", exchange.at("/process/pid"));
    row.set("process_comm", exchange.at("/process/comm"));
    row.set("process_exe", exchange.at("/process/exe"));
    row.set("client_ip", exchange.at("/client/ip"));
    row.set("client_port", exchange.at("/client/port"));
    row.set("server_ip", exchange.at("/server/ip"));
    row.set("server_port", exchange.at("/server/port"));
    row.set("link_method", exchange.at("/link/method"));
    row.set("link_confidence", exchange.at("/link/confidence"));
    for (String name :
        List.of(
            "leg_of", "started_ns", "first_byte_us", "duration_us", "pipelined", "completeness")) {
      row.set(name, exchange.path(name));
    }
    row.set("anomalies", kinds(exchange.path("anomalies")));
    row.put("interim_count", exchange.path("interim").size());
    row.put("message_count", exchange.path("messages").size());
    JsonNode request = exchange.path("request");
    for (String name : List.of("method", "target", "authority")) {
      row.set(name, known(request.path(name)));
    }
    JsonNode response = exchange.path("response");
    for (String name : List.of("status", "reason", "grpc_status", "grpc_message")) {
      row.set(name, known(response.path(name)));
    }
    for (String side : List.of("request", "response")) {
      JsonNode message = exchange.path(side);
      for (String part : PARTS) {
        row.set(side + "_" + part, known(message.path(part)));
      }
      row.set(
          side + "_anomalies",
          message.isObject() ? kinds(message.path("anomalies")) : MAPPER.nullNode());
    }
    return row;
  }

  private static JsonNode known(JsonNode node) {
    return node.isMissingNode() ? MAPPER.nullNode() : node;
  }

  private static ArrayNode kinds(JsonNode anomalies) {
    ArrayNode kinds = MAPPER.createArrayNode();
    anomalies.forEach(anomaly -> kinds.add(anomaly.path("kind")));
    return kinds;
  }

  private static List<JsonNode> headers(List<JsonNode> listed) {
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode exchange : listed) {
      JsonNode id = exchange.path("id");
      addHeaders(rows, id, "request", exchange.path("request"));
      exchange.path("interim").forEach(interim -> addHeaders(rows, id, "interim", interim));
      addHeaders(rows, id, "response", exchange.path("response"));
    }
    return rows;
  }

  private static void addHeaders(List<JsonNode> rows, JsonNode id, String message, JsonNode node) {
    for (String section : List.of("header", "trailer")) {
      int position = 0;
      for (JsonNode field : node.path(section + "s")) {
        ObjectNode row = MAPPER.createObjectNode();
        row.set("exchange_id", id);
        row.put("message", message);
        row.put("section", section);
        row.put("position", position++);
        row.set("name", field.get(0));
        row.set("value", field.get(1));
        rows.add(row);
      }
    }
  }

  private static List<JsonNode> messages(List<JsonNode> listed) {
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode exchange : listed) {
      int index = 0;
      for (JsonNode message : exchange.path("messages")) {
        ObjectNode row = MAPPER.createObjectNode();
        row.set("exchange_id", exchange.path("id"));
        row.put("index", index++);
        row.set("sender", message.path("from"));
        for (String name :
            List.of(
                "kind",
                "frames",
                "compressed",
                "payload_bytes",
                "wire_payload_bytes",
                "payload_sha256",
                "completeness")) {
          row.set(name, known(message.path(name)));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  /** Counts by completeness of the request and status, in the order of both, null first. */
  private static List<JsonNode> aggregated(List<ObjectNode> exchanges) {
    Map<String, List<ObjectNode>> groups = new TreeMap<>();
    for (ObjectNode exchange : exchanges) {
      String status =
          exchange.path("status").isNull()
              ? ""
              : String.format("%20d", exchange.path("status").asLong());
      String completeness =
          exchange.path("request_completeness").isNull()
              ? ""
              : exchange.path("request_completeness").asString();
      groups.computeIfAbsent(completeness + '\n' + status, key -> new ArrayList<>()).add(exchange);
    }
    List<JsonNode> rows = new ArrayList<>();
    for (List<ObjectNode> group : groups.values()) {
      ObjectNode row = MAPPER.createObjectNode();
      row.set("completeness", group.get(0).path("request_completeness"));
      row.set("status", group.get(0).path("status"));
      row.put("n", group.size());
      row.put("us", group.stream().mapToLong(e -> e.path("duration_us").asLong()).sum());
      var bytes =
          group.stream()
              .map(e -> e.path("response_body_bytes"))
              .filter(JsonNode::isNumber)
              .mapToLong(JsonNode::asLong)
              .max();
      if (bytes.isPresent()) {
        row.put("bytes", bytes.getAsLong());
      } else {
        row.putNull("bytes");
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<String> query(Path[] files, String sql) {
    Object[] words = new Object[files.length + 4];
    words[0] = "query";
    System.arraycopy(files, 0, words, 1, files.length);
    words[files.length + 1] = sql;
    words[files.length + 2] = "--format";
    words[files.length + 3] = "ndjson";
    CliRun run = CliRun.of(words);
    assertThat(run.err().lines().filter(line -> !line.contains("damage:"))).isEmpty();
    return texts(parse(run));
  }

  /** As text numbers are the same, whatever their Java type. */
  private static List<String> texts(List<? extends JsonNode> nodes) {
    return nodes.stream().map(JsonNode::toString).toList();
  }

  private static List<JsonNode> lines(String command, Path[] files, String... options) {
    List<Object> words = new ArrayList<>(List.of(command));
    words.addAll(List.of(files));
    words.addAll(List.of(options));
    words.addAll(List.of("--format", "ndjson"));
    CliRun run = CliRun.of(words.toArray());
    assertThat(run.exitCode()).as(run.err()).isLessThan(ExitCode.USAGE);
    return parse(run);
  }

  private static List<JsonNode> parse(CliRun run) {
    return run.out().lines().map(MAPPER::readTree).map(JsonNode.class::cast).toList();
  }
}
