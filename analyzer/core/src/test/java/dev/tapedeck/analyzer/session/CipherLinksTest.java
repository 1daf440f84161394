// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.TlsEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions whose ciphertext the program carries to the socket itself. */
class CipherLinksTest {
  private static final AnalyzerOptions EACH_END =
      AnalyzerOptions.newBuilder().bothEnds(true).build();
  private static final String REQUEST = "GET /%d HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
  private static final String RANDOM = "1703030046" + "00112233445566778899aa";
  private static final String OTHER = "1703030046" + "aa112233445566778899aa";

  /** Application data of 70 bytes whose ciphertext says which one it is. */
  private static String prefix(long number) {
    return "1703030046" + "%022x".formatted(number * 0x9e3779b97f4a7c15L & Long.MAX_VALUE);
  }

  private static EventList served(EventList events, int number) {
    return events
        .data(EventList.session(number), Direction.INGRESS, 0, REQUEST.formatted(number))
        .data(EventList.session(number), Direction.EGRESS, 0, RESPONSE);
  }

  private static Session only(EventList events) {
    List<Session> sessions = Analyses.analyze(events.events(), EACH_END);
    assertThat(sessions).hasSize(1);
    return sessions.get(0);
  }

  private static Session onlyServed(EventList events) {
    return only(served(events, 1));
  }

  private static EventList seenOnBoth(EventList events, int session, int socket, long record) {
    return events
        .record(EventList.socket(socket), Direction.INGRESS, 70, prefix(record))
        .record(EventList.session(session), Direction.INGRESS, 70, prefix(record))
        .record(EventList.session(session), Direction.EGRESS, 70, prefix(record + 1))
        .record(EventList.socket(socket), Direction.EGRESS, 70, prefix(record + 1));
  }

