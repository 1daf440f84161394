// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ByteMap.Range;
import dev.tapedeck.analyzer.ByteMap.State;
import dev.tapedeck.analyzer.Coverage;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which bytes were captured, why others were not, and what TLS records prove. */
class CoverageTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answerUpToTheEnd_ofAConnectionThatWasReset_isNotComplete(boolean reset) {
    ConnectionId socket = EventList.socket(1);
    EventList events =
        new EventList()
            .accept(socket, 5)
            .data(socket, Direction.INGRESS, 0, "GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .data(socket, Direction.EGRESS, 0, "HTTP/1.0 200 OK\r\n\r\npart of it");
    List<CaptureEvent> all = (reset ? events.reset(socket, 5) : events.close(socket, 5)).events();
    assertThat(Analyses.render(Analyses.analyzeEachEnd(all)))
        .isEqualTo(
            reset
                ? "1.1 GET / > 200 'part of it' truncated_end | truncated_end\n"
                : "1.1 GET / > 200 'part of it'\n");
  }

  private static final String REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
  private static final ConnectionId SOCKET = EventList.socket(1);
  private static final TlsSessionId SESSION = EventList.session(1);

  private final EventList events = new EventList();

  private Coverage coverage() {
    List<Session> sessions = Analyses.analyzeEachEnd(events.events());
    assertThat(sessions).hasSize(1);
    return sessions.get(0).coverage();
  }

  private EventList withGap() {
    return events
        .accept(SOCKET, 5)
        .data(SOCKET, Direction.INGRESS, 0, REQUEST)
        .data(SOCKET, Direction.INGRESS, REQUEST.length() + 100, REQUEST)
        .data(SOCKET, Direction.EGRESS, 0, RESPONSE);
  }

  private List<Range> rangesWith(State state, String cause) {
    int length = REQUEST.length();
    return List.of(
        new Range(0, length, State.CAPTURED, null),
        new Range(length, length + 100, state, cause),
        new Range(length + 100, 2 * length + 100, State.CAPTURED, null));
  }

  @Test
  void map_wholeConnection_isOneRange() {
    events
        .accept(SOCKET, 5)
        .data(SOCKET, Direction.INGRESS, 0, REQUEST)
        .data(SOCKET, Direction.EGRESS, 0, RESPONSE)
        .close(SOCKET, 5);
    Coverage coverage = coverage();
    assertThat(coverage.ingress().ranges())
        .containsExactly(new Range(0, REQUEST.length(), State.CAPTURED, null));
    assertThat(coverage.ingress().fromStart()).isTrue();
    assertThat(coverage.ingress().toEnd()).isTrue();
    assertThat(coverage.ingressProof().state()).isEqualTo(Coverage.Proof.State.NOT_CHECKED);
  }

  @Test
  void map_gapThatNothingExplains_isUnknown() {
    withGap();
    assertThat(coverage().ingress().ranges()).isEqualTo(rangesWith(State.UNKNOWN, null));
    assertThat(coverage().ingress().toEnd()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = LossEvent.Cause.class,
      names = {"RING_FULL", "READ_FAULT", "OVER_CAP", "REDACTED", "SHED", "NOT_SAMPLED"})
  void map_gapWithAReport_hasItsCause(LossEvent.Cause cause) {
    withGap().loss(SOCKET, Direction.INGRESS, cause, 100);
    State state =
        cause == LossEvent.Cause.RING_FULL || cause == LossEvent.Cause.READ_FAULT
            ? State.LOST
            : State.CUT;
    assertThat(coverage().ingress().ranges())
        .isEqualTo(rangesWith(state, cause.name().toLowerCase(Locale.ROOT)));
  }

  @Test
  void map_gapsWithSeveralReports_takesTheOneOfItsLength() {
    withGap()
        .loss(SOCKET, Direction.INGRESS, LossEvent.Cause.RING_FULL, 7)
        .loss(SOCKET, Direction.INGRESS, LossEvent.Cause.SHED, 100);
    assertThat(coverage().ingress().ranges()).isEqualTo(rangesWith(State.CUT, "shed"));
  }

  @Test
  void map_sendfile_isCut() {
    events
        .existing(SOCKET, 5, null)
        .data(SOCKET, Direction.INGRESS, 0, REQUEST)
        .data(SOCKET, Direction.EGRESS, 0, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")
        .transfer(SOCKET, Direction.EGRESS, 38, 9);
    Coverage coverage = coverage();
    assertThat(coverage.egress().ranges())
        .last()
        .isEqualTo(new Range(38, 47, State.CUT, "transfer"));
    assertThat(coverage.egress().fromStart()).isFalse();
  }

  /** A TLS 1.3 session of a program that carries the ciphertext itself. */
  private void session(int... recordLengths) {
    events
        .accept(SOCKET, 5)
        .bind(SESSION, TlsEvent.Evidence.SET_FD, 5, SOCKET)
        .handshake(SESSION, "TLSv1.3", "TLS_AES_128_GCM_SHA256")
        .data(SESSION, Direction.INGRESS, 0, REQUEST)
        .data(SESSION, Direction.EGRESS, 0, RESPONSE);
    int number = 0;
    for (int length : recordLengths) {
      events.record(
          SOCKET, Direction.EGRESS, length, "170303%04x%022x".formatted(length, 77L + number++));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Data alone; after two records of the handshake; and before the closing alert.
    "57, 0, 0",
    "100, 53, 57",
    "57, 19, 0",
  })
  void proof_recordsOfThePlaintext_provesThatNoneWasMissed(int one, int two, int three) {
    assertThat(RESPONSE).hasSize(40);
    session(IntStream.of(one, two, three).filter(n -> n > 0).toArray());
    assertThat(coverage().egressProof().state()).isEqualTo(Coverage.Proof.State.PROVEN_COMPLETE);
  }

  @Test
  void proof_moreRecordsThanPlaintext_saysHowMuchIsUnexplained() {
    session(100, 57, 1017);
    assertThat(coverage().egressProof())
        .isEqualTo(new Coverage.Proof(Coverage.Proof.State.UNEXPLAINED, 1083));
  }

  @Test
  void proof_aRecordThatWasNotSeen_isNotChecked() {
    session(100, 57, 57);
    events.events().remove(events.events().size() - 2);
    assertThat(coverage().egressProof().state()).isEqualTo(Coverage.Proof.State.NOT_CHECKED);
  }
}
