// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * A ring far too small for the load: events are lost, but every byte in the capture is right, and
 * what is missing is accounted for to the byte.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class OverloadedRingIT {
  private static final int CLIENTS = 3;
  private static final int REQUESTS_OF_A_CLIENT = 7;
  private static final int BODY_BYTES = 3_000_000;

  @Test
  void record_overloadedRing_losesNoByteUnseen(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    String summary;
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service server = servers.digestServer(false);
      SampleServers.Service relay = servers.relay("raw", server);
      try (RunningProgram recorder =
          tools.startRecorder(
              "--pid",
              Long.toString(server.program().pid()),
              "--ring-size",
              "64KiB",
              "--stats-format",
              "json")) {
        load(directory, relay);
        tools.finish(recorder);
        summary = recorder.standardError();
      }
    }
    JsonNode stats = stats(summary);
    long lostBytes = stats.get("lost_bytes").asLong();
    assertThat(stats.get("lost_events").asLong()).isPositive();
    assertThat(lostBytes).isPositive();

    List<byte[]> responses = new ArrayList<>();
    List<byte[]> requests = new ArrayList<>();
    for (int connection = 1; connection <= CLIENTS; connection++) {
      responses.add(raw(directory, connection, "response"));
      requests.add(raw(directory, connection, "request"));
    }
    Map<StreamOwner, List<StreamEvent.Data>> streams = dataByConnection(tools.capture());
    assertThat(streams).hasSize(CLIENTS);
    Set<Integer> matched = new HashSet<>();
    long captured = 0;
    for (List<StreamEvent.Data> stream : streams.values()) {
      // Requests are all different, so each connection matches one pair of the relay's files.
      List<Integer> candidates =
          IntStream.range(0, CLIENTS)
              .filter(i -> agrees(stream, Direction.INGRESS, requests.get(i)))
              .filter(i -> agrees(stream, Direction.EGRESS, responses.get(i)))
              .boxed()
              .toList();
      assertThat(candidates).as("connections whose bytes are those captured").isNotEmpty();
      matched.addAll(candidates);
      captured += stream.stream().mapToLong(StreamEvent.Data::capturedLength).sum();
    }
    assertThat(matched).hasSize(CLIENTS);
    long moved =
        responses.stream().mapToLong(bytes -> bytes.length).sum()
            + requests.stream().mapToLong(bytes -> bytes.length).sum();
    assertThat(captured + lostBytes).isEqualTo(moved);
    assertAnalyzerAccounts(tools, lostBytes);
  }

  private static void assertAnalyzerAccounts(Tools tools, long lostBytes)
      throws IOException, InterruptedException {
    RunningProgram.Result result =
        tools.analyzer("sessions", tools.capture().toString(), "--format", "ndjson");
    assertThat(result.exitCode()).as(result.errors()).isBetween(0, 1);
    long lostInSessions = 0;
    for (JsonNode session : DigestLog.lines(result.output())) {
      for (String direction : List.of("egress", "ingress")) {
        lostInSessions += session.get("accounting").get(direction).get("lost_bytes").asLong();
      }
    }
    assertThat(lostInSessions).isEqualTo(lostBytes);
  }

  private static boolean agrees(List<StreamEvent.Data> stream, Direction direction, byte[] truth) {
    for (StreamEvent.Data data : stream) {
      if (data.stream().direction() != direction || data.payload() == null) {
        continue;
      }
      int from = Math.toIntExact(data.position());
      int to = from + data.capturedLength();
      if (to > truth.length
          || !Arrays.equals(data.payload().toArray(), Arrays.copyOfRange(truth, from, to))) {
        return false;
      }
    }
    return true;
  }

  private static Map<StreamOwner, List<StreamEvent.Data>> dataByConnection(Path capture)
      throws IOException {
    Map<StreamOwner, List<StreamEvent.Data>> streams = new HashMap<>();
    try (CaptureReader reader = CaptureReader.open(capture, ReaderOptions.defaults())) {
      reader.read(
          Projection.ALL,
          event -> {
            if (event instanceof StreamEvent.Data data) {
              streams.computeIfAbsent(data.stream().owner(), o -> new ArrayList<>()).add(data);
            }
          });
    }
    return streams;
  }

  private static JsonNode stats(String standardError) {
    String last =
        standardError
            .lines()
            .filter(line -> line.startsWith("{"))
            .reduce((a, b) -> b)
            .orElseThrow();
    return DigestLog.json(last);
  }

  private static byte[] raw(Path directory, int connection, String side) throws IOException {
    return Files.readAllBytes(
        directory.resolve("raw").resolve("%04d.%s".formatted(connection, side)));
  }

  private static void load(Path directory, SampleServers.Service service)
      throws IOException, InterruptedException {
    List<RunningProgram> clients = new ArrayList<>();
    try {
      for (int client = 0; client < CLIENTS; client++) {
        StringBuilder configuration = new StringBuilder("silent\nshow-error\nfail\n");
        for (int request = 0; request < REQUESTS_OF_A_CLIENT; request++) {
          String target = "/bytes/%d?seed=%d-%d".formatted(BODY_BYTES, client, request);
          configuration
              .append("url = \"")
              .append(service.url(target))
              .append("\"\n")
              .append("output = \"/dev/null\"\n");
        }
        Path file = directory.resolve("client-" + client + ".config");
        Files.writeString(file, configuration);
        clients.add(
            RunningProgram.start(
                directory, "client-" + client, List.of("curl", "--config", file.toString())));
      }
      for (RunningProgram client : clients) {
        assertThat(client.awaitExit()).as(client.standardError()).isZero();
      }
    } finally {
      clients.forEach(RunningProgram::close);
    }
  }
}