  @Test
  void link_sameRecordsOfBothDirections_isProven() {
    Session session =
        onlyServed(seenOnBoth(new EventList().accept(EventList.socket(1), 5), 1, 1, 1));

    assertThat(session.connection().connection()).isEqualTo(EventList.socket(1));
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.CIPHERTEXT);
    assertThat(session.connection().link().confidence()).isEqualTo(Link.Confidence.PROVEN);
    assertThat(session.connection().link().explanation())
        .isEqualTo(
            "2 TLS records of the session went through socket 501:"
                + " their ciphertext begins with the same bytes.");
    assertThat(session.anomalies()).isEmpty();
  }

  @Test
  void link_oneRecord_isLikely() {
    Session session =
        onlyServed(
            new EventList()
                .accept(EventList.socket(1), 5)
                .record(EventList.session(1), Direction.EGRESS, 70, RANDOM)
                .record(EventList.socket(1), Direction.EGRESS, 70, RANDOM));

    assertThat(session.connection().connection()).isEqualTo(EventList.socket(1));
    assertThat(session.connection().link().confidence()).isEqualTo(Link.Confidence.LIKELY);
  }

  /** 64 connections of equal sizes whose records come in any order, some of them lost. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void link_manyConnectionsOfEqualSizes_isRightOrNone(long seed) {
    Random random = new Random(seed);
    EventList events = new EventList();
    List<Runnable> records = new ArrayList<>();
    for (int i = 1; i <= 64; i++) {
      events.accept(EventList.socket(i), 100 + i);
      for (int record = 0; record < 6; record++) {
        Direction direction = record % 2 == 0 ? Direction.INGRESS : Direction.EGRESS;
        String prefix = prefix(1000L * i + record);
        for (StreamOwner owner : List.of(EventList.socket(i), EventList.session(i))) {
          if (random.nextInt(10) > 0) {
            records.add(() -> events.record(owner, direction, 70, prefix));
          }
        }
      }
    }
    Collections.shuffle(records, random);
    records.forEach(Runnable::run);
    for (int i = 1; i <= 64; i++) {
      served(events, i);
    }

    List<Session> sessions = Analyses.analyze(events.events(), EACH_END);
    assertThat(sessions).hasSize(64);
    for (Session session : sessions) {
      long number = session.connection().tlsSession().pointer() / 0x1000;
      assertThat(session.connection().connection())
          .as("seed=%s session=%s", seed, number)
          .isEqualTo(EventList.socket((int) number));
      assertThat(session.anomalies()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A certificate in plain text, the same in each connection; change_cipher_spec; an alert.
        "16030303580b000354000351000000034b",
        "140303000101",
        "15030300020100",
      })
  void link_recordsThatAreAlikeEverywhere_proveNothing(String prefix) {
    String of16 = prefix.substring(0, Math.min(32, prefix.length()));
    Session session =
        onlyServed(
            new EventList()
                .accept(EventList.socket(1), 5)
                .record(EventList.socket(1), Direction.EGRESS, 1, of16)
                .record(EventList.session(1), Direction.EGRESS, 1, of16));

    assertThat(session.connection().link().method()).isEqualTo(Link.Method.NONE);
  }

  @Test
  void link_recordOnTwoSockets_provesNothing() {
    Session session =
        onlyServed(
            new EventList()
                .accept(EventList.socket(1), 5)
                .accept(EventList.socket(2), 6)
                .record(EventList.socket(1), Direction.EGRESS, 70, RANDOM)
                .record(EventList.socket(2), Direction.EGRESS, 70, RANDOM)
                .record(EventList.session(1), Direction.EGRESS, 70, RANDOM));

    assertThat(session.connection().link().method()).isEqualTo(Link.Method.NONE);
  }

  /** A proxy that passes TLS on has the same records on sockets of its own. */
  @Test
  void link_recordsOnSocketOfAnotherProcess_areNotTheSessions() {
    ProcessKey proxy = new ProcessKey(TestObjects.HOST_ID, 4242, 1);
    Session session =
        onlyServed(
            seenOnBoth(new EventList().accept(EventList.socket(1), 5), 1, 1, 1)
                .record(proxy, EventList.socket(2), Direction.INGRESS, 70, prefix(1)));

    assertThat(session.connection().connection()).isEqualTo(EventList.socket(1));
    assertThat(session.anomalies()).isEmpty();
  }

  @Test
  void link_recordsAgainstWhatTheProcessSaid_isContradiction() {
    Session session =
        onlyServed(
            seenOnBoth(
                new EventList()
                    .accept(EventList.socket(1), 5)
                    .accept(EventList.socket(2), 6)
                    .bind(EventList.session(1), TlsEvent.Evidence.SET_FD, 5, EventList.socket(1)),
                1,
                2,
                1));

    assertThat(session.connection().connection()).isNull();
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.NONE);
    assertThat(session.connection().link().explanation())
        .startsWith("The evidence for several sockets is equally good: 501 and 502.");
    assertThat(session.anomalies())
        .singleElement()
        .satisfies(anomaly -> assertThat(anomaly.kind()).isEqualTo(AnomalyKind.LINK_CONTRADICTION));
  }

  /** Records on the socket after those of the handshake, as long as the writes need them. */
  private static EventList lengths(EventList events, int socket, int overhead, int... writes) {
    events.record(EventList.socket(socket), Direction.EGRESS, 5000, OTHER);
    for (int length : writes) {
      events.record(EventList.socket(socket), Direction.EGRESS, length + overhead, OTHER);
    }
    return events;
  }

  private static EventList written(EventList events) {
    return events
        .data(EventList.session(1), Direction.EGRESS, 0, RESPONSE)
        .data(EventList.session(1), Direction.EGRESS, RESPONSE.length(), "xyz");
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 24, 16})
  void link_lengthsThatFitOneSocketAlone_isLikely(int overhead) {
    EventList events =
        written(new EventList().accept(EventList.socket(1), 5).accept(EventList.socket(2), 6));
    lengths(events, 1, overhead, RESPONSE.length(), 3);
    Session session = only(lengths(events, 2, overhead, RESPONSE.length(), 4));
    assertThat(session.connection().connection()).isEqualTo(EventList.socket(1));
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.CIPHERTEXT);
    assertThat(session.connection().link().confidence()).isEqualTo(Link.Confidence.LIKELY);
    assertThat(session.connection().link().explanation()).contains("lengths");
  }

  @Test
  void link_lengthsThatFitTwoSockets_isNone() {
    EventList events =
        written(new EventList().accept(EventList.socket(1), 5).accept(EventList.socket(2), 6));
    lengths(events, 1, 17, RESPONSE.length(), 3);
    Session session = only(lengths(events, 2, 17, RESPONSE.length(), 3));
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.NONE);
  }

  @Test
  void link_recordsThatLeftBeforeTheWrites_areNotTheirs() {
    EventList events = new EventList().accept(EventList.socket(1), 5);
    Session session = only(written(lengths(events, 1, 17, RESPONSE.length(), 3)));
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.NONE);
  }

  /** The other socket's second record was lost: it may have been the session's. */
  @Test
  void link_lengthsWhileAnotherSocketsRecordsAreLost_isNone() {
    EventList events =
        written(new EventList().accept(EventList.socket(1), 5).accept(EventList.socket(2), 6));
    lengths(events, 1, 17, RESPONSE.length(), 3);
    lengths(events, 2, 17, RESPONSE.length(), 3, 4);
    events.events().remove(events.events().size() - 2);
    Session session = only(events);
    assertThat(session.connection().link().method()).isEqualTo(Link.Method.NONE);
  }
}
