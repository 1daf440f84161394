// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.EventScript;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Server-sent events over HTTP/2. */
class Http2EventStreamTest {
  private static final boolean SERVER = false;

  private static H2Script asked() {
    return new H2Script()
        .start()
        .get(1, "/events")
        .headers(SERVER, 1, false, ":status 200", "content-type text/event-stream; charset=utf-8");
  }

  private static Exchange only(EventScript script) {
    List<Exchange> exchanges = Analyses.analyze(script).get(0).exchanges();
    assertThat(exchanges).hasSize(1);
    return exchanges.get(0);
  }

  private static List<String> events(Exchange exchange) {
    return exchange.messages().stream()
        .map(
            event ->
                event.eventName()
                    + " "
                    + event.payload().toBytes().toUtf8()
                    + " "
                    + event.completeness().jsonName())
        .toList();
  }

  @Test
  void analyze_eventsInAnyFrames_areMessagesUnderEverySplit() {
    EventScript script =
        asked()
            .data(SERVER, 1, false, "event: a\nda")
            .data(SERVER, 1, false, "ta: one\n\ndata: two\n")
            .data(SERVER, 1, true, "\n")
            .parse();
    Chunking.allFor(script)
        .forEach(
            chunking ->
                assertThat(events(only(script.withChunking(chunking))))
                    .as("%s", chunking)
                    .containsExactly("a one complete", "null two complete"));
  }

  @Test
  void analyze_event_hasTheTimeOfItsFrame() {
    Exchange exchange =
        only(
            asked()
                .data(SERVER, 1, false, "data: one\n\n")
                .script("+ 1s")
                .data(SERVER, 1, true, "data: two\n\n")
                .parse());
    List<StreamMessage> found = exchange.messages();
    assertThat(found).hasSize(2);
    assertThat(found.get(1).span().firstEpochNanos() - found.get(0).span().lastEpochNanos())
        .isGreaterThan(1_000_000_000L);
  }

  @Test
  void analyze_frameLostInTheMiddle_cutsItsEventsOnly() {
    String lost = H2Script.frame(H2Script.DATA, 0, 1, "data: lost\n\n");
    Exchange exchange =
        only(
            asked()
                .data(SERVER, 1, false, "data: one\n\ndata: cut")
                .script("<< gap " + lost.length())
                .data(SERVER, 1, true, "rest\n\ndata: two\n\n")
                .parse());
    assertThat(events(exchange)).startsWith("null one complete").endsWith("null two complete");
    assertThat(events(exchange)).noneMatch(event -> event.contains("rest"));
  }
}
