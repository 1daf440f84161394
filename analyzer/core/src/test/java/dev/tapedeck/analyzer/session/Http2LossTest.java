// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whatever is lost of an HTTP/2 connection, and wherever the recording begins: no request gets
 * another's answer, no field that is claimed is wrong, no complete body has a wrong byte.
 */
class Http2LossTest {
  private static final int EXCHANGES = 41;
  private static final int SEEDS = 60;
  private static final int OPEN = 4;

  private static String body(int number) {
    return ("<" + number + ">").repeat(1 + number * 13 % 90);
  }

  private static String shared(int number) {
    return "shared-" + number % 5;
  }

  /** Streams in turns, fields that come again, bodies over several frames. */
  private static List<CaptureEvent> conversation(SplittableRandom random, Chunking chunking) {
    H2Script script = new H2Script().start();
    ArrayDeque<Runnable> steps = new ArrayDeque<>();
    int begun = 0;
    while (begun < EXCHANGES || !steps.isEmpty()) {
      if (begun < EXCHANGES && (steps.size() < OPEN || random.nextInt(3) == 0)) {
        int number = begun++;
        int id = 2 * number + 1;
        boolean post = random.nextInt(3) == 0;
        script.headers(
            true,
            id,
            !post,
            H2Script.request(
                post ? "POST" : "GET",
                "/" + number,
                "x-shared " + shared(number),
                "x-id !" + number));
        if (post) {
          script.data(true, id, true, body(number));
        }
        steps.add(
            () ->
                script.headers(
                    false,
                    id,
                    false,
                    ":status " + (200 + number % 3),
                    "x-shared " + shared(number),
                    "x-id !" + number));
        String body = body(number);
        int half = body.length() / 2;
        steps.add(() -> script.data(false, id, false, body.substring(0, half)));
        steps.add(() -> script.data(false, id, true, body.substring(half)));
      } else {
        steps.removeFirst().run();
      }
    }
    return script.parse().withChunking(chunking).events();
  }

  private static List<CaptureEvent> lose(List<CaptureEvent> events, SplittableRandom random) {
    int every = random.nextInt(5, 80);
    int longest = random.nextInt(1, 10);
    List<CaptureEvent> kept = new ArrayList<>();
    int losing = 0;
    for (CaptureEvent event : events) {
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

  @Test
  void analyze_eventsLostAtRandom_claimsNothingWrong() {
    int whole = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Chunking chunking = seed % 3 == 0 ? Chunking.whole() : Chunking.random(seed);
      List<CaptureEvent> events = lose(conversation(random, chunking), random);
      whole += check(Analyses.analyzeEachEnd(events), "seed=" + seed);
    }
    assertThat(whole).as("exchanges are still found").isGreaterThan(SEEDS * 3);
  }

  @Test
  void analyze_joinedAtRandom_claimsNothingWrong() {
    int whole = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Chunking chunking = seed % 3 == 0 ? Chunking.random(seed) : Chunking.whole();
      List<CaptureEvent> events = join(conversation(random, chunking), random.nextInt(2, 150));
      whole += check(Analyses.analyzeEachEnd(events), "seed=" + seed);
    }
    assertThat(whole).as("exchanges are still found").isGreaterThan(SEEDS * 3);
  }

  /** Leaves out what moved before the recording began; positions count from there. */
  private static List<CaptureEvent> join(List<CaptureEvent> events, int from) {
    List<CaptureEvent> joined = new ArrayList<>();
    long[] begins = {-1, -1};
    for (int i = 0; i < events.size(); i++) {
      CaptureEvent event = events.get(i);
      if (event instanceof SocketEvent.Accept accept) {
        joined.add(
            new SocketEvent.Existing(
                accept.stamp(),
                accept.connection(),
                accept.descriptor(),
                accept.flow(),
                Role.SERVER));
      } else if (!(event instanceof StreamEvent)) {
        joined.add(event);
      } else if (i >= from && event instanceof StreamEvent.Data data) {
        int side = data.stream().direction() == Direction.EGRESS ? 0 : 1;
        begins[side] = begins[side] < 0 ? data.position() : begins[side];
        joined.add(
            new StreamEvent.Data(
                data.stamp(),
                data.stream(),
                data.position() - begins[side],
                data.originalLength(),
                data.capturedLength(),
                data.payload(),
                data.call()));
      }
    }
    return joined;
  }

  private static int check(List<Session> sessions, String seed) {
    int whole = 0;
    for (Session session : sessions) {
      for (Exchange exchange : session.exchanges()) {
        check(exchange, seed + " " + exchange.id());
        whole += isTold(exchange) ? 1 : 0;
      }
    }
    return whole;
  }

  /** What a recording that began late may leave open is fields that refer to what was before. */
  private static boolean isTold(Exchange exchange) {
    return exchange.request() != null
        && exchange.request().target().length() > 1
        && exchange.response() != null
        && exchange.response().completeness() != Completeness.GAP
        && exchange.response().body().wire().length() == body(number(exchange)).length();
  }

  private static int number(Exchange exchange) {
    return (Objects.requireNonNull(exchange.streamId()) - 1) / 2;
  }

  private static void check(Exchange exchange, String what) {
    int number = number(exchange);
    assertThat(number).as(what).isBetween(0, EXCHANGES - 1);
    if (exchange.request() != null) {
      String target = exchange.request().target();
      assertThat(target).as(what).isIn("", "/" + number);
      check(exchange.request(), number, what);
    }
    if (exchange.response() != null) {
      assertThat(exchange.response().status()).as(what).isIn(0, 200 + number % 3);
      check(exchange.response(), number, what);
    }
  }

  private static void check(HttpMessage message, int number, String what) {
    String text = message.body().content().toBytes().toLatin1();
    if (message.completeness() == Completeness.COMPLETE) {
      assertThat(text).as(what).isIn("", body(number));
    }
    assertThat(text.length()).as(what).isLessThanOrEqualTo(body(number).length());
    for (HeaderField field : message.headers().toList()) {
      String expected =
          switch (field.name()) {
            case "x-id" -> Integer.toString(number);
            case "x-shared" -> shared(number);
            default -> "";
          };
      assertThat(field.value()).as(what + " " + field.name()).isIn("", expected);
      assertThat(field.name()).as(what).isIn("", "x-id", "x-shared");
    }
  }
}
