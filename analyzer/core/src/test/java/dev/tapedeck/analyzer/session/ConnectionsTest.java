// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.TlsEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which socket, which role, which end. */
class ConnectionsTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
  private static final AnalyzerOptions EACH_END =
      AnalyzerOptions.newBuilder().bothEnds(true).build();

  private static EventList served(EventList events, StreamOwner owner) {
    return events
        .data(owner, Direction.INGRESS, 0, REQUEST)
        .data(owner, Direction.EGRESS, 0, RESPONSE);
  }

  private static Session only(EventList events) {
    List<Session> sessions = Analyses.analyze(events.events(), EACH_END);
    assertThat(sessions).hasSize(1);
    return sessions.get(0);
  }

  @Test
  void link_setFd_isProven() {
    Session session =
        only(
            served(
                new EventList()
                    .accept(EventList.socket(1), 5)
                    .bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, EventList.socket(1)),
                EventList.session(1)));
    assertThat(session.connection().connection()).isEqualTo(EventList.socket(1));
    assertThat(session.connection().tlsSession()).isEqualTo(EventList.session(1));
    assertThat(session.connection().scheme()).isEqualTo("https");
    assertThat(session.connection().role()).isEqualTo(Role.SERVER);
    assertThat(session.connection().server()).isEqualTo(new Endpoint("10.0.0.2", 443));
    assertThat(session.connection().client()).isEqualTo(new Endpoint("10.0.0.1", 40000));
    assertThat(session.connection().netns()).isEqualTo(7);
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.SET_FD);
    assertThat(session.connection().link().confidence()).isEqualTo(Link.Confidence.PROVEN);
    assertThat(session.anomalies()).isEmpty();
  }

  @Test
  void link_setFdOfDescriptorWithoutSocket_usesTheSocketBehindItAtThatTime() {
    Session session =
        only(
            served(
                new EventList()
                    .accept(EventList.socket(1), 5)
                    .close(EventList.socket(1), 5)
                    .bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, null)
                    .accept(EventList.socket(2), 5),
                EventList.session(1)));
    assertThat(session.connection().connection()).isEqualTo(EventList.socket(2));
  }

  @Test
  void link_nestedCallsOfBothDirections_isProven() {
    Session session =
        only(
            served(
                new EventList()
                    .accept(EventList.socket(1), 5)
                    .bind(
                        EventList.session(1),
                        TlsEvent.Evidence.NESTED_RECEIVE,
                        5,
                        EventList.socket(1))
                    .bind(
                        EventList.session(1),
                        TlsEvent.Evidence.NESTED_SEND,
                        5,
                        EventList.socket(1)),
                EventList.session(1)));
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.NESTED_CALL);
    assertThat(session.connection().link().confidence()).isEqualTo(Link.Confidence.PROVEN);
  }

  @Test
  void link_contradictoryEvidence_takesTheStrongerAndSaysSo() {
    Session session =
        only(
            served(
                new EventList()
                    .accept(EventList.socket(1), 5)
                    .accept(EventList.socket(2), 6)
                    .bind(
                        EventList.session(1), TlsEvent.Evidence.NESTED_SEND, 6, EventList.socket(2))
                    .bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, EventList.socket(1)),
                EventList.session(1)));
    assertThat(session.connection().connection()).isEqualTo(EventList.socket(1));
    assertThat(session.connection().link().confidence()).isEqualTo(Link.Confidence.LIKELY);
    assertThat(session.anomalies())
        .singleElement()
        .satisfies(anomaly -> assertThat(anomaly.kind()).isEqualTo(AnomalyKind.LINK_CONTRADICTION));
  }

  @Test
  void link_noEvidence_leavesTheSocketOut() {
    Session session = only(served(new EventList(), EventList.session(1)));
    assertThat(session.connection().connection()).isNull();
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.NONE);
    assertThat(session.connection().role()).isEqualTo(Role.SERVER);
    assertThat(session.connection().link().explanation()).contains("first request");
    assertThat(session.exchanges()).hasSize(1);
  }

  @Test
  void role_existingSocketThatSentARequest_isClient() {
    StreamOwner socket = EventList.socket(1);
    Session session =
        only(
            new EventList()
                .existing(EventList.socket(1), 5, null)
                .data(socket, Direction.EGRESS, 0, REQUEST)
                .data(socket, Direction.INGRESS, 0, RESPONSE));
    assertThat(session.connection().role()).isEqualTo(Role.CLIENT);
    assertThat(session.connection().client()).isEqualTo(EventList.FLOW.local());
    assertThat(Analyses.render(List.of(session))).isEqualTo("1.1 GET / > 200 'ok'\n");
  }

  @Test
  void role_firstBytesAreTheMiddleOfABody_isDecidedByTheNextStart() {
    StreamOwner socket = EventList.socket(1);
    Session session =
        only(
            new EventList()
                .existing(EventList.socket(1), 5, null)
                .data(socket, Direction.EGRESS, 0, "the end of some body")
                .data(socket, Direction.INGRESS, 0, REQUEST)
                .data(socket, Direction.EGRESS, 20, RESPONSE));
    assertThat(session.connection().role()).isEqualTo(Role.SERVER);
    assertThat(Analyses.render(List.of(session))).isEqualTo("1.1 GET / > 200 'ok'\n");
    assertThat(session.accounting().egress().outsideMessages()).isEqualTo(20);
  }

  @Test
  void lateJoin_responseWithoutItsRequest_isTruncatedAtStart() {
    StreamOwner socket = EventList.socket(1);
    Session session =
        only(
            new EventList()
                .existing(EventList.socket(1), 5, Role.SERVER)
                .data(socket, Direction.EGRESS, 0, RESPONSE)
                .data(socket, Direction.INGRESS, 0, REQUEST)
                .data(socket, Direction.EGRESS, RESPONSE.length(), RESPONSE));
    assertThat(Analyses.render(List.of(session)))
        .isEqualTo(
            Analyses.lines(
                "1.1 - > 200 'ok' [unpaired_response:no request] | truncated_start",
                "1.2 GET / > 200 'ok'"));
  }

  @Test
  void transfer_bodySentBySendfile_isACapOfKnownLength() {
    StreamOwner socket = EventList.socket(1);
    String head = "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n";
    Session session =
        only(
            new EventList()
                .accept(EventList.socket(1), 5)
                .data(socket, Direction.INGRESS, 0, REQUEST)
                .data(socket, Direction.EGRESS, 0, head)
                .transfer(socket, Direction.EGRESS, head.length(), 5000)
                .data(socket, Direction.INGRESS, REQUEST.length(), REQUEST)
                .data(socket, Direction.EGRESS, head.length() + 5000, RESPONSE));
    assertThat(Analyses.render(List.of(session)))
        .isEqualTo(
            Analyses.lines(
                "1.1 GET / > 200 recorder_cap [missing_bytes:5000] | recorder_cap",
                "1.2 GET / > 200 'ok'"));
    assertThat(session.accounting().egress().lost()).isEqualTo(5000);
  }

  private static final String BOTH_ENDS =
      """
      c: @ tls client 10.0.0.1:40000 -> 10.0.0.2:443
      s: @ tls server 10.0.0.1:40000 -> 10.0.0.2:443
      c >> GET / HTTP/1.1\\r\\n\\r\\n
      s >> GET / HTTP/1.1\\r\\n\\r\\n
      s << HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok
      c << HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok
      c >> GET /2 HTTP/1.1\\r\\n\\r\\n
      s >> GET /2 HTTP/1.1\\r\\n\\r\\n
      s << HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok
      c << HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok
      close s
      close c
      """;

  @Test
  void ends_bothRecorded_areShownOnceFromTheServersSide() {
    List<Session> sessions =
        Analyses.analyze(EventScript.parse(BOTH_ENDS).events(), AnalyzerOptions.defaults());
    assertThat(sessions).hasSize(1);
    assertThat(sessions.get(0).connection().role()).isEqualTo(Role.SERVER);
    assertThat(sessions.get(0).exchanges())
        .hasSize(2)
        .allSatisfy(exchange -> assertThat(exchange.alsoSeenBy()).containsExactly(Role.CLIENT));
    assertThat(Analyses.render(sessions))
        .isEqualTo("2.1 GET / > 200 'ok'\n2.2 GET /2 > 200 'ok'\n");
  }

  @Test
  void ends_bothAskedFor_areShownEach() {
    List<Session> sessions = Analyses.analyze(EventScript.parse(BOTH_ENDS));
    assertThat(Analyses.render(sessions))
        .isEqualTo(
            Analyses.lines(
                "1.1 GET / > 200 'ok'",
                "1.2 GET /2 > 200 'ok'",
                "2.1 GET / > 200 'ok'",
                "2.2 GET /2 > 200 'ok'"));
    assertThat(sessions)
        .allSatisfy(
            session ->
                assertThat(session.exchanges())
                    .allSatisfy(exchange -> assertThat(exchange.alsoSeenBy()).isEmpty()));
  }

  @Test
  void ends_exchangeThatOnlyTheClientRecorded_isShownFromItsSide() {
    String script =
        BOTH_ENDS
            .replace("s >> GET /2 HTTP/1.1\\r\\n\\r\\n", "s >> gap 19")
            .replaceFirst("(?s)(gap 19\n\\s*)s << [^\n]*", "$1s << gap 40");
    List<Session> sessions =
        Analyses.analyze(EventScript.parse(script).events(), AnalyzerOptions.defaults());
    assertThat(Analyses.render(sessions))
        .isEqualTo("1.2 GET /2 > 200 'ok'\n2.1 GET / > 200 'ok'\n");
  }

  @Test
  void ends_messagesThatOneEndLost_areStillOneExchange() {
    String script =
        BOTH_ENDS
            .replaceFirst("c << HTTP[^\n]*", "c << gap 40")
            .replaceFirst("s >> GET /2[^\n]*", "s >> gap 19");
    List<Session> sessions =
        Analyses.analyze(EventScript.parse(script).events(), AnalyzerOptions.defaults());
    assertThat(Analyses.render(sessions))
        .isEqualTo(
            Analyses.lines(
                "2.1 GET / > 200 'ok'", "2.2 - > 200 'ok' [unpaired_response:no request] | gap"));
    assertThat(sessions.get(0).exchanges())
        .allSatisfy(exchange -> assertThat(exchange.alsoSeenBy()).containsExactly(Role.CLIENT));
  }

  @Test
  void ends_sameAddressesAtAnotherTime_areNotJoined() {
    String script =
        """
        c: @ plain client 10.0.0.1:40000 -> 10.0.0.2:80
        c >> GET / HTTP/1.1\\r\\n\\r\\n
        c << HTTP/1.1 204 No\\r\\n\\r\\n
        close c
        + 5s
        s: @ plain server 10.0.0.1:40000 -> 10.0.0.2:80
        s >> GET / HTTP/1.1\\r\\n\\r\\n
        s << HTTP/1.1 204 No\\r\\n\\r\\n
        close s
        """;
    List<Session> sessions =
        Analyses.analyze(EventScript.parse(script).events(), AnalyzerOptions.defaults());
    assertThat(sessions).hasSize(2);
  }

  @Test
  void sessions_interleaved_comeInAscendingNumber() {
    String script =
        """
        a: @ plain server 10.0.0.1:1 -> 10.0.0.2:80
        b: @ plain server 10.0.0.1:2 -> 10.0.0.2:80
        b >> GET /b HTTP/1.1\\r\\n\\r\\n
        b << HTTP/1.1 204 No\\r\\n\\r\\n
        close b
        a >> GET /a HTTP/1.1\\r\\n\\r\\n
        a << HTTP/1.1 204 No\\r\\n\\r\\n
        """;
    assertThat(Analyses.render(Analyses.analyze(EventScript.parse(script))))
        .isEqualTo("1.1 GET /a > 204\n2.1 GET /b > 204\n");
  }

  @Test
  void times_serverSide_areThoseOfTheCallsInRealTime() {
    String script = ">> GET / HTTP/1.1\\r\\n\\r\\n\n+ 7ms\n<< HTTP/1.1 204 No\\r\\n\\r\\n\n";
    Session session = Analyses.analyze(EventScript.parse(script)).get(0);
    assertThat(session.exchanges())
        .singleElement()
        .satisfies(
            exchange -> {
              assertThat(exchange.startedEpochNanos())
                  .isEqualTo(TestObjects.START_REAL_NANOS + 2_000_000);
              assertThat(exchange.endedEpochNanos() - exchange.startedEpochNanos())
                  .isEqualTo(8_000_000);
              assertThat(exchange.firstByteEpochNanos()).isLessThan(exchange.endedEpochNanos());
            });
  }
}
