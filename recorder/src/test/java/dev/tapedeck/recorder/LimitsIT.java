// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits that the user sets: what is left out is stated to the byte, and positions go on. */
@BpfTest
final class LimitsIT {
  private static final int BODY_BYTES = 300_000;

  @TempDir Path folder;
  private Path root;
  private Path capture;

  @BeforeEach
  void makeFile() throws Exception {
    root = Files.createDirectory(folder.resolve("root"));
    capture = folder.resolve("capture.tape");
    byte[] body = new byte[BODY_BYTES];
    new Random(11).nextBytes(body);
    Files.write(root.resolve("body"), body);
    Files.writeString(root.resolve("small"), "small body");
  }

  private RecorderRun start(TestServers.Server server, String... limits) {
    return RecorderRun.start(record(server, limits));
  }

  private String[] record(TestServers.Server server, String... limits) {
    List<String> all = new ArrayList<>(List.of("record", "-o", capture.toString(), "--tree"));
    all.addAll(List.of("--pid", Integer.toString(server.pid()), "--stats-format", "json"));
    all.addAll(List.of(limits));
    return all.toArray(String[]::new);
  }

  private TestServers.Server server(boolean tls) throws Exception {
    return tls ? TestServers.nginx(folder, root) : TestServers.plain(folder, root);
  }

  private void curl(TestServers.Server server, boolean tls, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sk"));
    for (String option : options) {
      if (option.startsWith("/")) {
        command.add((tls ? "https" : "http") + "://127.0.0.1:" + server.port() + option);
        command.addAll(List.of("-o", "/dev/null"));
      } else {
        command.add(option);
      }
    }
    assertThat(TestServers.run(folder, command.toArray(String[]::new))).isZero();
  }

  /** Returns the owners of streams with calls in the capture, TLS sessions or plain sockets. */
  private static Set<StreamOwner> owners(CapturedStreams streams, boolean tls) {
    Set<StreamOwner> owners = new HashSet<>();
    for (var event : streams.events()) {
      if (event instanceof StreamEvent stream
          && stream.stream().owner() instanceof TlsSessionId == tls) {
        owners.add(stream.stream().owner());
      }
    }
    return owners;
  }

  /** Checks that captured and left out is everything, and returns the captured bytes. */
  private static long checkAccounts(CapturedStreams streams, StreamOwner owner) {
    StreamEnds end = streams.end(owner);
    long out = streams.capturedBytes(new StreamId(owner, Direction.EGRESS));
    long in = streams.capturedBytes(new StreamId(owner, Direction.INGRESS));
    assertThat(out + end.egressLostBytes()).isEqualTo(end.egressPosition());
    assertThat(in + end.ingressLostBytes()).isEqualTo(end.ingressPosition());
    for (Direction direction : Direction.values()) {
      assertThat(end.skippedBytes(direction)).isBetween(0L, end.lostBytes(direction));
    }
    return out + in;
  }

  private static long lost(CapturedStreams streams, LossEvent.Cause cause) {
    return streams.losses().stream()
        .filter(loss -> loss.cause() == cause)
        .mapToLong(LossEvent::lostBytes)
        .sum();
  }

