// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records real programs and compares with what they really said. */
@BpfTest
final class RecordIT {
  private static final int[] SIZES = {0, 1, 100, 4096, 16_384, 16_385, 65_536, 300_000, 3_000_000};

  @TempDir Path folder;
  private Path root;
  private Path capture;

  @BeforeEach
  void makeFiles() throws Exception {
    root = Files.createDirectory(folder.resolve("root"));
    capture = folder.resolve("capture.tape");
    for (int size : SIZES) {
      byte[] body = new byte[size];
      new Random(size).nextBytes(body);
      Files.write(root.resolve(Integer.toString(size)), body);
    }
  }

  private String[] curlAll(String base) {
    String[] command = new String[3 + 3 * SIZES.length];
    command[0] = "curl";
    command[1] = "-sk";
    command[2] = "--no-progress-meter";
    for (int i = 0; i < SIZES.length; i++) {
      command[3 + 3 * i] = base + "/" + SIZES[i];
      command[4 + 3 * i] = "-o";
      command[5 + 3 * i] = folder.resolve("got-" + SIZES[i]).toString();
    }
    return command;
  }

  private static String[] record(Path capture, String[] options, String... command) {
    String[] all = new String[3 + options.length + command.length];
    all[0] = "record";
    all[1] = "-o";
    all[2] = capture.toString();
    System.arraycopy(options, 0, all, 3, options.length);
    System.arraycopy(command, 0, all, 3 + options.length, command.length);
    return all;
  }

