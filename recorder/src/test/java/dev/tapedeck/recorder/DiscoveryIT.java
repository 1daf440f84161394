// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that come while a recording runs: their first request is there, or its loss said. */
@BpfTest
final class DiscoveryIT {
  @TempDir Path folder;
  private Path root;
  private Path capture;

  @BeforeEach
  void makeFiles() throws Exception {
    root = Files.createDirectory(folder.resolve("root"));
    capture = folder.resolve("capture.tape");
    Files.writeString(root.resolve("hello"), "hello");
  }

  private String[] record(String... options) {
    List<String> all = new ArrayList<>(List.of("record", "-o", capture.toString()));
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  /**
   * Returns the processes that took or sent a request by TLS, as the first lines of streams say.
   */
  private static Set<Integer> pidsWithRequest(
      CapturedStreams streams, String comm, Direction direction, String line) {
    Set<Integer> pids = new TreeSet<>();
    for (StreamId id : streams.streams(comm, direction, true)) {
      String text = new String(streams.bytes(id), StandardCharsets.ISO_8859_1);
      if (text.startsWith(line) && id.owner() instanceof TlsSessionId session) {
        pids.add(session.process().pid());
      }
    }
    return pids;
  }

  private static Set<Integer> latePids(CapturedStreams streams) {
    Set<Integer> pids = new TreeSet<>();
    for (LossEvent loss : streams.losses()) {
      if (loss.cause() == LossEvent.Cause.LATE_ATTACH) {
        assertThat(loss.stamp().enterNanos()).as("start of the window").isPositive();
        assertThat(loss.stamp().enterNanos()).isLessThan(loss.stamp().exitNanos());
        pids.add(loss.stamp().process().pid());
      }
    }
    return pids;
  }

  @Test
  void record_everything_hasTheFirstRequestOfEachShortLivedClient() throws Exception {
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderRun run =
            RecorderRun.start(
                record("--port", Integer.toString(server.port()), "--ring-size", "8MiB"))) {
      for (int i = 0; i < 10; i++) {
        String url = "https://127.0.0.1:" + server.port() + "/hello?" + i;
        assertThat(TestServers.run(folder, "curl", "-sk", url)).isZero();
        assertThat(
                TestServers.run(
                    folder,
                    "/usr/bin/python3",
                    "-c",
                    "import ssl, urllib.request as u; u.urlopen('"
                        + url
                        + "', context=ssl._create_unverified_context()).read()"))
            .isZero();
      }
      server.awaitIdle();
      assertThat(run.stop().exitCode()).isZero();
    }

    CapturedStreams streams = CapturedStreams.read(capture);
    for (int i = 0; i < 10; i++) {
      String line = "GET /hello?" + i + " HTTP/1.1\r\n";
      assertThat(pidsWithRequest(streams, "curl", Direction.EGRESS, line)).as(line).hasSize(1);
      assertThat(pidsWithRequest(streams, "python3", Direction.EGRESS, line)).as(line).hasSize(1);
      assertThat(pidsWithRequest(streams, "nginx", Direction.INGRESS, line)).as(line).isNotEmpty();
    }
  }

  @Test
  void record_copiesOfALibraryNeverSeen_areRecordedOrTheirLateStartIsSaid() throws Exception {
    Path ssl =
        new TlsLibraryFinder(new ProcFs(Path.of("/proc"))).inLoaderFolders().get(0).openPath();
    Path crypto = ssl.resolveSibling(ssl.getFileName().toString().replace("libssl", "libcrypto"));
    Path curl = TestServers.ownCurl(folder);
    String comm = curl.getFileName().toString();
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderRun run = RecorderRun.start(record("--port", Integer.toString(server.port())))) {
      for (int i = 0; i < 5; i++) {
        Path libraries = Files.createDirectory(folder.resolve("libraries" + i));
        Files.copy(ssl, libraries.resolve(ssl.getFileName()));
        Files.copy(crypto, libraries.resolve(crypto.getFileName()));
        assertThat(
                TestServers.run(
                    folder,
                    "env",
                    "LD_LIBRARY_PATH=" + libraries,
                    curl.toString(),
                    "-sk",
                    "https://127.0.0.1:" + server.port() + "/hello?" + i))
            .isZero();
      }
      server.awaitIdle();
      assertThat(run.stop().exitCode()).isZero();
    }

