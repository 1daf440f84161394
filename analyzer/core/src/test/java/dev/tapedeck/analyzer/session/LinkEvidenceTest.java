// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.LinkEvidence;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.TlsEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Evidence that changes with time, contradicts itself, or is missing. */
class LinkEvidenceTest {
  private static final AnalyzerOptions EACH_END =
      AnalyzerOptions.newBuilder().bothEnds(true).build();
  private static final String REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
  private static final ConnectionId ONE = EventList.socket(1);
  private static final ConnectionId TWO = EventList.socket(2);

  private final EventList events = new EventList();

  private void serve(int session) {
    serveAgain(session, 0);
  }

  private void serveAgain(int session, int before) {
    events
        .data(
            EventList.session(session),
            Direction.INGRESS,
            (long) before * REQUEST.length(),
            REQUEST)
        .data(
            EventList.session(session),
            Direction.EGRESS,
            (long) before * RESPONSE.length(),
            RESPONSE);
  }

  private void nested(int session, int fd, ConnectionId socket) {
    events
        .bind(EventList.session(session), TlsEvent.Evidence.NESTED_RECEIVE, fd, socket)
        .bind(EventList.session(session), TlsEvent.Evidence.NESTED_SEND, fd, socket);
  }

  private Session only() {
    List<Session> sessions = sessions();
    assertThat(sessions).hasSize(1);
    return sessions.get(0);
  }

  private List<Session> sessions() {
    return Analyses.analyze(events.events(), EACH_END);
  }

  private static void assertLinked(Session session, ConnectionId socket) {
    assertThat(session.connection().connection()).isEqualTo(socket);
    assertThat(session.connection().link().confidence()).isEqualTo(Link.Confidence.PROVEN);
    assertThat(session.anomalies()).isEmpty();
  }

