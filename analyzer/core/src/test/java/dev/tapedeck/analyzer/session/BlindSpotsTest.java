// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.BlindSpot;
import dev.tapedeck.analyzer.stream.BlindSpotFinder;
import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Traffic that is not in a capture, by why it is not. */
class BlindSpotsTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
  private static final ConnectionId ONE = EventList.socket(1);
  private static final ConnectionId TWO = EventList.socket(2);
  private static final TlsSessionId SESSION = EventList.session(1);

  private final EventList events = new EventList();

  private List<BlindSpot> spots() throws Exception {
    BlindSpotFinder finder = new BlindSpotFinder(AnalyzerOptions.DEFAULT_MAX_REORDER_BYTES);
    for (CaptureEvent event : events.events()) {
      finder.event(event);
    }
    return finder.finish();
  }

  private BlindSpot only() throws Exception {
    List<BlindSpot> spots = spots();
    assertThat(spots).hasSize(1);
    BlindSpot spot = spots.get(0);
    assertThat(spot.connections()).isEqualTo(1);
    assertThat(spot.process().pid()).isEqualTo(TestObjects.SERVER_PROCESS.pid());
    assertThat(spot.server()).isEqualTo(EventList.FLOW.local());
    return spot;
  }

  private EventStamp stamp() {
    int count = events.events().size();
    return TestObjects.stamp(TestObjects.START_NANOS + (count + 1) * 1_000_000L, count);
  }

  private void served() {
    events
        .data(SESSION, Direction.INGRESS, 0, REQUEST)
        .data(SESSION, Direction.EGRESS, 0, RESPONSE);
  }

  private void linked() {
    events.accept(ONE, 5).bind(SESSION, TlsEvent.Evidence.SET_FD, 5, ONE);
  }

  private static String prefix(int lengthBytes, int number) {
    return "170303%04x%022x".formatted(lengthBytes, 77L + number);
  }

  @Test
  void sendfile_ofASession_isItsBytes() throws Exception {
    linked();
    served();
    events
        .events()
        .add(
            new StreamEvent.Transfer(
                stamp(),
                new StreamId(SESSION, Direction.EGRESS),
                RESPONSE.length(),
                9_000,
                new CallRef(CallKind.SSL_SENDFILE, 99, 0, 9_000, 9_000)));
    BlindSpot spot = only();
    assertThat(spot.cause()).isEqualTo(BlindSpot.Cause.SENDFILE);
    assertThat(spot.egressBytes()).isEqualTo(9_000);
    assertThat(spot.ingressBytes()).isZero();
  }

  @Test
  void ioUring_toldTwice_isTheSumAndNothingElse() throws Exception {
    events.accept(ONE, 5).record(ONE, Direction.EGRESS, 1017, prefix(1017, 1));
    for (int i = 0; i < 2; i++) {
      events
          .events()
          .add(new BlindSpotEvent(stamp(), BlindSpotEvent.What.IO_URING, ONE, 26, 500, 700));
    }
    BlindSpot spot = only();
    assertThat(spot.cause()).isEqualTo(BlindSpot.Cause.IO_URING);
    assertThat(spot.egressBytes()).isEqualTo(1_000);
    assertThat(spot.ingressBytes()).isEqualTo(1_400);
  }

  @Test
  void recordsOnASocket_sessionsUseOthers_isNoSession() throws Exception {
    linked();
    served();
    events.accept(TWO, 6).record(TWO, Direction.EGRESS, 1017, prefix(1017, 1));
    BlindSpot spot = only();
    assertThat(spot.cause()).isEqualTo(BlindSpot.Cause.NO_SESSION);
    assertThat(spot.egressBytes()).isBetween(1_017L, 1_022L);
  }

  @Test
  void recordsOnASocket_aSessionHasNone_isUnlinkedSession() throws Exception {
    served();
    events.accept(TWO, 6).record(TWO, Direction.INGRESS, 1017, prefix(1017, 1));
    BlindSpot spot = only();
    assertThat(spot.cause()).isEqualTo(BlindSpot.Cause.UNLINKED_SESSION);
    assertThat(spot.ingressBytes()).isBetween(1_017L, 1_022L);
    assertThat(spot.egressBytes()).isZero();
  }

  @Test
  void recordsOfTheSessionsSocket_holdMoreThanItsCalls_isMissedCalls() throws Exception {
    linked();
    events.handshake(SESSION, "TLSv1.3", "TLS_AES_128_GCM_SHA256");
    served();
    int number = 0;
    for (int length : new int[] {100, RESPONSE.length() + 17, 1017}) {
      events.record(ONE, Direction.EGRESS, length, prefix(length, number++));
    }
    BlindSpot spot = only();
    assertThat(spot.cause()).isEqualTo(BlindSpot.Cause.MISSED_CALLS);
    // Whether the first record is of the handshake nothing tells any more.
    assertThat(spot.egressBytes()).isEqualTo(1_000 + 83);
  }

  @Test
  void allExplained_isNothing() throws Exception {
    linked();
    events.handshake(SESSION, "TLSv1.3", "TLS_AES_128_GCM_SHA256");
    served();
    int length = RESPONSE.length() + 17;
    events.record(ONE, Direction.EGRESS, length, prefix(length, 1));
    assertThat(spots()).isEmpty();
  }
}
