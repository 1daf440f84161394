// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events out of order, twice, late, and cut off. */
class OrderTest {
  private static final AnalyzerOptions EACH_END =
      AnalyzerOptions.newBuilder().bothEnds(true).build();
  private static final String SCRIPT =
      """
      >> POST /a HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: 26\\r\\n\\r\\nabcdefghijklmnopqrstuvwxyz
      << HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n5\\r\\n01234\\r\\n5\\r\\n56789\\r\\n0\\r\\n\\r\\n
      >> GET /b HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
      << HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\n\\r\\nhello
      close
      """;
  private static final String EXPECTED =
      "1.1 POST /a 'abcdefghijklmnopqrstuvwxyz' > 200 '0123456789'\n1.2 GET /b > 200 'hello'\n";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void analyze_eventsSwappedNearby_givesTheSame(long seed) {
    List<CaptureEvent> events =
        new ArrayList<>(EventScript.parse(SCRIPT).withChunking(Chunking.random(seed)).events());
    SplittableRandom random = new SplittableRandom(seed);
    for (int swaps = 0; swaps < events.size(); swaps++) {
      int at = random.nextInt(events.size() - 1);
      CaptureEvent first = events.get(at);
      events.set(at, events.get(at + 1));
      events.set(at + 1, first);
    }
    assertThat(Analyses.render(Analyses.analyze(events, EACH_END)))
        .as("seed %d", seed)
        .isEqualTo(EXPECTED);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void analyze_eventsTwice_collapse(long seed) {
    List<CaptureEvent> events = new ArrayList<>();
    for (CaptureEvent event :
        EventScript.parse(SCRIPT).withChunking(Chunking.random(seed)).events()) {
      events.add(event);
      if (event instanceof StreamEvent) {
        events.add(event);
      }
    }
    List<Session> sessions = Analyses.analyze(events, EACH_END);
    assertThat(Analyses.render(sessions)).as("seed %d", seed).isEqualTo(EXPECTED);
    assertThat(sessions.get(0).anomalies()).isEmpty();
    assertThat(sessions.get(0).accounting().ingress().duplicate())
        .isEqualTo(sessions.get(0).accounting().ingress().inMessages());
  }

  @Test
  void analyze_peekBeforeRead_collapses() {
    StreamOwner socket = EventList.socket(1);
    EventList events =
        new EventList()
            .accept(EventList.socket(1), 5)
            .data(socket, Direction.INGRESS, 0, "G", CallKind.RECVFROM)
            .data(socket, Direction.INGRESS, 0, "GET / HTTP/1.1\r\n\r\n")
            .data(socket, Direction.EGRESS, 0, "HTTP/1.1 204 No\r\n\r\n");
    List<Session> sessions = Analyses.analyze(events.events(), EACH_END);
    assertThat(Analyses.render(sessions)).isEqualTo("1.1 GET / > 204\n");
    assertThat(sessions.get(0).accounting().ingress().duplicate()).isEqualTo(1);
  }

  @Test
  void analyze_samePositionWithOtherBytes_isAnAnomaly() {
    StreamOwner socket = EventList.socket(1);
    EventList events =
        new EventList()
            .accept(EventList.socket(1), 5)
            .data(socket, Direction.INGRESS, 0, "GET / HTTP/1.1\r\n")
            .data(socket, Direction.INGRESS, 4, "x")
            .data(socket, Direction.INGRESS, 16, "\r\n")
            .data(socket, Direction.EGRESS, 0, "HTTP/1.1 204 No\r\n\r\n");
    List<Session> sessions = Analyses.analyze(events.events(), EACH_END);
    assertThat(Analyses.render(sessions)).isEqualTo("1.1 GET / > 204\n");
    assertThat(sessions.get(0).anomalies())
        .containsExactly(new Anomaly(AnomalyKind.CONFLICTING_BYTES, "1"));
  }

  @Test
  void analyze_bytesBeyondTheReorderBound_countAsLost() {
    StreamOwner socket = EventList.socket(1);
    String head = "HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n";
    EventList events =
        new EventList()
            .accept(EventList.socket(1), 5)
            .data(socket, Direction.INGRESS, 0, "GET / HTTP/1.1\r\n\r\n")
            .data(socket, Direction.EGRESS, 0, head)
            .data(socket, Direction.EGRESS, head.length() + 10, "bbbbbbbbbb")
            .data(socket, Direction.EGRESS, head.length() + 20, "cccccccccc")
            .data(socket, Direction.EGRESS, head.length(), "aaaaaaaaaa");
    AnalyzerOptions tight = AnalyzerOptions.newBuilder().bothEnds(true).maxReorderBytes(15).build();
    List<Session> sessions = Analyses.analyze(events.events(), tight);
    assertThat(Analyses.render(sessions))
        .isEqualTo("1.1 GET / > 200 'bbbbbbbbbbcccccccccc' gap [missing_bytes:10] | gap\n");
    assertThat(sessions.get(0).accounting().egress().outsideMessages()).isEqualTo(10);
    assertThat(Analyses.render(Analyses.analyze(events.events(), EACH_END)))
        .isEqualTo("1.1 GET / > 200 'aaaaaaaaaabbbbbbbbbbcccccccccc'\n");
  }

  @Test
  void analyze_captureCutAnywhere_yieldsOnlyRightExchanges() {
    List<CaptureEvent> all = EventScript.parse(SCRIPT).withChunking(Chunking.oneByte()).events();
    String whole = Analyses.render(Analyses.analyze(all, EACH_END));
    for (int end = 0; end <= all.size(); end++) {
      String cut = Analyses.render(Analyses.analyze(all.subList(0, end), EACH_END));
      for (String line : cut.lines().toList()) {
        boolean complete = !line.isEmpty() && line.indexOf('|') < 0;
        if (complete) {
          assertThat(whole).as("cut after %d events", end).contains(line + "\n");
        }
      }
    }
  }
}
