// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Direction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventStreamSessionTest {
  private static final String REQUEST = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream;charset=utf-8\r\n";
  private static final String STREAM =
      String.join(
          "",
          "\ufeff: a comment\nretry: 1500\n\ndata: one\n\n",
          "event: tick\r\nid: 7\r\ndata:two\r\ndata:  caf\u00e9\r\n\r\n",
          "data\rdata\r\rid: alone\n\nother: x\n\n: only\n\ndata: cut off");

  private static EventList start() {
    return new EventList()
        .accept(EventList.socket(1), 5)
        .data(EventList.socket(1), Direction.INGRESS, 0, REQUEST);
  }

  private static Exchange analyze(EventList events) {
    List<Session> sessions = Analyses.analyzeEachEnd(events.events());
    assertThat(sessions.get(0).exchanges()).hasSize(1);
    return sessions.get(0).exchanges().get(0);
  }

  private static List<String> render(Exchange exchange) {
    List<String> lines = new ArrayList<>();
    for (StreamMessage event : exchange.messages()) {
      assertThat(event.kind()).isEqualTo(StreamMessage.Kind.EVENT);
      lines.add(
          event.eventName()
              + "/"
              + event.eventId()
              + "/"
              + event.retryMillis()
              + " '"
              + event.payload().toBytes().toUtf8().replace("\n", "\\n")
              + "' "
              + event.completeness().jsonName());
    }
    return lines;
  }

  private static String latin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  @Test
  void events_everyLineEndAndField_areMessagesWhateverTheSplit() {
    String stream = latin1(STREAM);
    List<String> expected =
        List.of(
            "null/null/1500 '' complete",
            "null/null/null 'one' complete",
            "tick/7/null 'two\\n caf\u00e9' complete",
            "null/null/null '\\n' complete",
            "null/alone/null '' complete",
            "null/null/null 'cut off' truncated_end");
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      StringBuilder body = new StringBuilder(HEAD + "Transfer-Encoding: chunked\r\n\r\n");
      for (int at = 0; at < stream.length(); ) {
        int end = Math.min(stream.length(), at + 1 + random.nextInt(seed == 0 ? 999 : 12));
        body.append(chunk(stream.substring(at, end)));
        at = end;
      }
      body.append("0\r\n\r\n");
      EventList events = start();
      for (int at = 0; at < body.length(); ) {
        int end = Math.min(body.length(), at + 1 + random.nextInt(seed == 1 ? 1 : 50));
        events.data(EventList.socket(1), Direction.EGRESS, at, body.substring(at, end));
        at = end;
      }
      assertThat(render(analyze(events))).as("seed %d", seed).isEqualTo(expected);
    }
  }

  @Test
  void events_eachHasItsTimeAndPlace() {
    String head = HEAD + "\r\n";
    EventList events = start();
    long at = 0;
    for (String part : List.of(head, "data: a\n\nda", "ta: b\n\n", "data: c\n\n")) {
      events.data(EventList.socket(1), Direction.EGRESS, at, part);
      at += part.length();
    }
    events.close(EventList.socket(1), 5);
    Exchange exchange = analyze(events);
    List<StreamMessage> messages = exchange.messages();
    assertThat(messages).hasSize(3);
    long first = messages.get(0).span().firstEpochNanos();
    assertThat(messages.get(0).span().lastEpochNanos()).isEqualTo(first);
    assertThat(messages.get(1).span().firstEpochNanos()).isEqualTo(first);
    assertThat(messages.get(1).span().lastEpochNanos()).isEqualTo(first + 1_000_000);
    assertThat(messages.get(2).span().firstEpochNanos()).isEqualTo(first + 2_000_000);
    assertThat(messages.get(2).span().from()).isEqualTo(18);
    assertThat(messages.get(2).span().to()).isEqualTo(27);
  }

  @Test
  void events_lostBytes_costTheEventsTheyAreIn() {
    String head = HEAD + "\r\n";
    String stream = "data: first\n\ndata: second\ndata: more\n\ndata: third\n\ndata: fourth\n\n";
    int from = head.length() + stream.indexOf("more");
    int to = head.length() + stream.indexOf("rd\n\n");
    String all = head + stream;
    EventList events = start();
    events.data(EventList.socket(1), Direction.EGRESS, 0, all.substring(0, from));
    events.data(EventList.socket(1), Direction.EGRESS, to, all.substring(to));
    events.close(EventList.socket(1), 5);
    assertThat(render(analyze(events)))
        .containsExactly(
            "null/null/null 'first' complete",
            "null/null/null 'second' gap",
            "null/null/null 'fourth' complete");
  }
}
