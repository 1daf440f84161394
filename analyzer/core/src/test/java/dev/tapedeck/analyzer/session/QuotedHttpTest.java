// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.Direction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies that quote HTTP, next to lost bytes: whatever is lost, and wherever, no quoted message is
 * told as one that was sent, and no message gets another's answer.
 */
class QuotedHttpTest {
  private static final int FD = 5;
  private static final int[] LENGTHS = {1, 3, 8, 21, 40, 89, 233};

  static List<Conversation> conversations() {
    return QuotedHttp.conversations();
  }

  private int told;
  private int due;
  private final List<String> wrong = new ArrayList<>();

  @ParameterizedTest
  @MethodSource("conversations")
  void analyze_anyGap_tellsNothingThatWasNotSent(Conversation conversation) {
    Map<String, Integer> truth = truth(conversation);
    for (boolean request : new boolean[] {true, false}) {
      String sent = QuotedHttp.sent(conversation, request);
      for (int from = 0; from < sent.length(); from++) {
        for (int to : ends(sent, from)) {
          check(conversation, truth, request, from, to);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(told * 100L / due)
        .as("of 100 exchanges that were not hit")
        .isGreaterThanOrEqualTo(QuotedHttp.floorPercent(conversation));
  }

  /** Some lengths, and every end where a message begins, sent or quoted. */
  private static Set<Integer> ends(String sent, int from) {
    Set<Integer> ends = new TreeSet<>();
    for (int length : LENGTHS) {
      ends.add(Math.min(sent.length(), from + length));
    }
    for (int start : QuotedHttp.starts(sent)) {
      if (start > from) {
        ends.add(start);
      }
    }
    return ends;
  }

  /** Where each message begins, and which exchange it is of. */
  private static Map<String, Integer> truth(Conversation conversation) {
    Map<String, Integer> truth = new HashMap<>();
    int index = 0;
    for (Exchange exchange : exchanges(events(conversation, true, 0, 0))) {
      assertThat(exchange.completeness()).isEqualTo(Completeness.COMPLETE);
      truth.put(">" + exchange.request().span().from(), index);
      exchange.interim().forEach(early -> truth.put("<" + early.span().from(), -1));
      truth.put("<" + exchange.response().span().from(), index);
      index++;
    }
    assertThat(index).isEqualTo(QuotedHttp.exchanges(conversation));
    return truth;
  }

  private void check(
      Conversation conversation, Map<String, Integer> truth, boolean request, int from, int to) {
    String what = conversation.name() + (request ? " >> " : " << ") + "[" + from + ", " + to + ")";
    List<Exchange> all = exchanges(events(conversation, request, from, to));
    for (Exchange exchange : all) {
      Integer asked = indexOf(truth, ">", exchange.request(), conversation, true, what);
      Integer answered = indexOf(truth, "<", exchange.response(), conversation, false, what);
      if (asked != null && answered != null && !asked.equals(answered)) {
        wrong.add(what + " pairs " + asked + " with " + answered);
      }
      if (exchange.completeness() == Completeness.COMPLETE) {
        told++;
      }
    }
    due += QuotedHttp.exchanges(conversation) - 1;
  }

  private Integer indexOf(
      Map<String, Integer> truth,
      String side,
      HttpMessage message,
      Conversation conversation,
      boolean request,
      String what) {
    if (message == null) {
      return null;
    }
    Integer index = truth.get(side + message.span().from());
    if (index == null) {
      wrong.add(what + " tells " + message.head().toLatin1().replace("\r\n", "~"));
      return null;
    }
    String text = message.head().toLatin1() + message.body().framed().toBytes().toLatin1();
    String sent = QuotedHttp.sent(conversation, request).substring((int) message.span().from());
    if (message.completeness() == Completeness.COMPLETE && !sent.startsWith(text)) {
      wrong.add(what + " tells as complete " + text.replace("\r\n", "~"));
    }
    return index;
  }

  private static List<Exchange> exchanges(List<CaptureEvent> events) {
    List<Exchange> exchanges = new ArrayList<>();
    for (Session session :
        Analyses.analyze(events, AnalyzerOptions.newBuilder().bothEnds(true).build())) {
      exchanges.addAll(session.exchanges());
    }
    return exchanges;
  }

  private static List<CaptureEvent> events(
      Conversation conversation, boolean lossy, int from, int to) {
    EventList events = new EventList().accept(EventList.socket(1), FD);
    int[] positions = new int[2];
    for (Conversation.Turn turn : conversation.turns()) {
      int side = turn.request() ? 0 : 1;
      Direction direction = turn.request() ? Direction.INGRESS : Direction.EGRESS;
      int at = positions[side];
      positions[side] += turn.text().length();
      boolean cut = turn.request() == lossy;
      int gapFrom = cut ? Math.max(at, Math.min(positions[side], from)) : positions[side];
      int gapTo = cut ? Math.max(at, Math.min(positions[side], to)) : positions[side];
      add(events, direction, at, turn.text().substring(0, gapFrom - at));
      add(events, direction, gapTo, turn.text().substring(gapTo - at));
    }
    return events.close(EventList.socket(1), FD).events();
  }

  private static void add(EventList events, Direction direction, int position, String text) {
    int at = position;
    for (Bytes part : Chunking.whole().split(Bytes.latin1(text))) {
      if (!part.isEmpty()) {
        events.data(EventList.socket(1), direction, at, part.toLatin1());
        at += part.length();
      }
    }
  }
}
