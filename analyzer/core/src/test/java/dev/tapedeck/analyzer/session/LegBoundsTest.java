// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TestObjects;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What waits for its legs is bounded: exchanges leave although an outer one may still come. */
class LegBoundsTest {
  private static final ProcessKey PROXY = new ProcessKey(TestObjects.HOST_ID, 10, 1);
  private static final ConnectionId FRONT = new ConnectionId(TestObjects.HOST_ID, 1, 1);
  private static final ConnectionId BACK = new ConnectionId(TestObjects.HOST_ID, 2, 1);

  /** So many exchanges may have come and not left. */
  private static final int MOST_HELD = 1024 + 1;

  /** Calls that wait for what the proxy serves, of which one request is open all the time. */
  private static EventList calls(int count, int bodyBytes) {
    EventList events = new EventList();
    events.accept(
        PROXY,
        FRONT,
        1,
        new FlowKey(new Endpoint("10.0.0.1", 80), new Endpoint("10.0.0.9", 40000), 7));
    events.connect(
        PROXY,
        BACK,
        2,
        new FlowKey(new Endpoint("10.0.0.9", 50000), new Endpoint("10.0.0.2", 81), 7));
    events.moved(PROXY, FRONT, Direction.INGRESS, "GET /long HTTP/1.1\r\nhost: x\r\n\r\n");
    String body = "b".repeat(bodyBytes);
    for (int i = 0; i < count; i++) {
      events.moved(PROXY, BACK, Direction.EGRESS, "GET /call HTTP/1.1\r\nhost: x\r\n\r\n");
      events.moved(
          PROXY,
          BACK,
          Direction.INGRESS,
          "HTTP/1.1 200 OK\r\ncontent-length: " + bodyBytes + "\r\n\r\n" + body);
    }
    return events;
  }

  /** Returns how many exchanges were behind at most when an event was read. */
  private static long mostHeld(EventList events) throws IOException {
    long[] left = {0};
    long[] most = {0};
    EventSource source =
        (projection, visitor) -> {
          long responses = 0;
          for (var event : events.events()) {
            visitor.event(event);
            if (projection == Projection.ALL
                && event instanceof StreamEvent.Data data
                && data.stream().equals(new StreamId(BACK, Direction.INGRESS))) {
              responses++;
              most[0] = Math.max(most[0], responses - left[0]);
            }
          }
        };
    new SessionAnalyzer(AnalyzerOptions.defaults())
        .analyze(
            source,
            new ExchangeVisitor() {
              @Override
              public void exchange(Exchange exchange) {
                left[0]++;
              }

              @Override
              public void session(SessionSummary session) {}
            });
    return most[0];
  }

  @Test
  void smallExchanges_leaveByNumber() throws IOException {
    assertThat(mostHeld(calls(5_000, 2))).isBetween(2L, (long) MOST_HELD);
  }

  @Test
  void largeExchanges_leaveByBytes() throws IOException {
    assertThat(mostHeld(calls(100, 1 << 20))).isBetween(2L, 6L);
  }
}
