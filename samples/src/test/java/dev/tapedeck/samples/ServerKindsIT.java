// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Servers of several makes under curl and h2load at once, HTTP/1.1 and HTTP/2, over TLS and in
 * clear text: every exchange comes back as often as the server logged it, with its digests.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class ServerKindsIT {
  private static final String HTTP1 = "HTTP/1.1";
  private static final String HTTP2 = "HTTP/2";

  @Test
  void record_apache_givesEveryExchangeOfBothLegs(Path directory) throws Exception {
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service upstream = servers.digestServer(false);
      SampleServers.Service apache =
          servers.apache("apache", "digest-server/apache.conf.in", upstream);
      Clients clients = new Clients(directory, apache);
      try (Recording recording = new Recording(directory, apache)) {
        clients.curl("one", "http1.1");
        clients.curl("two", "http2");
        clients.h2load("load");
        recording.finish();
      }
      List<JsonNode> log = DigestLog.all(servers.digestLog());
      clients.assertReceived(DigestLog.byTarget(servers.digestLog()));
      List<JsonNode> exchanges = new Tools(directory).exchanges();
      List<JsonNode> outer = withRole(exchanges, "server");
      ExchangeAssertions.assertEachLogged(outer, log, ExchangeAssertions.CLOSED_BY_CURL);
      assertProtocol(of("one", outer), HTTP1);
      assertProtocol(of("two", outer), HTTP2);
      assertProtocol(of("load", outer), HTTP2);
      List<JsonNode> inner = withRole(exchanges, "client");
      ExchangeAssertions.assertEachLogged(inner, log);
      assertProtocol(inner, HTTP1);
      assertThat(exchanges).hasSize(outer.size() + inner.size());
    }
  }

  @Test
  void record_node_givesEveryExchange(Path directory) throws Exception {
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service node =
          servers.live("node", "digest-server/digest_server.js", servers.digestLog());
      Clients clients = new Clients(directory, node);
      try (Recording recording = new Recording(directory, node)) {
        clients.curl("one", "http1.1");
        clients.curl("two", "http2");
        clients.h2load("old", "--h1", "-m1");
        clients.h2load("load");
        recording.finish();
      }
      clients.assertReceived(DigestLog.byTarget(servers.digestLog()));
      List<JsonNode> exchanges = new Tools(directory).exchanges();
      ExchangeAssertions.assertEachLogged(
          exchanges, DigestLog.all(servers.digestLog()), ExchangeAssertions.CLOSED_BY_CURL);
      ExchangeAssertions.assertTrailers(exchanges);
      assertProtocol(of("one", exchanges), HTTP1);
      assertProtocol(of("two", exchanges), HTTP2);
      assertProtocol(of("old", exchanges), HTTP1);
      assertProtocol(of("load", exchanges), HTTP2);
    }
  }

  @Test
  void record_goInClearText_givesEveryExchange(Path directory) throws Exception {
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service go = servers.cleartextHttp2();
      Clients clients = new Clients(directory, go);
      try (Recording recording = new Recording(directory, go)) {
        // curl 7.88 fails when it is to know beforehand what its open connection speaks.
        clients.curl("known", "http2-prior-knowledge", "http2");
        clients.curl("upgrade", "http2");
        clients.curl("one", "http1.1");
        clients.h2load("load");
        recording.finish();
      }
      clients.assertReceived(DigestLog.byTarget(servers.digestLog()));
      List<JsonNode> exchanges = new Tools(directory).exchanges();
      ExchangeAssertions.assertEachLogged(
          exchanges,
          DigestLog.all(servers.digestLog()),
          ExchangeAssertions.CLOSED_BY_CURL,
          "upgrade");
      ExchangeAssertions.assertTrailers(exchanges);
      assertProtocol(of("known", exchanges), HTTP2);
      assertProtocol(of("one", exchanges), HTTP1);
      assertProtocol(of("load", exchanges), HTTP2);
      // RFC 7540, section 3.2: the first request asks in HTTP/1.1, its answer is in stream 1.
      List<JsonNode> upgrade = of("upgrade", exchanges);
      List<JsonNode> asking =
          upgrade.stream().filter(e -> e.get("protocol").asString().equals(HTTP1)).toList();
      assertThat(asking)
          .singleElement()
          .satisfies(
              exchange ->
                  assertThat(exchange.get("interim").get(0).get("status").asInt()).isEqualTo(101));
      assertProtocol(upgrade.stream().filter(e -> !asking.contains(e)).toList(), HTTP2);
    }
  }

  /** A recording of a server and of its children. */
  private static final class Recording implements AutoCloseable {
    private final Tools tools;
    private final RunningProgram recorder;

    Recording(Path directory, SampleServers.Service server) throws IOException {
      tools = new Tools(directory);
      String pid = Long.toString(server.program().pid());
      recorder = tools.startRecorder("--pid", pid, "--tree", "--ring-size", "64MiB");
    }

    void finish() throws IOException, InterruptedException {
      tools.finish(recorder);
    }

    @Override
    public void close() {
      recorder.close();
    }
  }

  /** The programs that ask, one after another. */
  private static final class Clients {
    private final Path directory;
    private final SampleServers.Service server;
    private final List<DigestWorkload> workloads = new ArrayList<>();

    Clients(Path directory, SampleServers.Service server) {
      this.directory = directory;
      this.server = server;
    }

    void curl(String name, String version) throws IOException, InterruptedException {
      curl(name, version, version);
    }

    void curl(String name, String first, String others) throws IOException, InterruptedException {
      DigestWorkload workload = new DigestWorkload(directory, name);
      workloads.add(workload);
      RunningProgram.Result result =
          RunningProgram.run(directory, name, workload.curlCommand(server, first, others));
      assertThat(result.exitCode()).as(result.errors()).isZero();
    }

    void h2load(String name, String... options) throws IOException, InterruptedException {
      H2Load.assertAllSucceeded(
          RunningProgram.run(
              directory, name, new H2Load(directory, name).command(server, options)));
    }

    /** Asserts that each curl got what the server logged. */
    void assertReceived(Map<String, JsonNode> truth) throws IOException {
      for (DigestWorkload workload : workloads) {
        ExchangeAssertions.assertCurlReceived(workload, truth);
      }
    }
  }

  private static List<JsonNode> withRole(List<JsonNode> exchanges, String role) {
    return exchanges.stream().filter(e -> e.get("role").asString().equals(role)).toList();
  }

  private static List<JsonNode> of(String client, List<JsonNode> exchanges) {
    return exchanges.stream()
        .filter(exchange -> ExchangeAssertions.target(exchange).endsWith("client=" + client))
        .toList();
  }

  private static void assertProtocol(List<JsonNode> exchanges, String version) {
    assertThat(exchanges)
        .isNotEmpty()
        .allSatisfy(exchange -> assertThat(exchange.get("protocol").asString()).isEqualTo(version));
    if (version.equals(HTTP2)) {
      Set<String> streams = new HashSet<>();
      for (JsonNode exchange : exchanges) {
        assertThat(exchange.get("stream_id").asInt() % 2).isEqualTo(1);
        streams.add(exchange.get("session_id").asString() + " " + exchange.get("stream_id"));
      }
      assertThat(streams).as("each stream is one exchange").hasSameSizeAs(exchanges);
    }
  }
}
