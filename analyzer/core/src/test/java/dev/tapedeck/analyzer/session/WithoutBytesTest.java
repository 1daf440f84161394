// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ByteMap;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections that moved bytes of which the capture has none, as their ends tell. */
final class WithoutBytesTest {
  private static final ConnectionId SOCKET = EventList.socket(1);
  private static final TlsSessionId TLS = EventList.session(1);

  @Test
  void analyze_socketWhoseBytesWereAllLost_isASessionWithTheirCounts() {
    List<Session> sessions =
        sessions(new EventList().accept(SOCKET, 5).close(SOCKET, 5, lost(900, 70)));

    assertThat(sessions).hasSize(1);
    Session session = sessions.get(0);
    assertThat(session.exchanges()).isEmpty();
    assertThat(session.connection().connection()).isEqualTo(SOCKET);
    assertThat(session.accounting().egress().lost()).isEqualTo(900);
    assertThat(session.accounting().ingress().lost()).isEqualTo(70);
    assertThat(session.coverage().egress().lostBytes()).isEqualTo(900);
    assertThat(session.coverage().ingress().lostBytes()).isEqualTo(70);
    assertThat(session.coverage().egress().ranges())
        .containsExactly(new ByteMap.Range(0, 900, ByteMap.State.LOST, null));
  }

  @Test
  void analyze_socketThatWasLeftOut_isNone() {
    StreamEnds skipped = new StreamEnds(900, 70, 900, 70, 900, 70, true, false);

    assertThat(sessions(new EventList().accept(SOCKET, 5).close(SOCKET, 5, skipped))).isEmpty();
  }

  @Test
  void analyze_endThatDoesNotTellLostFromSkipped_isNone() {
    StreamEnds ends = new StreamEnds(900, 70, 900, 70, true);

    assertThat(sessions(new EventList().accept(SOCKET, 5).close(SOCKET, 5, ends))).isEmpty();
  }

  /** As in a later file of a recording with rotation: the other bytes are in an earlier one. */
  @Test
  void analyze_socketOfWhichOnlySomeWasLost_isNoneHere() {
    StreamEnds ends = new StreamEnds(900, 70, 300, 0, 0, 0, true, false);

    assertThat(sessions(new EventList().accept(SOCKET, 5).close(SOCKET, 5, ends))).isEmpty();
  }

  @Test
  void analyze_tlsSessionThatWasLeftOut_isASessionWhoseBytesAreCut() {
    StreamEnds skipped = new StreamEnds(900, 70, 900, 70, 900, 70, true, false);
    EventList events =
        new EventList()
            .accept(SOCKET, 5)
            .bind(TLS, TlsEvent.Evidence.SET_FD, 5, SOCKET)
            .free(TLS, skipped);

    List<Session> sessions = sessions(events);

    assertThat(sessions).hasSize(1);
    assertThat(sessions.get(0).connection().connection()).isEqualTo(SOCKET);
    assertThat(sessions.get(0).coverage().egress().cutBytes()).isEqualTo(900);
    assertThat(sessions.get(0).coverage().egress().lostBytes()).isZero();
  }

  @Test
  void analyze_tlsSessionOfWhichNothingIsToldButItsEnd_isNone() {
    StreamEnds skipped = new StreamEnds(900, 70, 900, 70, 900, 70, true, false);

    assertThat(sessions(new EventList().free(TLS, skipped))).isEmpty();
  }

  @Test
  void analyze_directionsOfWhichSomeWasLostAndSomeLeftOut_areNotKnownApart() {
    StreamEnds mixed = new StreamEnds(900, 70, 900, 70, 300, 0, true, false);

    List<Session> sessions = sessions(new EventList().accept(SOCKET, 5).close(SOCKET, 5, mixed));

    assertThat(sessions.get(0).coverage().egress().unknownBytes()).isEqualTo(900);
    assertThat(sessions.get(0).coverage().ingress().lostBytes()).isEqualTo(70);
  }

  @Test
  void analyze_socketWithABodyAndALostTail_isOneSession() {
    EventList events =
        new EventList()
            .accept(SOCKET, 5)
            .data(SOCKET, Direction.INGRESS, 0, "GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .close(SOCKET, 5, lost(900, 0));

    List<Session> sessions = sessions(events);

    assertThat(sessions).hasSize(1);
    assertThat(sessions.get(0).exchanges()).hasSize(1);
    assertThat(sessions.get(0).accounting().egress().lost()).isEqualTo(900);
  }

  private static StreamEnds lost(long egress, long ingress) {
    return new StreamEnds(egress, ingress, egress, ingress, 0, 0, true, false);
  }

  private static List<Session> sessions(EventList events) {
    return Analyses.analyzeEachEnd(events.events());
  }
}