  /** Takes the answers off a stream: heads end with an empty line, lengths are stated. */
  private static void assertAnswers(byte[] stream, int[] sizes, Path root) throws Exception {
    int at = 0;
    for (int size : sizes) {
      String text =
          new String(stream, at, Math.min(2000, stream.length - at), StandardCharsets.ISO_8859_1);
      assertThat(text).startsWith("HTTP/1.1 200 OK\r\n");
      at += text.indexOf("\r\n\r\n") + 4;
      assertThat(sha256(Arrays.copyOfRange(stream, at, at + size)))
          .as("body of " + size)
          .isEqualTo(sha256(Files.readAllBytes(root.resolve(Integer.toString(size)))));
      at += size;
    }
    assertThat(at).isEqualTo(stream.length);
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void record_curlCommandOverTls_isByteExactOnItsSide() throws Exception {
    try (TestServers.Server server = TestServers.nginx(folder, root)) {
      String[] curl = curlAll("https://127.0.0.1:" + server.port());
      String[] command = new String[curl.length + 1];
      command[0] = "--";
      System.arraycopy(curl, 0, command, 1, curl.length);

      RecorderRun.Result result =
          RecorderRun.run(record(capture, new String[] {"--ring-size", "64MiB"}, command));

      assertThat(result.exitCode()).as(result.errors()).isZero();
      CapturedStreams streams = CapturedStreams.read(capture);
      StreamId in = only(streams, "curl", Direction.INGRESS, true);
      assertAnswers(streams.bytes(in), SIZES, root);
      StreamId out = only(streams, "curl", Direction.EGRESS, true);
      assertThat(new String(streams.bytes(out), StandardCharsets.ISO_8859_1))
          .startsWith("GET /0 HTTP/1.1\r\n");
      assertThat(streams.end(in.owner()).ingressPosition()).isEqualTo(streams.bytes(in).length);
      assertThat(streams.end(in.owner()).ingressLostBytes()).isZero();
      assertThat(streams.losses()).isEmpty();
      assertThat(streams.pids()).as("nginx is no target").hasSize(1);
      assertThat(streams.events()).hasAtLeastOneElementOfType(TlsEvent.Binding.class);
      assertThat(streams.events()).hasAtLeastOneElementOfType(SocketEvent.Connect.class);
      assertThat(streams.events())
          .filteredOn(LibraryEvent.class::isInstance)
          .allSatisfy(
              event -> {
                assertThat(((LibraryEvent) event).version()).startsWith("3.");
                assertThat(((LibraryEvent) event).attachedSymbols()).isGreaterThan(8);
              });
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(capture)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void record_everything_isByteExactOnBothSides() throws Exception {
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderRun run =
            RecorderRun.start(
                record(
                    capture,
                    new String[] {
                      "--ring-size", "64MiB", "--port", Integer.toString(server.port())
                    }))) {
      assertThat(TestServers.run(folder, curlAll("https://127.0.0.1:" + server.port()))).isZero();
      server.awaitIdle();
      RecorderRun.Result result = run.stop();

      assertThat(result.exitCode()).as(result.errors()).isZero();
      CapturedStreams streams = CapturedStreams.read(capture);
      assertAnswers(streams.bytes(only(streams, "curl", Direction.INGRESS, true)), SIZES, root);
      assertAnswers(streams.bytes(only(streams, "nginx", Direction.EGRESS, true)), SIZES, root);
      assertThat(streams.events())
          .filteredOn(ProcessEvent.Exec.class::isInstance)
          .map(event -> (ProcessEvent.Exec) event)
          .anySatisfy(
              exec -> {
                assertThat(exec.program().comm()).isEqualTo("nginx");
                assertThat(exec.program().exe()).endsWith("/nginx");
                assertThat(exec.existing()).isTrue();
              });
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void record_argumentsOfProcesses_areStoredOnlyWhenAskedFor(boolean asked) throws Exception {
    String[] options = asked ? new String[] {"--command-lines", "--"} : new String[] {"--"};
    RecorderRun.run(record(capture, options, "sh", "-c", "sleep 0.3; true", "secret argument"));

    assertThat(CapturedStreams.read(capture).events())
        .filteredOn(ProcessEvent.Exec.class::isInstance)
        .map(event -> ((ProcessEvent.Exec) event).program())
        .filteredOn(program -> program.comm().equals("sh"))
        .isNotEmpty()
        .allSatisfy(
            program ->
                assertThat(program.arguments())
                    .containsExactlyElementsOf(
                        asked
                            ? List.of("sh", "-c", "sleep 0.3; true", "secret argument")
                            : List.of()));
  }

  @Test
  void record_pidOfPlainServer_isByteExact() throws Exception {
    try (TestServers.Server server = TestServers.plain(folder, root);
        RecorderRun run =
            RecorderRun.start(
                record(capture, new String[] {"--pid", Integer.toString(server.pid())}))) {
      assertThat(TestServers.run(folder, curlAll("http://127.0.0.1:" + server.port()))).isZero();
      server.awaitIdle();
      RecorderRun.Result result = run.stop();

      assertThat(result.exitCode()).as(result.errors()).isZero();
      CapturedStreams streams = CapturedStreams.read(capture);
      assertThat(streams.pids()).containsExactly(server.pid());
      StreamId out = only(streams, "python3", Direction.EGRESS, false);
      assertAnswers(streams.bytes(out), SIZES, root);
    }
  }

  @Test
  void record_pidOfTlsServer_seesItWithProbesBoundToIt() throws Exception {
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderRun run =
            RecorderRun.start(
                record(
                    capture, new String[] {"--tree", "--pid", Integer.toString(server.pid())}))) {
      assertThat(
              TestServers.run(
                  folder,
                  "curl",
                  "-sk",
                  "-o",
                  "/dev/null",
                  "https://127.0.0.1:" + server.port() + "/300000"))
          .isZero();
      server.awaitIdle();
      assertThat(run.stop().exitCode()).isZero();

      CapturedStreams streams = CapturedStreams.read(capture);
      StreamId out = only(streams, "nginx", Direction.EGRESS, true);
      assertAnswers(streams.bytes(out), new int[] {300_000}, root);
    }
  }

  @Test
  void record_maxBytesPerCall_saysWhatWasCut() throws Exception {
    try (TestServers.Server server = TestServers.plain(folder, root)) {
      RecorderRun.Result result =
          RecorderRun.run(
              record(
                  capture,
                  new String[] {"--max-bytes-per-call", "1000"},
                  "--",
                  "curl",
                  "-s",
                  "-o",
                  "/dev/null",
                  "http://127.0.0.1:" + server.port() + "/300000"));

      assertThat(result.exitCode()).as(result.errors()).isZero();
      CapturedStreams streams = CapturedStreams.read(capture);
      StreamId in = only(streams, "curl", Direction.INGRESS, false);
      assertThat(streams.parts(in).stream().mapToLong(StreamEvent.Data::originalLength).sum())
          .isEqualTo(streams.end(in.owner()).ingressPosition())
          .isGreaterThan(300_000);
      assertThat(streams.capturedBytes(in)).isBetween(1L, 100_000L);
    }
  }

  private static StreamId only(
      CapturedStreams streams, String comm, Direction direction, boolean tls) {
    assertThat(streams.streams(comm, direction, tls)).hasSize(1);
    return streams.streams(comm, direction, tls).get(0);
  }
}
