// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records every way to move bytes over a stream socket and compares both ends of each connection
 * with what they say they carried ({@code bpf/test/socket_calls.py}), byte for byte.
 */
@BpfTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SocketCallsIT {
  private static final Pattern ROW =
      Pattern.compile(
          "\"case\": \"(\\w+)\", \"inode\": (\\d+), \"skipped\": \\[(\\d+), (\\d+)\\](.*)");
  private static final Pattern LOST = Pattern.compile("\"lost\": (\\d+)");

  private Path folder;
  private Path truth;
  private final List<End> ends = new ArrayList<>();
  private CapturedStreams streams;
  private final Map<Long, ConnectionId> connections = new HashMap<>();

  /** What is to be expected of one end of a connection. */
  private record End(String name, long inode, long skippedEgress, long skippedIngress, long lost) {}

  @BeforeAll
  void recordAll(@TempDir Path shared) throws Exception {
    folder = shared;
    truth = Files.createDirectory(folder.resolve("truth"));
    streams = record(folder.resolve("all.tape"), truth, "64MiB");
    ends.addAll(read(truth));
    connections.putAll(connections(streams));
  }

  private static CapturedStreams record(Path capture, Path truth, String ring, String... cases)
      throws Exception {
    Path script = Path.of(System.getProperty("tapedeck.root"), "bpf", "test", "socket_calls.py");
    List<String> command =
        new ArrayList<>(
            List.of("record", "-o", capture.toString(), "--ring-size", ring, "--sources"));
    command.addAll(List.of("sockets", "--", "python3", script.toString(), truth.toString()));
    command.addAll(List.of(cases));
    RecorderRun.Result result = RecorderRun.run(command.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return CapturedStreams.read(capture);
  }

  private static List<End> read(Path truth) throws IOException {
    List<End> ends = new ArrayList<>();
    for (String line : Files.readAllLines(truth.resolve("truth.jsonl"))) {
      Matcher row = ROW.matcher(line);
      assertThat(row.find()).as(line).isTrue();
      Matcher lost = LOST.matcher(row.group(5));
      ends.add(
          new End(
              row.group(1),
              Long.parseLong(row.group(2)),
              Long.parseLong(row.group(3)),
              Long.parseLong(row.group(4)),
              lost.find() ? Long.parseLong(lost.group(1)) : 0));
    }
    return ends;
  }

  private static Map<Long, ConnectionId> connections(CapturedStreams streams) {
    Map<Long, ConnectionId> found = new HashMap<>();
    for (var event : streams.events()) {
      if (event instanceof SocketEvent.Connect connect) {
        found.put(connect.connection().socket(), connect.connection());
      } else if (event instanceof SocketEvent.Accept accept) {
        found.put(accept.connection().socket(), accept.connection());
      } else if (event instanceof SocketEvent.Existing existing) {
        found.put(existing.connection().socket(), existing.connection());
      }
    }
    return found;
  }

  /** Compares one direction of an end and returns how many bytes are in no event. */
  private static long compare(
      CapturedStreams streams, Path truth, End end, ConnectionId connection, Direction direction)
      throws IOException {
    int number = direction == Direction.EGRESS ? 0 : 1;
    String what = end + " " + direction;
    byte[] expected = Files.readAllBytes(truth.resolve(end.inode() + "-" + number));
    StreamEnds closed = streams.end(connection);
    assertThat(closed).as(what).isNotNull();
    long produced = number == 0 ? closed.egressPosition() : closed.ingressPosition();
    long missing = number == 0 ? closed.egressLostBytes() : closed.ingressLostBytes();
    StreamId stream = new StreamId(connection, direction);
    assertThat(produced).as("produced, " + what).isEqualTo(expected.length);
    assertThat(streams.capturedBytes(stream) + missing).as("account, " + what).isEqualTo(produced);
    for (StreamEvent.Data part : streams.parts(stream)) {
      int at = (int) part.position();
      assertThat(part.payload().toArray())
          .as(what)
          .isEqualTo(Arrays.copyOfRange(expected, at, at + part.capturedLength()));
    }
    return missing;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mmsg", "sendfile", "splice", "peek", "iovecs", "large", "zerocopy", "partial", "pwritev2",
        "unix", "dup", "scm_rights", "inherited", "proxy", "pieces", "http2", "websocket", "other",
        "userfault", "compat", "ipv6"
      })
  void socketCalls_ofOneKind_areWhatTheirEndsCarried(String name) throws Exception {
    List<End> mine = ends.stream().filter(end -> end.name().equals(name)).toList();

    assertThat(mine).hasSizeGreaterThanOrEqualTo(2);
    for (End end : mine) {
      ConnectionId connection = connections.get(end.inode());
      assertThat(connection).as(end.toString()).isNotNull();
      assertThat(compare(streams, truth, end, connection, Direction.EGRESS))
          .as("not captured, out, " + end)
          .isEqualTo(end.skippedEgress() + end.lost());
      assertThat(compare(streams, truth, end, connection, Direction.INGRESS))
          .as("not captured, in, " + end)
          .isEqualTo(end.skippedIngress());
    }
  }

  @Test
  void duplicates_ofDescriptors_areTold() {
    assertThat(streams.events()).hasAtLeastOneElementOfType(SocketEvent.Dup.class);
    assertThat(streams.events())
        .filteredOn(SocketEvent.Dup.class::isInstance)
        .extracting(event -> ((SocketEvent.Dup) event).descriptor().fd())
        .contains(100, 120);
  }

  @Test
  void streams_throughASmallRing_areAccountedForToTheByte() throws Exception {
    Path few = Files.createDirectory(folder.resolve("few"));
    CapturedStreams small =
        record(folder.resolve("small.tape"), few, "128KiB", "large", "iovecs", "partial", "unix");
    Map<Long, ConnectionId> found = connections(small);

    long missing = 0;
    for (End end : read(few)) {
      ConnectionId connection = found.get(end.inode());
      assertThat(connection).as(end.toString()).isNotNull();
      missing += compare(small, few, end, connection, Direction.EGRESS);
      missing += compare(small, few, end, connection, Direction.INGRESS);
    }
    assertThat(missing).as("a small ring loses something").isPositive();
  }
}
