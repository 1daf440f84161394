// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How recordings begin and end, and that nothing of them stays behind. */
@BpfTest
final class RecordLifecycleIT {
  @TempDir Path folder;
  private Path root;
  private Path capture;

  @BeforeEach
  void makeFiles() throws Exception {
    root = Files.createDirectory(folder.resolve("root"));
    capture = folder.resolve("capture.tape");
    Files.writeString(root.resolve("hello"), "hello");
  }

  /** Returns how many programs, maps, links and probes this process holds. */
  private static long kernelObjects() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(
              descriptor -> {
                try {
                  String target = Files.readSymbolicLink(descriptor).toString();
                  // Not the jar that holds the programs.
                  return target.startsWith("anon_inode:")
                      && (target.contains("bpf") || target.contains("perf_event"));
                } catch (java.nio.file.NoSuchFileException e) {
                  // The listing's own descriptor.
                  return false;
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .count();
    }
  }

  @Test
  void record_command_passesItsExitCodeOn() {
    RecorderRun.Result result =
        RecorderRun.run("record", "-o", capture.toString(), "--", "sh", "-c", "exit 42");

    assertThat(result.exitCode()).as(result.errors()).isEqualTo(42);
    assertThat(capture).exists();
  }

  @Test
  void record_commandKilledBySignal_givesShellsCode() {
    RecorderRun.Result result =
        RecorderRun.run("record", "-o", capture.toString(), "--", "sh", "-c", "kill -9 $$");

    assertThat(result.exitCode()).isEqualTo(137);
  }

  @Test
  void record_stoppedWhileCommandRuns_endsTheCommand() throws Exception {
    try (RecorderRun run =
        RecorderRun.start("record", "-o", capture.toString(), "--", "sleep", "1000")) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ProcessHandle.current().descendants().anyMatch(RecordLifecycleIT::isSleep));

      RecorderRun.Result result = run.stop();

      assertThat(result.exitCode()).as(result.errors()).isZero();
      assertThat(ProcessHandle.current().descendants().anyMatch(RecordLifecycleIT::isSleep))
          .isFalse();
    }
  }

  private static boolean isSleep(ProcessHandle process) {
    return process.isAlive() && process.info().command().orElse("").endsWith("/sleep");
  }

  /** A client of a server of its own: with SO_LINGER 0 close() sends a reset. */
  private static final String ENDED_CONNECTIONS =
      """
      import socket, struct, sys
      answer = b"HTTP/1.0 200 OK\\r\\n\\r\\npart"
      listener = socket.create_server(("127.0.0.1", 0))
      for how in sys.argv[1:]:
          client = socket.create_connection(listener.getsockname())
          server = listener.accept()[0]
          client.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
          server.recv(1000)
          server.sendall(answer)
          assert client.recv(1000) == answer
          if how == "reset":
              server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
          server.close()
          try:
              assert client.recv(1000) == b""
              if how == "late":
                  client.sendall(b"x")  # answered by a reset, as nobody listens any more
                  client.recv(1000)
                  client.sendall(b"y")
          except ConnectionError:
              pass
          client.close()
      """;

  @Test
  void record_connectionsThatEndDifferently_areResetWhereThePeerHadNotEndedItsStream()
      throws Exception {
    Path program = Files.writeString(folder.resolve("ended.py"), ENDED_CONNECTIONS);
    RecorderRun.Result result =
        RecorderRun.run(
            "record",
            "-o",
            capture.toString(),
            "--",
            "python3",
            program.toString(),
            "close",
            "reset",
            "late");

    assertThat(result.exitCode()).as(result.errors()).isZero();
    Map<ConnectionId, Boolean> clients = new LinkedHashMap<>();
    for (CaptureEvent event : CapturedStreams.read(capture).events()) {
      if (event instanceof SocketEvent.Connect connect) {
        clients.put(connect.connection(), false);
      } else if (event instanceof SocketEvent.Close close) {
        clients.computeIfPresent(close.connection(), (id, reset) -> reset || close.end().reset());
      }
    }
    assertThat(clients.values()).containsExactly(false, true, false);
  }

  @Test
  void record_command_isSeenFromItsExecToItsExit() throws Exception {
    RecorderRun.run("record", "-o", capture.toString(), "--", "sh", "-c", "true; exit 3");

    CapturedStreams streams = CapturedStreams.read(capture);
    assertThat(streams.events())
        .filteredOn(ProcessEvent.Exec.class::isInstance)
        .map(event -> (ProcessEvent.Exec) event)
        .anySatisfy(
            exec -> {
              assertThat(exec.existing()).isFalse();
              assertThat(exec.program().comm()).isEqualTo("sh");
              assertThat(exec.program().parentPid()).isEqualTo((int) ProcessHandle.current().pid());
            });
    assertThat(streams.events())
        .filteredOn(ProcessEvent.Exit.class::isInstance)
        .anySatisfy(exit -> assertThat(((ProcessEvent.Exit) exit).exitCode()).isEqualTo(3));
  }

  @Test
  void record_stoppedWhileAttaching_completesTheFileAndStartsNoCommand() throws Exception {
    Path made = folder.resolve("made");

    RecorderRun.Result result =
        RecorderRun.runStopped("record", "-o", capture.toString(), "--", "touch", made.toString());

    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(result.errors().lines()).noneMatch(line -> line.startsWith("recording"));
    assertThat(result.lastErrorLine()).startsWith("peak memory ");
    assertThat(CapturedStreams.read(capture).summary().complete()).isTrue();
    assertThat(made).doesNotExist();
  }

  @Test
  void record_terminatedAsItBeginsToAttach_completesTheFile() throws Exception {
    String killer =
        "\"$@\" & p=$!;"
            + " until ls -l /proc/$p/fd 2>/dev/null | grep -q 'anon_inode:.*bpf'; do kill -0 $p || exit 99; done;"
            + " kill -TERM $p; wait $p";

    RecorderProcess.Ended ended =
        RecorderProcess.run(
            folder,
            List.of("sh", "-c", killer, "sh"),
            List.of(),
            "record",
            "-o",
            capture.toString());

    assertThat(ended.exitCode()).as(ended.errors()).isZero();
    assertThat(ended.errors()).contains("peak memory ");
    assertThat(CapturedStreams.read(capture).summary().complete()).isTrue();
  }

  @Test
  void record_duration_endsByItself() {
    RecorderRun.Result result =
        RecorderRun.run("record", "-o", capture.toString(), "--duration", "300ms");

    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(result.errors()).contains("recording ").contains("stored unprotected");
    assertThat(result.lastErrorLine()).startsWith("peak memory ");
  }

  @Test
  void record_quiet_printsOneLine() {
    RecorderRun.Result result =
        RecorderRun.run("record", "-q", "-o", capture.toString(), "--duration", "100ms");

    assertThat(result.errors().lines())
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("recording "));
  }

  @Test
  void record_maxEvents_endsByItself() throws Exception {
    try (TestServers.Server server = TestServers.plain(folder, root)) {
      try (RecorderRun run =
          RecorderRun.start(
              "record",
              "-o",
              capture.toString(),
              "--max-events",
              "20",
              "--pid",
              Integer.toString(server.pid()))) {
        TestServers.run(
            folder,
            "curl",
            "-s",
            "-o",
            "/dev/null",
            "http://127.0.0.1:" + server.port() + "/hello?[1-50]");
        assertThat(run.result().exitCode()).isZero();
      }
    }
    assertThat(CapturedStreams.read(capture).events()).hasSizeGreaterThanOrEqualTo(20);
  }

  @Test
  void record_onlyTargetEnds_recordingEnds() throws Exception {
    Process target = new ProcessBuilder("sleep", "1000").start();
    try (RecorderRun run =
        RecorderRun.start(
            "record", "-o", capture.toString(), "--pid", Long.toString(target.pid()))) {
      target.destroy();
      RecorderRun.Result result = run.result();

      assertThat(result.exitCode()).as(result.errors()).isZero();
    } finally {
      target.destroy();
    }
  }

  @Test
  void record_intoFolder_choosesName() throws Exception {
    Path captures = Files.createDirectory(folder.resolve("captures"));

    assertThat(
            RecorderRun.run("record", "-o", captures.toString(), "--duration", "100ms").exitCode())
        .isZero();
    try (Stream<Path> files = Files.list(captures)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .singleElement()
          .satisfies(name -> assertThat(name).matches(".+-\\d{8}T\\d{6}Z\\.tape"));
    }
  }

  @Test
  void record_fileThatExists_isMovedAside() throws Exception {
    Files.writeString(capture, "earlier");

    RecorderRun.Result result =
        RecorderRun.run("record", "-o", capture.toString(), "--duration", "100ms");

    assertThat(result.errors()).contains("an earlier file is now " + capture + ".old");
    assertThat(folder.resolve("capture.tape.old")).hasContent("earlier");
    assertThat(CapturedStreams.read(capture).summary().complete()).isTrue();
  }

  @Test
  void record_severalTimes_leavesNothingInTheKernel() throws Exception {
    RecorderRun.run("record", "-o", capture.toString(), "--duration", "100ms");
    long before = kernelObjects();
    assertThat(before).isZero();
    for (int i = 0; i < 3; i++) {
      RecorderRun.run("record", "-o", capture.toString(), "--duration", "100ms");
      RecorderRun.run("record", "-o", "/proc/x.tape", "--duration", "100ms");
    }

    assertThat(kernelObjects()).isZero();
  }

  @Test
  void record_socketsOnly_attachesNoLibrary() throws Exception {
    RecorderRun.run(
        "record", "-o", capture.toString(), "--sources", "sockets", "--duration", "100ms");

    assertThat(CapturedStreams.read(capture).events()).noneMatch(LibraryEvent.class::isInstance);
  }

  @Test
  void record_libraryNeverSeenBefore_isRecordedOrItsLateStartIsSaid() throws Exception {
    Path libraries = Files.createDirectory(folder.resolve("libraries"));
    for (TlsLibrary library :
        new TlsLibraryFinder(new ProcFs(Path.of("/proc"))).inLoaderFolders()) {
      Path ssl = library.openPath();
      Path crypto = ssl.resolveSibling(ssl.getFileName().toString().replace("libssl", "libcrypto"));
      Files.copy(ssl, libraries.resolve(ssl.getFileName()));
      Files.copy(crypto, libraries.resolve(crypto.getFileName()));
    }
    Path enough = folder.resolve("enough");
    Path partial = capture.resolveSibling(capture.getFileName() + ".partial");
    String again = "GET /hello?again HTTP/1.1";
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderRun run =
            RecorderRun.start(
                "record",
                "-o",
                capture.toString(),
                "--",
                "env",
                "LD_LIBRARY_PATH=" + libraries,
                "sh",
                "-c",
                "curl -sk -o /dev/null $0/hello;"
                    + " until [ -e $1 ]; do sleep 0.2; curl -sk -o /dev/null $0/hello?again; done",
                "https://127.0.0.1:" + server.port(),
                enough.toString())) {
      // Some time after the first request the library has been found.
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> requests(CapturedStreams.read(partial)).contains(again));
      Files.createFile(enough);
      RecorderRun.Result result = run.result();

      assertThat(result.exitCode()).as(result.errors()).isZero();
      CapturedStreams streams = CapturedStreams.read(capture);
      assertThat(streams.events())
          .filteredOn(LibraryEvent.class::isInstance)
          .anySatisfy(
              event -> assertThat(((LibraryEvent) event).path()).startsWith(libraries.toString()));
      assertThat(requests(streams)).contains(again);
      if (!requests(streams).contains("GET /hello HTTP/1.1")) {
        assertThat(streams.losses())
            .anySatisfy(loss -> assertThat(loss.cause()).isEqualTo(LossEvent.Cause.LATE_ATTACH));
      }
    }
  }

  /** Returns the first lines of what curl sent by TLS. */
  private static List<String> requests(CapturedStreams streams) {
    return streams.streams("curl", Direction.EGRESS, true).stream()
        .map(id -> firstLine(streams, id))
        .toList();
  }

  private static String firstLine(CapturedStreams streams, StreamId id) {
    return new String(streams.bytes(id), StandardCharsets.ISO_8859_1)
        .lines()
        .findFirst()
        .orElse("");
  }

  @Test
  void record_noInherit_leavesChildrenOut() throws Exception {
    try (TestServers.Server server = TestServers.plain(folder, root)) {
      String url = "http://127.0.0.1:" + server.port() + "/hello";
      RecorderRun.run(
          "record",
          "-o",
          capture.toString(),
          "--no-inherit",
          "--",
          "sh",
          "-c",
          "curl -s -o /dev/null " + url + "; true");
      assertThat(CapturedStreams.read(capture).pids()).isEmpty();

      RecorderRun.run(
          "record",
          "-o",
          capture.toString(),
          "--inherit",
          "--",
          "sh",
          "-c",
          "curl -s -o /dev/null " + url + "; true");
      assertThat(CapturedStreams.read(capture).pids()).hasSize(1);
    }
  }

  @Test
  void record_exe_takesThatProgramOnly() throws Exception {
    Path curl = Path.of("/usr/bin/curl").toRealPath();
    assertTakesOnly(curl, "--exe", curl.toString());
  }

  @Test
  void record_comm_takesProcessesOfThatNameOnly() throws Exception {
    Path curl = TestServers.ownCurl(folder);
    assertTakesOnly(curl, "--comm", curl.getFileName().toString());
  }

  private void assertTakesOnly(Path curl, String... filter) throws Exception {
    List<String> record = new ArrayList<>(List.of("record", "-o", capture.toString()));
    record.addAll(List.of(filter));
    try (TestServers.Server server = TestServers.plain(folder, root);
        RecorderRun run = RecorderRun.start(record.toArray(String[]::new))) {
      TestServers.run(
          folder,
          curl.toString(),
          "-s",
          "-o",
          "/dev/null",
          "http://127.0.0.1:" + server.port() + "/hello");
      assertThat(run.stop().exitCode()).isZero();

      CapturedStreams streams = CapturedStreams.read(capture);
      assertThat(streams.streams(curl.getFileName().toString(), Direction.EGRESS, false))
          .hasSize(1);
      assertThat(streams.streams("python3", Direction.EGRESS, false)).isEmpty();
    }
  }
}
