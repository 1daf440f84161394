// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Requests that went through a CONNECT tunnel are sent to the target as they are, once. */
final class TunnelRunTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir private Path folder;

  private final List<String> script = new ArrayList<>();

  private void says(String connection, String request, String answer) {
    script.add(connection + " >> " + EventScript.escaped(request));
    script.add(connection + " << " + EventScript.escaped(answer));
  }

  private void connects(String connection) {
    says(
        connection,
        "CONNECT shop.example:80 HTTP/1.1\r\nHost: shop.example:80\r\n\r\n",
        "HTTP/1.1 200 Connection established\r\n\r\n");
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: shop.example\r\n\r\n";
  }

  private static String sent(String path, RawServer server) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n";
  }

  @Test
  void run_plainHttpInATunnel_isSentWithoutTheTunnel() throws Exception {
    script.add("c: @ plain server 192.0.2.9:3128 <- 192.0.2.1:40001");
    connects("c");
    says("c", get("/1"), OK);
    says("c", get("/2"), OK);
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      JsonNode report = run(server);

      assertThat(server.received()).containsExactly(sent("/1", server) + sent("/2", server));
      assertThat(report.get("recorded").asInt()).isEqualTo(3);
      assertThat(report.get("sent").asInt()).isEqualTo(2);
      assertThat(report.get("equal").asInt()).isEqualTo(2);
      assertThat(report.at("/skipped/tunnel").asInt()).isOne();
      assertThat(report.get("connections_recorded").asInt()).isOne();
    }
  }

  /** A proxy and the service behind it on one host: each request was recorded at both. */
  @Test
  void run_tunnelRecordedAtBothEnds_sendsEachRequestOnce() throws Exception {
    script.add("p: @ plain server 192.0.2.9:3128 <- 192.0.2.1:40001");
    script.add("o: @ plain client 192.0.2.9:50001 -> 192.0.2.8:80 by server");
    script.add("s: @ plain server 192.0.2.8:80 <- 192.0.2.9:50001");
    connects("p");
    for (int i = 1; i <= 2; i++) {
      String request = EventScript.escaped(get("/" + i));
      for (String leg : List.of("p", "o", "s")) {
        script.add(leg + " >> " + request);
      }
      for (String leg : List.of("s", "o", "p")) {
        script.add(leg + " << " + EventScript.escaped(OK));
      }
    }
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      JsonNode report = run(server);

      assertThat(server.received()).containsExactly(sent("/1", server) + sent("/2", server));
      assertThat(report.get("sent").asInt()).as(report.toPrettyString()).isEqualTo(2);
      assertThat(report.at("/skipped/tunnel").asInt()).isOne();
      assertThat(report.at("/skipped/inner_leg").asInt()).isEqualTo(2);
    }
  }

  /** What the proxy saw is ciphertext; the service's own TLS library saw the requests. */
  @Test
  void run_tlsInATunnel_isSentAsTheServiceSawIt() throws Exception {
    script.add("p: @ plain server 192.0.2.9:3128 <- 192.0.2.1:40001");
    connects("p");
    script.add("p >> \\x16\\x03\\x01\\x00\\x05hello");
    script.add("p << \\x16\\x03\\x03\\x00\\x05world");
    script.add("s: @ tls server 192.0.2.8:443 <- 192.0.2.9:50001");
    says("s", get("/1"), OK);
    says("s", get("/2"), OK);
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      JsonNode report = run(server);

      assertThat(server.received()).containsExactly(sent("/1", server) + sent("/2", server));
      assertThat(report.get("sent").asInt()).isEqualTo(2);
      assertThat(report.at("/skipped/tunnel").asInt()).isOne();
    }
  }

  /** A client whose TLS was recorded, on the socket on which it asked its proxy for the tunnel. */
  @Test
  void run_tlsOfAClientInItsTunnel_isSentOnce() throws Exception {
    script.add("p: @ plain client 192.0.2.1:40001 -> 192.0.2.9:3128 fd 7");
    connects("p");
    script.add("s: @ tls client 192.0.2.1:40001 -> 192.0.2.9:3128 fd 7");
    says("s", get("/1"), OK);
    says("s", get("/2"), OK);
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      JsonNode report = run(server, "--role", "client");

      assertThat(server.received()).containsExactly(sent("/1", server) + sent("/2", server));
      assertThat(report.get("sent").asInt()).isEqualTo(2);
      assertThat(report.at("/skipped/tunnel").asInt()).isOne();
    }
  }

  private JsonNode run(RawServer server, String... more) throws IOException {
    Path capture = folder.resolve("tunnel.tape");
    EventScript.parse(String.join("\n", script)).writeTo(capture);
    List<String> words = new ArrayList<>();
    words.addAll(List.of("run", capture.toString(), "--format", "json"));
    words.addAll(List.of("--target", "http://127.0.0.1:" + server.port()));
    words.addAll(List.of(more));
    Ran ran = Ran.command(words);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    return ran.json();
  }
}
