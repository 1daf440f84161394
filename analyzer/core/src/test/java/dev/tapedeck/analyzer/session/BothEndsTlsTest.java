// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.TlsEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both recorded ends of connections that carry TLS, and descriptors that change their socket. */
class BothEndsTlsTest {
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
  private static final ProcessKey CLIENT = new ProcessKey(TestObjects.HOST_ID, 20, 1);
  private static final ConnectionId SERVED = EventList.socket(1);
  private static final ConnectionId ASKED = EventList.socket(2);

  private final EventList events = new EventList();

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nhost: x\r\n\r\n";
  }

  /** One exchange, as a session of the client and one of the server see it. */
  private void exchange(int served, int asked, String target) {
    events
        .data(EventList.session(asked), Direction.EGRESS, 0, get(target))
        .data(EventList.session(served), Direction.INGRESS, 0, get(target))
        .data(EventList.session(served), Direction.EGRESS, 0, RESPONSE)
        .data(EventList.session(asked), Direction.INGRESS, 0, RESPONSE);
  }

  private void bound(int session, int fd, ConnectionId socket) {
    events.bind(EventList.session(session), TlsEvent.Evidence.SET_FD, fd, socket);
  }

  private void sent(ConnectionId from, ConnectionId to, int number) {
    String prefix = "1703030046" + "%022x".formatted((number * 0x9e3779b97f4a7c15L) >>> 1);
    events.record(from, Direction.EGRESS, 70, prefix).record(to, Direction.INGRESS, 70, prefix);
  }

  private List<Exchange> exchanges() {
    return Analyses.analyze(events.events(), AnalyzerOptions.defaults()).stream()
        .flatMap(session -> session.exchanges().stream())
        .toList();
  }

  /** Address translation between them: neither end knows the other one's addresses. */
  @Test
  void addressesTranslated_sameRecords_areOneConnection() {
    events.accept(
        TestObjects.SERVER_PROCESS,
        SERVED,
        5,
        new FlowKey(new Endpoint("192.168.0.2", 8443), new Endpoint("10.1.1.1", 33333), 7));
    events.connect(
        CLIENT,
        ASKED,
        6,
        new FlowKey(new Endpoint("10.0.0.9", 50000), new Endpoint("203.0.113.1", 443), 8));
    bound(1, 5, SERVED);
    bound(2, 6, ASKED);
    for (int i = 1; i <= 2; i++) {
      sent(ASKED, SERVED, i);
      sent(SERVED, ASKED, 10 + i);
    }
    exchange(1, 2, "/a");

    assertThat(exchanges())
        .singleElement()
        .satisfies(one -> assertThat(one.alsoSeenBy()).containsExactly(Role.CLIENT));
  }

  @Test
  void addressesTranslated_otherRecords_areTwo() {
    events.accept(
        TestObjects.SERVER_PROCESS,
        SERVED,
        5,
        new FlowKey(new Endpoint("192.168.0.2", 8443), new Endpoint("10.1.1.1", 33333), 7));
    events.connect(
        CLIENT,
        ASKED,
        6,
        new FlowKey(new Endpoint("10.0.0.9", 50000), new Endpoint("203.0.113.1", 443), 8));
    bound(1, 5, SERVED);
    bound(2, 6, ASKED);
    exchange(1, 2, "/a");

    assertThat(exchanges()).hasSize(2).allSatisfy(one -> assertThat(one.alsoSeenBy()).isEmpty());
  }

  @Test
  void sessionsInTurnAtBothEnds_eachMeetsItsOwn() {
    FlowKey flow = new FlowKey(new Endpoint("10.0.0.2", 443), new Endpoint("10.0.0.9", 50000), 7);
    events.connect(CLIENT, ASKED, 6, flow.reversed());
    events.accept(TestObjects.SERVER_PROCESS, SERVED, 5, flow);
    bound(1, 5, SERVED);
    bound(2, 6, ASKED);
    exchange(1, 2, "/first");
    bound(3, 5, SERVED);
    bound(4, 6, ASKED);
    exchange(3, 4, "/second");

    List<Exchange> exchanges = exchanges();
    assertThat(exchanges)
        .extracting(one -> one.request().target())
        .containsExactly("/first", "/second");
    assertThat(exchanges)
        .allSatisfy(one -> assertThat(one.alsoSeenBy()).containsExactly(Role.CLIENT));
  }

  /** The descriptor of the first session's socket becomes another socket's by dup2. */
  @Test
  void descriptorReplacedByDup2_eachSessionKeepsItsSocket() {
    ConnectionId other = EventList.socket(3);
    events.accept(SERVED, 5);
    bound(1, 5, null);
    events
        .data(EventList.session(1), Direction.INGRESS, 0, get("/a"))
        .data(EventList.session(1), Direction.EGRESS, 0, RESPONSE)
        .accept(other, 6)
        .dup(other, 5);
    bound(2, 5, null);
    events
        .data(EventList.session(2), Direction.INGRESS, 0, get("/b"))
        .data(EventList.session(2), Direction.EGRESS, 0, RESPONSE);

    assertLinked(SERVED, other);
  }

  /** A program may name the descriptor before it is connected. */
  @Test
  void descriptorNamedBeforeItsSocketIsThere_isThatSocket() {
    bound(1, 5, null);
    events
        .accept(SERVED, 5)
        .data(EventList.session(1), Direction.INGRESS, 0, get("/a"))
        .data(EventList.session(1), Direction.EGRESS, 0, RESPONSE);

    assertLinked(SERVED);
  }

  private void assertLinked(ConnectionId... sockets) {
    List<Session> sessions =
        Analyses.analyze(events.events(), AnalyzerOptions.newBuilder().bothEnds(true).build());
    assertThat(sessions)
        .extracting(session -> session.connection().connection())
        .containsExactly(sockets);
    assertThat(sessions)
        .allSatisfy(
            session -> {
              assertThat(session.connection().link().confidence())
                  .isEqualTo(Link.Confidence.PROVEN);
              assertThat(session.anomalies()).isEmpty();
            });
  }
}
