// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.message.Frames;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketSessionTest {
  private static final String REQUEST =
      Analyses.lines(
              "GET /chat HTTP/1.1",
              "Host: a",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
              "")
          .replace("\n", "\r\n");
  private static final String ANSWER =
      Analyses.lines(
              "HTTP/1.1 101 Switching Protocols",
              "Upgrade: WebSocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",
              "")
          .replace("\n", "\r\n");

  private static String latin1(Frames frames) {
    return new String(frames.bytes(), StandardCharsets.ISO_8859_1);
  }

  private static EventList connection() {
    return new EventList().accept(EventList.socket(1), 5);
  }

  private static EventList in(EventList events, long position, String text) {
    return events.data(EventList.socket(1), Direction.INGRESS, position, text);
  }

  private static EventList out(EventList events, long position, String text) {
    return events.data(EventList.socket(1), Direction.EGRESS, position, text);
  }

  private static Exchange only(EventList events) {
    List<Session> sessions = Analyses.analyzeEachEnd(events.events());
    assertThat(sessions).hasSize(1);
    assertThat(sessions.get(0).exchanges()).hasSize(1);
    return sessions.get(0).exchanges().get(0);
  }

  private static List<String> messages(Exchange exchange) {
    return exchange.messages().stream()
        .map(
            message ->
                (message.sender() == Role.CLIENT ? "> " : "< ")
                    + (message.kind() == null ? "?" : message.kind().jsonName())
                    + " "
                    + message.payload().toBytes().toUtf8())
        .collect(Collectors.toList());
  }

  @Test
  void framesBehindTheAnswersHead_belongToTheExchange() {
    String first = latin1(Frames.server().text("welcome").deflated("packed", 1));
    String second = latin1(Frames.client().text("hello").close(1000, ""));
    EventList events = in(connection(), 0, REQUEST);
    out(events, 0, ANSWER + first);
    in(events, REQUEST.length(), second);
    out(events, ANSWER.length() + first.length(), latin1(Frames.server().close(1000, "")));
    events.close(EventList.socket(1), 5);
    Exchange exchange = only(events);
    assertThat(messages(exchange))
        .containsExactly("< text welcome", "< text packed", "> text hello", "> close ", "< close ");
    assertThat(exchange.response().status()).isEqualTo(101);
    assertThat(exchange.completeness()).isEqualTo(Completeness.COMPLETE);
    StreamMessage welcome = exchange.messages().get(0);
    assertThat(welcome.span().from()).isEqualTo(ANSWER.length());
    assertThat(exchange.endedEpochNanos())
        .isEqualTo(exchange.messages().get(4).span().lastEpochNanos());
  }

  @Test
  void framesRecordedBeforeTheAnswer_waitForIt() {
    EventList events = in(connection(), 0, REQUEST + latin1(Frames.client().text("eager")));
    out(events, 0, ANSWER + latin1(Frames.server().text("hi")));
    assertThat(messages(only(events))).containsExactlyInAnyOrder("> text eager", "< text hi");
  }

  @Test
  void refusedUpgrade_staysHttp() {
    String refused = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno";
    EventList events = in(connection(), 0, REQUEST);
    out(events, 0, refused);
    in(events, REQUEST.length(), "GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
    out(events, refused.length(), "HTTP/1.1 204 No Content\r\n\r\n");
    List<Session> sessions = Analyses.analyzeEachEnd(events.events());
    assertThat(sessions.get(0).exchanges()).hasSize(2);
    assertThat(sessions.get(0).exchanges().get(0).messages()).isEmpty();
  }

  @Test
  void lostBytesInAFrame_exchangeSaysSo() {
    String frames = latin1(Frames.server().text("0123456789"));
    EventList events = in(connection(), 0, REQUEST);
    out(events, 0, ANSWER + frames.substring(0, 4));
    out(events, ANSWER.length() + 8, frames.substring(8) + latin1(Frames.server().text("next")));
    Exchange exchange = only(events);
    assertThat(messages(exchange)).containsExactly("< text 016789", "< text next");
    assertThat(exchange.completeness()).isEqualTo(Completeness.GAP);
  }

  private static EventList joined(Role role) {
    return new EventList().existing(EventList.socket(1), 5, role);
  }

  private static void assertJoined(Exchange exchange) {
    assertThat(exchange.request()).isNull();
    assertThat(exchange.response()).isNull();
    assertThat(exchange.completeness()).isEqualTo(Completeness.TRUNCATED_START);
    assertThat(exchange.anomalies())
        .contains(new Anomaly(AnomalyKind.WEBSOCKET, "handshake not captured"));
    assertThat(exchange.connection().role()).isEqualTo(Role.SERVER);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void joinedBehindTheHandshake_messagesAreShownWithoutHeads(boolean roleKnown) {
    String asked = latin1(Frames.client().text("what is the time?").text("and where am I?"));
    String told = latin1(Frames.server().text("it is late").text("at home"));
    EventList events = joined(roleKnown ? Role.SERVER : null);
    out(events, 500, told);
    in(events, 1000, asked);
    Exchange exchange = only(events);
    assertJoined(exchange);
    assertThat(messages(exchange)).contains("> text what is the time?", "> text and where am I?");
    assertThat(exchange.messages().get(exchange.messages().size() - 1).span().from())
        .isGreaterThan(1000);
  }

  @Test
  void joinedInAFrame_anySplit_sameMessages() {
    Frames client = Frames.client();
    Frames server = Frames.server();
    for (int i = 0; i < 12; i++) {
      client.text("question number " + i);
      server.text("answer number " + i);
    }
    String asked = latin1(client).substring(9);
    String told = latin1(server).substring(3);
    List<String> whole = joinedMessages(asked, told, asked.length());
    assertThat(whole).contains("> text question number 11", "< text answer number 11");
    for (int size : new int[] {1, 2, 7, 64}) {
      assertThat(joinedMessages(asked, told, size)).as("size %d", size).isEqualTo(whole);
    }
  }

  private static List<String> joinedMessages(String asked, String told, int size) {
    EventList events = joined(Role.SERVER);
    for (int at = 0; at < asked.length(); at += size) {
      in(events, at, asked.substring(at, Math.min(asked.length(), at + size)));
    }
    for (int at = 0; at < told.length(); at += size) {
      out(events, at, told.substring(at, Math.min(told.length(), at + size)));
    }
    Exchange exchange = only(events);
    assertJoined(exchange);
    return messages(exchange);
  }

  @Test
  void joinedInALongBody_thatQuotesFrames_isNoWebSocket() {
    String quoted = latin1(Frames.server().text("one").text("two").binary(new byte[300]));
    EventList events = joined(Role.SERVER);
    out(events, 0, quoted.repeat(20));
    in(events, 0, "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    Exchange exchange = only(events);
    assertThat(exchange.request().target()).isEqualTo("/next");
    assertThat(exchange.messages()).isEmpty();
  }

  @Test
  void joinedBeforeTheHandshake_belongsToItsAnswer() {
    EventList events = joined(Role.SERVER);
    in(events, 70, REQUEST);
    out(events, 90, ANSWER + latin1(Frames.server().text("welcome")));
    in(events, 70 + REQUEST.length(), latin1(Frames.client().text("hello, is anybody there?")));
    Exchange exchange = only(events);
    assertThat(exchange.response().status()).isEqualTo(101);
    assertThat(messages(exchange))
        .containsExactly("< text welcome", "> text hello, is anybody there?");
  }
}