  private static void assertUnlinkedAndSaid(Session session) {
    assertThat(session.connection().connection()).isNull();
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.NONE);
    assertThat(session.anomalies())
        .extracting(anomaly -> anomaly.kind())
        .containsExactly(AnomalyKind.LINK_CONTRADICTION);
    assertThat(session.connection().link().evidence())
        .extracting(LinkEvidence::side)
        .contains(LinkEvidence.Side.OTHER);
  }

  @Test
  void named_anotherSocketBeforeTheFirstByte_isTheLaterOne() {
    events
        .accept(ONE, 5)
        .accept(TWO, 6)
        .bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, ONE)
        .bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 6, TWO);
    serve(1);

    Session session = only();
    assertLinked(session, TWO);
    assertThat(session.connection().link().evidence())
        .extracting(LinkEvidence::side, LinkEvidence::text)
        .contains(
            tuple(
                LinkEvidence.Side.AGAINST,
                "SSL_set_fd named descriptor 5, socket 501."
                    + " It no longer held when bytes moved."));
  }

  @Test
  void named_anotherSocketBetweenBytes_isNoLink() {
    events
        .accept(ONE, 5)
        .accept(TWO, 6)
        .bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, ONE);
    serve(1);
    events.bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 6, TWO);
    serveAgain(1, 1);

    assertUnlinkedAndSaid(only());
  }

  @Test
  void named_differentSocketsForReadingAndWriting_isNoLink() {
    events
        .accept(ONE, 5)
        .accept(TWO, 6)
        .bind(EventList.session(1), TlsEvent.Evidence.SET_RFD, 5, ONE)
        .bind(EventList.session(1), TlsEvent.Evidence.SET_WFD, 6, TWO);
    serve(1);

    assertUnlinkedAndSaid(only());
  }

  @Test
  void named_sameSocketForReadingAndWriting_isProven() {
    events
        .accept(ONE, 5)
        .bind(EventList.session(1), TlsEvent.Evidence.SET_RFD, 5, ONE)
        .bind(EventList.session(1), TlsEvent.Evidence.SET_WFD, 5, ONE);
    serve(1);

    assertLinked(only(), ONE);
  }

  /** A log line to a socket from a callback of the library. */
  @Test
  void nested_sendElsewhereBesideBothDirections_isLikelyAndAContradiction() {
    events.accept(ONE, 5).accept(TWO, 6);
    nested(1, 5, ONE);
    events.bind(EventList.session(1), TlsEvent.Evidence.NESTED_SEND, 6, TWO);
    serve(1);

    Session session = only();
    assertThat(session.connection().connection()).isEqualTo(ONE);
    assertThat(session.connection().link().confidence()).isEqualTo(Link.Confidence.LIKELY);
    assertThat(session.anomalies()).hasSize(1);
  }

  @Test
  void nested_bothDirectionsOnTwoSockets_isNoLink() {
    events.accept(ONE, 5).accept(TWO, 6);
    nested(1, 5, ONE);
    nested(1, 6, TWO);
    serve(1);

    assertUnlinkedAndSaid(only());
  }

  @Test
  void nested_bothDirectionsElsewhereThanNamed_isNoLink() {
    events
        .accept(ONE, 5)
        .accept(TWO, 6)
        .bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, ONE);
    nested(1, 6, TWO);
    serve(1);

    assertUnlinkedAndSaid(only());
  }

  @Test
  void socketClosedBeforeTheFirstByte_isNotTheSessions() {
    events.accept(ONE, 5);
    nested(1, 5, ONE);
    events.close(ONE, 5).accept(TWO, 5);
    nested(1, 5, TWO);
    serve(1);

    Session session = only();
    assertLinked(session, TWO);
    assertThat(session.connection().link().evidence())
        .extracting(LinkEvidence::text)
        .contains("Socket 501 was closed before the session's first byte.");
  }

  @Test
  void twoSessionsOnOneSocketInTurn_areBothLinked() {
    events.accept(ONE, 5);
    nested(1, 5, ONE);
    serve(1);
    nested(2, 5, ONE);
    serve(2);

    List<Session> sessions = sessions();
    assertThat(sessions).hasSize(2).allSatisfy(session -> assertLinked(session, ONE));
  }

  @Test
  void twoSessionsOnOneSocketAtOnce_theUnprovenOneIsUnlinked() {
    events.accept(ONE, 5);
    nested(1, 5, ONE);
    events.bind(EventList.session(2), TlsEvent.Evidence.NESTED_SEND, 5, ONE);
    serve(1);
    serve(2);
    serveAgain(1, 1);

    List<Session> sessions = sessions();
    assertThat(sessions).hasSize(2);
    assertThat(sessions.get(0).connection().connection()).isEqualTo(ONE);
    assertThat(sessions.get(0).connection().link().confidence()).isEqualTo(Link.Confidence.LIKELY);
    assertThat(sessions.get(1).connection().connection()).isNull();
    assertThat(sessions)
        .allSatisfy(
            session ->
                assertThat(session.anomalies())
                    .extracting(anomaly -> anomaly.kind())
                    .containsExactly(AnomalyKind.LINK_CONTRADICTION));
  }

  @Test
  void descriptorInheritedFromTheParent_isItsSocket() {
    ProcessKey parent = new ProcessKey(TestObjects.HOST_ID, 7, 1);
    events.accept(parent, ONE, 5).fork(parent, TestObjects.SERVER_PROCESS);
    events.bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, null);
    serve(1);

    assertLinked(only(), ONE);
  }

  @Test
  void descriptorInheritedAndAnotherProgramBegun_isNotKnown() {
    ProcessKey parent = new ProcessKey(TestObjects.HOST_ID, 7, 1);
    events
        .accept(parent, ONE, 5)
        .fork(parent, TestObjects.SERVER_PROCESS)
        .exec(TestObjects.SERVER_PROCESS);
    events.bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, null);
    serve(1);

    assertThat(only().connection().connection()).isNull();
  }

  @Test
  void processInAContainer_isNamedWithIt() throws Exception {
    String id = "0123456789abcdef".repeat(4);
    events.exec(TestObjects.SERVER_PROCESS, "/system.slice/docker-" + id + ".scope/init");
    serve(1);

    assertThat(only().connection().process().containerId()).isEqualTo(id);
    Filter filter = Filter.parse("process.container_id ~ '^0123456789ab'");
    assertThat(only().exchanges()).singleElement().matches(filter);
  }

  @Test
  void duplicatedDescriptor_isTheSameSocket() {
    events
        .accept(ONE, 5)
        .dup(ONE, 9)
        .bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 9, null)
        .close(ONE, 5);
    serve(1);

    assertLinked(only(), ONE);
  }

  @Test
  void memoryBio_nestedCallProvesNothingAgainstRecords() {
    String prefix = "1703030046" + "00112233445566778899aa";
    String other = "1703030046" + "ff112233445566778899aa";
    events
        .accept(ONE, 5)
        .accept(TWO, 6)
        .bind(EventList.session(1), TlsEvent.Evidence.BIO, -1, null);
    nested(1, 6, TWO);
    for (String record : List.of(prefix, other)) {
      events
          .record(EventList.session(1), Direction.EGRESS, 70, record)
          .record(ONE, Direction.EGRESS, 70, record);
    }
    serve(1);

    Session session = only();
    assertThat(session.connection().connection()).isEqualTo(ONE);
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.CIPHERTEXT);
  }

  @Test
  void evidence_ofALink_saysWhatHappenedWhen() {
    events.accept(ONE, 5);
    nested(1, 5, ONE);
    serve(1);

    assertThat(only().connection().link().evidence())
        .extracting(LinkEvidence::side, LinkEvidence::epochNanos, LinkEvidence::text)
        .containsExactly(
            tuple(LinkEvidence.Side.FOR, null, "No other socket is in question."),
            tuple(
                LinkEvidence.Side.FOR,
                TestObjects.START_NANOS + 2_000_000,
                "A call of the session received on socket 501."),
            tuple(
                LinkEvidence.Side.FOR,
                TestObjects.START_NANOS + 3_000_000,
                "A call of the session sent on socket 501."));
  }
}
