// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Version, cipher suite and names of a session, from the hellos on its socket. */
class HandshakeFactsTest {
  private static final AnalyzerOptions EACH_END =
      AnalyzerOptions.newBuilder().bothEnds(true).build();
  private static final String REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
  private static final String RANDOM = "00112233445566778899aabbccddeeff".repeat(2);

  /** TLS 1.2, no session, one suite, {@code server_name} a.test, ALPN h2. */
  private static final String CLIENT_HELLO =
      "160301004a010000460303"
          + RANDOM
          + "000002c02f0100"
          + "001b0000000b0009000006612e74657374"
          + "0010000500030268320023" // and a ticket that is cut
          + "0000";

  private static final String SERVER_HELLO =
      "1603030035020000310303" + RANDOM + "00c02f00" + "0009001000050003026832";

  private static ConnectionInfo connection(EventList events, StreamOwner owner) {
    events.data(owner, Direction.INGRESS, 0, REQUEST).data(owner, Direction.EGRESS, 0, RESPONSE);
    List<Session> sessions = Analyses.analyze(events.events(), EACH_END);
    assertThat(sessions).hasSize(1);
    return sessions.get(0).connection();
  }

  private static EventList hellos() {
    return new EventList()
        .accept(EventList.socket(1), 5)
        .record(EventList.socket(1), Direction.INGRESS, 74, CLIENT_HELLO)
        .record(EventList.socket(1), Direction.EGRESS, 53, SERVER_HELLO);
  }

  @Test
  void tls_ofASessionBoundToItsSocket_isWhatTheHellosSay() {
    EventList events =
        hellos().bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, EventList.socket(1));

    assertThat(connection(events, EventList.session(1)).tls())
        .isEqualTo(
            new TlsInfo(
                "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "a.test", "h2", List.of("h2")));
  }

  @Test
  void tls_ofASessionWithoutSocket_isNotKnown() {
    assertThat(connection(hellos(), EventList.session(1)).tls()).isEqualTo(TlsInfo.UNKNOWN);
  }

  @Test
  void tls_ofAPlainSocket_isNone() {
    assertThat(
            connection(new EventList().accept(EventList.socket(1), 5), EventList.socket(1)).tls())
        .isNull();
  }

  /** Memory BIOs: the session shows 16 bytes of the records of which the socket shows more. */
  @Test
  void link_hellosOfDifferentLength_areTheSameRecords() {
    EventList events =
        hellos()
            .record(EventList.session(1), Direction.INGRESS, 74, CLIENT_HELLO.substring(0, 32))
            .record(EventList.session(1), Direction.EGRESS, 53, SERVER_HELLO.substring(0, 32));
    ConnectionInfo connection = connection(events, EventList.session(1));

    assertThat(connection.link().method()).isEqualTo(Link.Method.CIPHERTEXT);
    assertThat(connection.link().confidence()).isEqualTo(Link.Confidence.PROVEN);
    assertThat(connection.tls().sni()).isEqualTo("a.test");
  }
}
