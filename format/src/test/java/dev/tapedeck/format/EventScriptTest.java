// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventScriptTest {
  private static List<StreamEvent.Data> data(EventScript script) {
    return script.events().stream()
        .filter(StreamEvent.Data.class::isInstance)
        .map(StreamEvent.Data.class::cast)
        .toList();
  }

  private static String text(StreamEvent.Data data) {
    return data.payload().toLatin1();
  }

  @Test
  void parse_withoutConnectionLine_isAPlainServer() {
    EventScript script = EventScript.parse(">> GET\n<< OK");

    assertThat(script.events().get(0)).isInstanceOf(ClockEvent.class);
    assertThat(script.events().get(1)).isInstanceOf(ProcessEvent.Exec.class);
    assertThat(script.events().get(2))
        .isInstanceOfSatisfying(
            SocketEvent.Accept.class,
            accept -> assertThat(accept.flow()).isEqualTo(TestObjects.SERVER_FLOW));
    assertThat(data(script))
        .extracting(event -> event.stream().direction())
        .containsExactly(Direction.INGRESS, Direction.EGRESS);
    assertThat(data(script)).extracting(EventScriptTest::text).containsExactly("GET", "OK");
  }

  @Test
  void parse_escapes_areBytes() {
    EventScript script = EventScript.parse(">> a\\r\\n\\t\\0\\x80\\\\ é # no comment");
    assertThat(text(data(script).get(0))).isEqualTo("a\r\n\t\0\u0080\\ \u00c3\u00a9 # no comment");
    assertThatThrownBy(() -> EventScript.parse(">> \\q"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void parse_gapsLossesAndCuts_movePositions() {
    EventScript script =
        EventScript.parse(
            """
            >> 0123
            >> gap 4
            >> lost 2
            >> cut 3 abcdef
            >> at 8 late
            >> end
            loss READ_FAULT -1 7
            """);
    assertThat(data(script))
        .extracting(StreamEvent.Data::position)
        .containsExactly(0L, 10L, 8L, 16L);
    assertThat(data(script).get(1))
        .satisfies(
            cut -> {
              assertThat(cut.originalLength()).isEqualTo(6);
              assertThat(text(cut)).isEqualTo("abc");
            });
    assertThat(script.events())
        .filteredOn(LossEvent.class::isInstance)
        .extracting(event -> ((LossEvent) event).lostBytes())
        .containsExactly(2L, 7L);
  }

  @Test
  void parse_severalConnections_areNamed() {
    EventScript script =
        EventScript.parse(
            """
            # two connections
            a: @ tls client 10.0.0.1:40000 -> 10.0.0.2:443   # the first
            b: @ plain server [::1]:80 <- [::2]:40001 fd 9
            a >> one
            b >> two
            >> three
            + 5s
            close a
            close b
            """);
    assertThat(data(script))
        .extracting(event -> event.stream().owner() instanceof TlsSessionId)
        .containsExactly(true, false, false);
    assertThat(data(script).get(0).stream().direction()).isEqualTo(Direction.EGRESS);
    assertThat(data(script).get(2).position()).isEqualTo(3);
    assertThat(script.events())
        .filteredOn(SocketEvent.Accept.class::isInstance)
        .singleElement()
        .satisfies(
            event -> {
              SocketEvent.Accept accept = (SocketEvent.Accept) event;
              assertThat(accept.descriptor().fd()).isEqualTo(9);
              assertThat(accept.flow().local()).isEqualTo(new Endpoint("::1", 80));
            });
    List<CaptureEvent> events = script.events();
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            SocketEvent.Close.class,
            close -> assertThat(close.end()).isEqualTo(new StreamEnds(0, 8, 0, 0, true)));
    assertThat(events.get(events.size() - 1).stamp().exitNanos())
        .isGreaterThan(TestObjects.START_NANOS + 5_000_000_000L);
  }

  @Test
  void parse_nonsense_namesTheLine() {
    assertThatThrownBy(() -> EventScript.parse("nonsense"))
        .hasMessage("no line of a script: nonsense");
    assertThatThrownBy(() -> EventScript.parse("x >> a"))
        .hasMessage("no connection named x is open");
  }

  @ParameterizedTest
  @MethodSource("dev.tapedeck.format.Chunking#usual")
  void withChunking_anyChunking_keepsBytesAndTimes(Chunking chunking) {
    EventScript whole = EventScript.parse(">> 0123456789abcdefghij\n<< gap 3\n<< xyz");
    EventScript split = whole.withChunking(chunking);

    StringBuilder requests = new StringBuilder();
    for (StreamEvent.Data part : data(split)) {
      if (part.stream().direction() == Direction.INGRESS) {
        assertThat(part.position()).as(chunking.toString()).isEqualTo(requests.length());
        requests.append(text(part));
      }
      assertThat(part.payload().isEmpty()).isFalse();
    }
    assertThat(requests).hasToString("0123456789abcdefghij");
    List<CaptureEvent> last = split.events();
    assertThat(last.get(last.size() - 1).stamp().exitNanos())
        .isEqualTo(whole.events().get(whole.events().size() - 1).stamp().exitNanos());
  }

  @Test
  void everySplitPoint_splitsEachOnce() {
    EventScript script = EventScript.parse(">> abcd\n<< ef");
    assertThat(Chunking.everySplitPoint(script)).hasSize(3);
    assertThat(data(script.withChunking(Chunking.splitAt(3))))
        .extracting(EventScriptTest::text)
        .containsExactly("abc", "d", "ef");
    assertThat(data(script.withChunking(Chunking.oneByte()))).hasSize(6);
  }
}
