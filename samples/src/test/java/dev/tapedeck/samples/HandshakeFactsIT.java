// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What curl says of its handshakes with nginx is what the capture says of them, from each side. */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class HandshakeFactsIT {
  private static final String OFFERED = "[\"h2\",\"http/1.1\"]";

  private static List<String> curl(SampleServers.Service nginx, String... options) {
    return List.of(
        "sh",
        "-c",
        "exec curl -vsk --fail -o /dev/null --resolve shop.example:"
            + nginx.port()
            + ":127.0.0.1 "
            + String.join(" ", options)
            + " 'https://shop.example:"
            + nginx.port()
            + "/bytes/1?seed=hello'");
  }

  @Test
  void tls_ofNginx_isWhatCurlSaw(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service nginx = nginx(servers);
      try (RunningProgram recorder =
          tools.startRecorder("--pid", Long.toString(nginx.program().pid()), "--tree")) {
        RunningProgram.Result newer = RunningProgram.run(directory, "curl-13", curl(nginx));
        assertThat(newer.errors())
            .contains("SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384")
            .contains("offers h2,http/1.1");
        RunningProgram.Result older =
            RunningProgram.run(
                directory,
                "curl-12",
                curl(nginx, "--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-CHACHA20-POLY1305"));
        assertThat(older.errors())
            .contains("SSL connection using TLSv1.2 / ECDHE-ECDSA-CHACHA20-POLY1305");
        tools.finish(recorder);
      }
      List<JsonNode> outer =
          tools.exchanges().stream()
              .filter(exchange -> exchange.get("role").asString().equals("server"))
              .toList();
      assertThat(outer).hasSize(2);
      assertTls(outer.get(0), "TLSv1.3", "TLS_AES_256_GCM_SHA384");
      assertTls(outer.get(1), "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
    }
  }

  @Test
  void tls_ofCurl_isWhatItSaidItself(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service nginx = nginx(servers);
      List<String> curl = curl(nginx);
      RunningProgram.Result result = tools.record("--", curl.get(0), curl.get(1), curl.get(2));
      assertThat(result.errors()).contains("SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384");
      assertThat(tools.exchanges())
          .singleElement()
          .satisfies(
              exchange -> {
                assertThat(exchange.get("role").asString()).isEqualTo("client");
                assertTls(exchange, "TLSv1.3", "TLS_AES_256_GCM_SHA384");
              });
    }
  }

  private static SampleServers.Service nginx(SampleServers servers) throws Exception {
    return servers.nginx("nginx", "digest-server/nginx.conf.in", servers.digestServer(false));
  }

  /** nginx with TLS chooses HTTP/1.1 from what is offered; TLS 1.3 encrypts the choice. */
  private static void assertTls(JsonNode exchange, String version, String cipher) {
    JsonNode tls = exchange.get("tls");
    assertThat(tls.get("version").asString()).isEqualTo(version);
    assertThat(tls.get("cipher").asString()).isEqualTo(cipher);
    assertThat(tls.get("sni").asString()).isEqualTo("shop.example");
    assertThat(tls.get("alpn_offered").toString()).isEqualTo(OFFERED);
    if (version.equals("TLSv1.3")) {
      assertThat(tls.get("alpn").isNull()).as("encrypted").isTrue();
    } else {
      assertThat(tls.get("alpn").asString()).isEqualTo("http/1.1");
    }
  }
}
