// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.StreamOwner;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long bytes are kept to compare those with that come again: by what came in between alone. */
class DuplicatesTest {
  /** Events of one byte between two checkpoints. */
  private static final int STRETCH_EVENTS = (int) (Relief.STRETCH / 257);

  @ParameterizedTest
  @CsvSource({
    "0, 10, 1, 1",
    "-20, 40, 1, 1",
    "-20, 40, 3, 1",
    "-200, 400, 3, 1",
    "1000, 16000, 1, 1",
    "1000, 16000, 3, 1",
    "-20, 17000, 1, 0",
    "-20, 17000, 3, 0",
    "1000, 17000, 2, 0"
  })
  void analyze_otherBytesAgain_areComparedWhereverMemoryIsLookedAfter(
      int fromCheckpoint, int between, int threads, int conflicts) {
    StreamOwner socket = EventList.socket(1);
    EventList events =
        new EventList().accept(EventList.socket(1), 5).accept(EventList.socket(2), 6);
    int filled = fill(events, 0, STRETCH_EVENTS + fromCheckpoint);
    events.data(socket, Direction.INGRESS, 0, "GET / HTTP/1.1\r\n");
    fill(events, filled, between);
    events
        .data(socket, Direction.INGRESS, 4, "x")
        .data(socket, Direction.INGRESS, 16, "\r\n")
        .data(socket, Direction.EGRESS, 0, "HTTP/1.1 204 No\r\n\r\n");
    List<Session> sessions =
        Analyses.analyze(
            events.events(), AnalyzerOptions.newBuilder().bothEnds(true).threads(threads).build());
    assertThat(Analyses.render(sessions)).isEqualTo("1.1 GET / > 204\n");
    assertThat(sessions.get(0).accounting().ingress().duplicate()).isEqualTo(1);
    if (conflicts == 0) {
      assertThat(sessions.get(0).anomalies()).isEmpty();
    } else {
      assertThat(sessions.get(0).anomalies())
          .containsExactly(new Anomaly(AnomalyKind.CONFLICTING_BYTES, "1"));
    }
  }

  private static int fill(EventList events, int from, int count) {
    for (int i = 0; i < count; i++) {
      events.data(EventList.socket(2), Direction.EGRESS, from + i, "-");
    }
    return from + count;
  }
}