    CapturedStreams streams = CapturedStreams.read(capture);
    Set<Integer> clients = new HashSet<>();
    streams.events().stream()
        .filter(ProcessEvent.Exec.class::isInstance)
        .map(ProcessEvent.Exec.class::cast)
        .filter(exec -> exec.program().comm().equals(comm) && !exec.existing())
        .forEach(exec -> clients.add(exec.stamp().process().pid()));
    Set<Integer> accountedFor = pidsWithRequest(streams, comm, Direction.EGRESS, "GET /hello?");
    accountedFor.addAll(latePids(streams));
    assertThat(clients).hasSize(5);
    assertThat(accountedFor).containsAll(clients);
  }

  @Test
  void record_processesThatAreGoneAtOnce_areNotLateWithALibraryThatHadProbes() throws Exception {
    Path curl = TestServers.ownCurl(folder);
    try (RecorderRun run = RecorderRun.start(record("--comm", curl.getFileName().toString()))) {
      for (int i = 0; i < 20; i++) {
        assertThat(TestServers.run(folder, curl.toString(), "--version")).isZero();
      }
      assertThat(run.stop().exitCode()).isZero();
    }

    assertThat(latePids(CapturedStreams.read(capture))).isEmpty();
  }

  @Test
  void record_pidThatForksForEachConnection_hasTheFirstRequestOrSaysThatItCameLate()
      throws Exception {
    int connections = 40;
    try (TestServers.Server server = TestServers.forking(folder);
        RecorderRun run = RecorderRun.start(record("--pid", Integer.toString(server.pid())))) {
      for (int i = 0; i < connections; i++) {
        assertThat(
                TestServers.run(
                    folder, "curl", "-sk", "https://127.0.0.1:" + server.port() + "/" + i))
            .isZero();
      }
      server.awaitIdle();
      assertThat(run.stop().exitCode()).isZero();
    }

    CapturedStreams streams = CapturedStreams.read(capture);
    Set<Integer> late = latePids(streams);
    Set<Integer> seen = pidsWithRequest(streams, "python3", Direction.INGRESS, "GET /");
    Set<Integer> accountedFor = new TreeSet<>(seen);
    accountedFor.addAll(late);
    assertThat(accountedFor).hasSizeGreaterThanOrEqualTo(connections);
    assertThat(streams.losses())
        .as("two probes on one call for a moment are no loss")
        .noneMatch(loss -> loss.cause() == LossEvent.Cause.PROBE_MISSED);
  }

  @Test
  void record_treeOfAServerThatReloads_seesItsNewWorkers() throws Exception {
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderRun run =
            RecorderRun.start(record("--tree", "--pid", Integer.toString(server.pid())))) {
      assertThat(TestServers.run(folder, "kill", "-HUP", Integer.toString(server.pid()))).isZero();
      for (int i = 0; i < 10; i++) {
        assertThat(
                TestServers.run(
                    folder, "curl", "-sk", "https://127.0.0.1:" + server.port() + "/hello?" + i))
            .isZero();
      }
      server.awaitIdle();
      assertThat(run.stop().exitCode()).isZero();
    }

    CapturedStreams streams = CapturedStreams.read(capture);
    Set<Integer> late = latePids(streams);
    int seen = 0;
    for (int i = 0; i < 10; i++) {
      seen += pidsWithRequest(streams, "nginx", Direction.INGRESS, "GET /hello?" + i + " ").size();
    }
    assertThat(seen).as("late: " + late).isGreaterThanOrEqualTo(late.isEmpty() ? 10 : 5);
  }

  @Test
  void record_cgroup_takesWhoIsStartedOrMovedInAndNobodyElse() throws Exception {
    Path unified = new Cgroups(new ProcFs(Path.of("/proc"))).mounts().get(0);
    Path cgroup =
        Files.createDirectory(unified.resolve("tapedeck-" + ProcessHandle.current().pid()));
    try (TestServers.Server server = TestServers.plain(folder, root);
        RecorderRun run = RecorderRun.start(record("--cgroup", cgroup.toString()))) {
      String get = "curl -s -o /dev/null http://127.0.0.1:" + server.port() + "/hello";
      assertThat(
              TestServers.run(
                  folder,
                  "sh",
                  "-c",
                  "echo $$ >" + cgroup + "/cgroup.procs; " + get + "?inside; true"))
          .isZero();
      assertThat(TestServers.run(folder, "sh", "-c", get + "?outside; true")).isZero();
      server.awaitIdle();
      assertThat(run.stop().exitCode()).isZero();
    } finally {
      Files.delete(cgroup);
    }

    CapturedStreams streams = CapturedStreams.read(capture);
    assertThat(streams.streams("python3", Direction.EGRESS, false)).isEmpty();
    assertThat(streams.streams("curl", Direction.EGRESS, false))
        .singleElement()
        .satisfies(
            id ->
                assertThat(new String(streams.bytes(id), StandardCharsets.ISO_8859_1))
                    .startsWith("GET /hello?inside "));
  }
}
