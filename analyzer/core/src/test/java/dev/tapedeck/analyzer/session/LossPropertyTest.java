// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.StreamEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is lost: no request gets another's answer, no complete message has a wrong byte, and
 * nothing appears that was not sent.
 */
class LossPropertyTest {
  private static final int EXCHANGES = 37;
  private static final int SEEDS = 200;

  private static String body(int number) {
    return ("<" + number + ">").repeat(1 + number * 7 % 50);
  }

  private static String script(int pipelined, SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int first = 0; first < EXCHANGES; first += pipelined) {
      int end = Math.min(EXCHANGES, first + pipelined);
      for (int i = first; i < end; i++) {
        String method = random.nextInt(3) == 0 ? "POST" : "GET";
        String body = method.equals("POST") ? body(i) : "";
        text.append(">> ").append(method).append(" /").append(i).append(" HTTP/1.1\\r\\n");
        text.append("host: x\\r\\ncontent-length: ").append(body.length()).append("\\r\\n\\r\\n");
        text.append(body).append('\n');
      }
      for (int i = first; i < end; i++) {
        text.append("<< HTTP/1.1 200 OK\\r\\nx-id: ").append(i).append("\\r\\n");
        String body = body(i);
        if (random.nextBoolean()) {
          text.append("content-length: ").append(body.length()).append("\\r\\n\\r\\n").append(body);
        } else {
          text.append("transfer-encoding: chunked\\r\\n\\r\\n");
          text.append(Integer.toHexString(body.length())).append("\\r\\n").append(body);
          text.append("\\r\\n0\\r\\n\\r\\n");
        }
        text.append('\n');
      }
    }
    return text.append("close\n").toString();
  }

  /** Pipelining is only reckoned with once it was seen, so the first requests and answers stay. */
  private static int firstGroup(List<CaptureEvent> events) {
    boolean answered = false;
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i) instanceof StreamEvent stream) {
        boolean answer = stream.stream().direction() == Direction.EGRESS;
        if (answered && !answer) {
          return i;
        }
        answered = answer;
      }
    }
    return events.size();
  }

  /** Loses runs of data events, as a full ring or a damaged block does. */
  private static List<CaptureEvent> lose(List<CaptureEvent> events, SplittableRandom random) {
    int every = random.nextInt(5, 80);
    int longest = random.nextInt(1, 30);
    List<CaptureEvent> kept = new ArrayList<>();
    int losing = 0;
    int whole = firstGroup(events);
    for (CaptureEvent event : events) {
      if (kept.size() < whole) {
        kept.add(event);
        continue;
      }
      if (losing == 0 && random.nextInt(every) == 0) {
        losing = random.nextInt(1, longest + 1);
      }
      if (losing > 0 && event instanceof StreamEvent) {
        losing--;
      } else {
        kept.add(event);
      }
    }
    return kept;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void analyze_eventsLostAtRandom_pairsNothingWrongly(int pipelined) {
    int whole = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      EventScript script = EventScript.parse(script(pipelined, random));
      Chunking chunking = seed % 3 == 0 ? Chunking.whole() : Chunking.random(seed);
      List<CaptureEvent> events = lose(script.withChunking(chunking).events(), random);
      for (Session session : Analyses.analyzeEachEnd(events)) {
        for (Exchange exchange : session.exchanges()) {
          check(exchange, "pipelined=" + pipelined + " seed=" + seed + " " + exchange.id());
          whole += exchange.completeness() == Completeness.COMPLETE ? 1 : 0;
        }
      }
    }
    assertThat(whole).as("complete exchanges are still found").isGreaterThan(SEEDS * 3);
  }

  private static void check(Exchange exchange, String what) {
    Integer number = null;
    if (exchange.request() != null) {
      number = Integer.valueOf(exchange.request().target().substring(1));
      assertThat(number).as(what).isBetween(0, EXCHANGES - 1);
      if (exchange.request().completeness() == Completeness.COMPLETE) {
        String body = exchange.request().body().content().toBytes().toLatin1();
        assertThat(body).as(what).isIn("", body(number));
      }
    }
    if (exchange.response() != null) {
      HeaderField id = exchange.response().headers().first("x-id");
      if (id != null && exchange.response().completeness() == Completeness.COMPLETE) {
        Integer answered = Integer.valueOf(id.value());
        if (number != null) {
          assertThat(answered).as(what).isEqualTo(number);
        }
        assertThat(exchange.response().body().content().toBytes().toLatin1())
            .as(what)
            .isEqualTo(body(answered));
      }
    }
  }
}