  private CaptureHeader header() throws Exception {
    try (CaptureReader reader = CaptureReader.open(capture, ReaderOptions.defaults())) {
      return reader.header();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void record_maxBytesPerConnection_cutsThereAndKeepsLengthAndPosition(boolean tls)
      throws Exception {
    try (TestServers.Server server = server(tls);
        RecorderRun run = start(server, "--max-bytes-per-connection", "100KiB")) {
      curl(server, tls, "/small", "/body", "/body");
      server.awaitIdle();
      RecorderRun.Result result = run.stop();
      assertThat(result.exitCode()).as(result.errors()).isZero();

      CapturedStreams streams = CapturedStreams.read(capture);
      Set<StreamOwner> owners = owners(streams, tls);
      assertThat(owners).hasSize(1);
      StreamOwner owner = owners.iterator().next();
      assertThat(checkAccounts(streams, owner)).isEqualTo(100 << 10);
      long told =
          streams.parts(new StreamId(owner, Direction.EGRESS)).stream()
              .mapToLong(StreamEvent.Data::originalLength)
              .sum();
      assertThat(told).isEqualTo(streams.end(owner).egressPosition()).isGreaterThan(2 * BODY_BYTES);
      assertThat(lost(streams, LossEvent.Cause.OVER_CAP))
          .isEqualTo(streams.end(owner).egressLostBytes() + streams.end(owner).ingressLostBytes());
      assertThat(header().attributes()).containsEntry("max_bytes_per_connection", "102400");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void record_sample_keepsWholeConnectionsOrOnlyTheirLives(boolean tls) throws Exception {
    int connections = 61;
    try (TestServers.Server server = server(tls);
        RecorderRun run = start(server, "--sample", "1/3")) {
      curl(server, tls, "-H", "Connection: close", "/small?[1-" + connections + "]");
      server.awaitIdle();
      RecorderRun.Result result = run.stop();
      assertThat(result.exitCode()).as(result.errors()).isZero();

      CapturedStreams streams = CapturedStreams.read(capture);
      Set<StreamOwner> sampled = owners(streams, tls);
      assertThat(sampled).hasSizeBetween(5, 45);
      long whole = 0;
      for (StreamOwner owner : sampled) {
        StreamEnds end = streams.end(owner);
        whole += checkAccounts(streams, owner);
        assertThat(end.egressLostBytes() + end.ingressLostBytes()).as("gaps of " + owner).isZero();
        assertThat(isSampled(socketGeneration(streams, owner), 3)).isTrue();
      }
      assertThat(whole).isPositive();
      List<LossEvent> left =
          streams.losses().stream()
              .filter(loss -> loss.cause() == LossEvent.Cause.NOT_SAMPLED)
              .toList();
      assertThat(left.stream().mapToLong(LossEvent::events).sum())
          .isEqualTo(connections - sampled.size());
      assertThat(lost(streams, LossEvent.Cause.NOT_SAMPLED)).isPositive();
      assertThat(streams.events().stream().filter(SocketEvent.Accept.class::isInstance))
          .as("lives of all connections")
          .hasSizeGreaterThanOrEqualTo(connections);
      assertThat(header().attributes()).containsEntry("sample", "1/3");
    }
  }

  /** Returns the generation of the socket that decides about a stream's owner. */
  private static long socketGeneration(CapturedStreams streams, StreamOwner owner) {
    if (owner instanceof ConnectionId connection) {
      return connection.generation();
    }
    Map<TlsSessionId, ConnectionId> bound = new HashMap<>();
    for (var event : streams.events()) {
      if (event instanceof TlsEvent.Binding binding && binding.connection() != null) {
        bound.put(binding.session(), binding.connection());
      }
    }
    assertThat(bound).containsKey((TlsSessionId) owner);
    return bound.get((TlsSessionId) owner).generation();
  }

  /** The kernel side's decision: bpf/budget.bpf.h. */
  private static boolean isSampled(long generation, int oneIn) {
    int hash = (int) generation;
    hash ^= hash >>> 16;
    hash *= 0x85ebca6b;
    hash ^= hash >>> 13;
    hash *= 0xc2b2ae35;
    hash ^= hash >>> 16;
    return Integer.compareUnsigned(hash, new RecordingLimits(0, 0, oneIn, 0).sampleLimit()) <= 0;
  }

  @Test
  void record_tinyCpuLimit_shedsPayloadKeepsMetadataAndRecovers() throws Exception {
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderProcess run = RecorderProcess.start(folder, record(server, "--cpu-limit", "2"))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                curl(server, true, "--parallel", "--parallel-max", "7", "/body?[1-599]");
                return hasShed();
              });
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(1700))
          .until(() -> recordsAgain(server));
      server.awaitIdle();
      RecorderProcess.Ended result = run.stop();
      assertThat(result.exitCode()).as(result.errors()).isZero();
      assertThat(result.lastErrorLine()).contains("\"shed\":{").doesNotContain("\"shed_ms\":0,");

      CapturedStreams streams = CapturedStreams.read(capture);
      long missing = 0;
      for (StreamOwner owner : streams.ended()) {
        // At the highest level the calls of a whole session may be in its accounts alone.
        if (owner instanceof TlsSessionId) {
          checkAccounts(streams, owner);
          missing += streams.end(owner).egressLostBytes() + streams.end(owner).ingressLostBytes();
        }
      }
      assertThat(lost(streams, LossEvent.Cause.SHED)).isPositive();
      assertThat(missing)
          .isEqualTo(streams.losses().stream().mapToLong(LossEvent::lostBytes).sum());
      assertThat(streams.events())
          .as("calls told without bytes")
          .anyMatch(e -> e instanceof StreamEvent.Data data && data.capturedLength() == 0);
      assertThat(streams.losses())
          .as("when it began and ended")
          .filteredOn(loss -> loss.cause() == LossEvent.Cause.SHED && loss.events() == 0)
          .hasSizeGreaterThanOrEqualTo(2)
          .extracting(LossEvent::level)
          .startsWith(1)
          .contains(0);
    }
  }

  /** Returns whether the file, which is being written, tells of shed bytes, and calls without. */
  private boolean hasShed() throws Exception {
    boolean[] found = new boolean[2];
    try (CaptureReader reader = CaptureReader.open(partial(), ReaderOptions.defaults())) {
      reader.read(
          Projection.METADATA,
          event -> {
            found[0] |= event instanceof StreamEvent.Data data && data.capturedLength() == 0;
            found[1] |=
                event instanceof LossEvent loss
                    && loss.cause() == LossEvent.Cause.SHED
                    && loss.lostBytes() > 0;
          });
    }
    return found[0] && found[1];
  }

  private Path partial() {
    return capture.resolveSibling(capture.getFileName() + ".partial");
  }

  /** Sends a request and looks whether the file, which is being written, soon has its bytes. */
  private boolean recordsAgain(TestServers.Server server) throws Exception {
    String path = "/small?again=" + System.nanoTime();
    curl(server, true, path);
    Thread.sleep(1300);
    CapturedStreams streams = CapturedStreams.read(partial());
    return streams.events().stream()
        .anyMatch(
            event ->
                event instanceof StreamEvent.Data data
                    && new String(data.payload().toArray(), StandardCharsets.ISO_8859_1)
                        .contains(path));
  }
}
