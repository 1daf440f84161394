// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** HTTP/2 between curl and nginx, recorded on the server and on the client, against its log. */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class Http2ServersIT {
  private static final String VERSION = "HTTP/2";

  @Test
  void record_nginx_givesEveryStreamAsTheServerLoggedIt(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service nginx = nginx(servers);
      DigestWorkload workload = new DigestWorkload(directory);
      try (RunningProgram recorder =
          tools.startRecorder("--pid", Long.toString(nginx.program().pid()), "--tree")) {
        RunningProgram.Result result =
            RunningProgram.run(directory, "curl", workload.curlCommand(nginx));
        assertThat(result.exitCode()).as(result.errors()).isZero();
        tools.finish(recorder);
      }
      List<JsonNode> outer =
          tools.exchanges().stream()
              .filter(exchange -> exchange.get("role").asString().equals("server"))
              .toList();
      assertStreams(outer, workload, DigestLog.byTarget(servers.digestLog()));
    }
  }

  @Test
  void record_curl_givesEveryStreamAsTheServerLoggedIt(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service nginx = nginx(servers);
      DigestWorkload workload = new DigestWorkload(directory);
      List<String> curl = workload.curlCommand(nginx);
      RunningProgram.Result result = tools.record("--", curl.get(0), curl.get(1), curl.get(2));
      assertThat(result.exitCode()).as(result.errors()).isZero();
      assertStreams(tools.exchanges(), workload, DigestLog.byTarget(servers.digestLog()));
    }
  }

  private static SampleServers.Service nginx(SampleServers servers) throws Exception {
    return servers.nginx("nginx", "digest-server/nginx-h2.conf.in", servers.digestServer(false));
  }

  private static void assertStreams(
      List<JsonNode> exchanges, DigestWorkload workload, Map<String, JsonNode> truth)
      throws Exception {
    ExchangeAssertions.assertCurlReceived(workload, truth);
    ExchangeAssertions.assertComplete(
        exchanges, workload, truth, ExchangeAssertions.CLOSED_BY_CURL);
    Set<String> streams = new HashSet<>();
    for (JsonNode exchange : exchanges) {
      assertThat(exchange.get("protocol").asString()).isEqualTo(VERSION);
      assertThat(exchange.get("stream_id").asInt() % 2).isEqualTo(1);
      streams.add(exchange.get("session_id").asString() + " " + exchange.get("stream_id").asInt());
    }
    assertThat(streams).as("each stream is one exchange").hasSameSizeAs(exchanges);
  }
}
