// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ProxyHeader;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventScript;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a proxy sends before the first byte of a connection (PROXY protocol). */
class ProxyHeaderTest {
  private static final String V2 = "\\r\\n\\r\\n\\0\\r\\nQUIT\\n";
  private static final String EXCHANGE =
      "GET / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n<< HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok\nclose";

  static List<Arguments> headers() {
    return List.of(
        Arguments.of(
            "PROXY TCP4 198.51.100.7 192.0.2.2 51000 443\\r\\n",
            new ProxyHeader(
                1, new Endpoint("198.51.100.7", 51000), new Endpoint("192.0.2.2", 443))),
        Arguments.of("PROXY UNKNOWN\\r\\n", new ProxyHeader(1, null, null)),
        Arguments.of(
            V2 + "\\x21\\x11\\0\\x0c\\xc6\\x33\\x64\\x07\\xc0\\0\\x02\\x02\\xc7\\x38\\x01\\xbb",
            new ProxyHeader(
                2, new Endpoint("198.51.100.7", 51000), new Endpoint("192.0.2.2", 443))),
        Arguments.of(
            V2
                + "\\x21\\x21\\0\\x27"
                + "\\x20\\x01\\x0d\\xb8\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\x01"
                + "\\x20\\x01\\x0d\\xb8\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\x02\\0\\x50\\0\\x51"
                + "\\x04\\0\\0",
            new ProxyHeader(2, new Endpoint("2001:db8::1", 80), new Endpoint("2001:db8::2", 81))),
        Arguments.of(V2 + "\\x20\\0\\0\\0", new ProxyHeader(2, null, null)));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void analyze_headerBeforeTheFirstRequest_isKeptAndIsNoAnomaly(
      String header, ProxyHeader expected) {
    EventScript script = EventScript.parse(">> " + header + EXCHANGE);
    Chunking.allFor(script)
        .forEach(
            chunking -> {
              List<Session> sessions = Analyses.analyze(script.withChunking(chunking));
              assertThat(Analyses.render(sessions))
                  .as("%s", chunking)
                  .isEqualTo("1.1 GET / > 200 'ok'\n");
              assertThat(sessions.get(0).anomalies()).isEmpty();
              assertThat(sessions.get(0).connection().proxy()).isEqualTo(expected);
              assertThat(sessions.get(0).exchanges().get(0).connection().proxy())
                  .isEqualTo(expected);
            });
  }

  static List<String> others() {
    return List.of("PROXY /a HTTP/1.1\\r\\n\\r\\n", "P / HTTP/1.1\\r\\n\\r\\n");
  }

  @ParameterizedTest
  @MethodSource("others")
  void analyze_requestThatBeginsAlike_isARequest(String request) {
    EventScript script = EventScript.parse(">> " + request + "\n<< HTTP/1.1 204 No\\r\\n\\r\\n");
    Chunking.allFor(script)
        .forEach(
            chunking -> {
              List<Session> sessions = Analyses.analyze(script.withChunking(chunking));
              assertThat(sessions.get(0).exchanges()).as("%s", chunking).hasSize(1);
              assertThat(sessions.get(0).exchanges().get(0).request()).isNotNull();
              assertThat(sessions.get(0).connection().proxy()).isNull();
            });
  }
}
