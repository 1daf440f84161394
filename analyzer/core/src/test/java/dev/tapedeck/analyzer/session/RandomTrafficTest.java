// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Well-formed traffic that was made up is found as it was meant, however it is split, doubled and
 * disordered; whatever is lost of it, what comes before stays and nothing is invented. {@code
 * -Dtraffic.seeds} tries more than some.
 */
class RandomTrafficTest {
  private static final long SEEDS = Long.getLong("traffic.seeds", 60);
  private static final long FIRST_SEED = Long.getLong("traffic.first", 1);

  private static Stream<Arguments> kinds() {
    LongFunction<RandomTalk> http1 = seed -> RandomHttp1.talk(seed, false);
    LongFunction<RandomTalk> quoting = seed -> RandomHttp1.talk(seed, true);
    LongFunction<RandomTalk> http2 = RandomHttp2::talk;
    return Stream.of(
        Arguments.of("HTTP/1", http1),
        Arguments.of("HTTP/1 that quotes", quoting),
        Arguments.of("HTTP/2", http2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void analyze_anySplit_findsWhatWasMeant(String kind, LongFunction<RandomTalk> talks) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      RandomTalk talk = talks.apply(seed);
      String whole = render(talk.conversation().events(Chunking.whole()));
      assertTrue(talk, exchanges(talk.conversation().events(Chunking.whole())));
      for (Chunking chunking : List.of(Chunking.oneByte(), Chunking.random(seed))) {
        assertThat(render(talk.conversation().events(chunking)))
            .as("%s, %s", talk.conversation().name(), chunking)
            .isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void analyze_doubledOrDisordered_findsTheSame(String kind, LongFunction<RandomTalk> talks) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      RandomTalk talk = talks.apply(seed);
      SplittableRandom random = new SplittableRandom(seed);
      List<CaptureEvent> events = talk.conversation().events(Chunking.random(seed));
      String expected = render(events);
      assertThat(render(doubled(events, random)))
          .as("%s, doubled", talk.conversation().name())
          .isEqualTo(expected);
      assertThat(withoutPlaces(render(disordered(events, random))))
          .as("%s, disordered", talk.conversation().name())
          .isEqualTo(withoutPlaces(expected));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void analyze_eventsLost_keepsWhatWasBeforeAndInventsNothing(
      String kind, LongFunction<RandomTalk> talks) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      RandomTalk talk = talks.apply(seed);
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = 0; i < 4; i++) {
        Chunking chunking = i == 0 ? Chunking.whole() : Chunking.random(random.nextLong());
        List<CaptureEvent> events = talk.conversation().events(chunking);
        int first = random.nextInt(1, events.size());
        List<CaptureEvent> lossy = lossy(events, first, random);
        String what = talk.conversation().name() + ", " + chunking + ", lost from event " + first;
        List<Exchange> found = exchanges(lossy);
        found.forEach(exchange -> assertNothingInvented(talk, exchange, what));
        assertKept(exchanges(events.subList(0, first)), found, what);
      }
    }
  }

  /** Which of two streams began first is not known any more. */
  private static List<String> withoutPlaces(String rendered) {
    return rendered
        .lines()
        .map(line -> line.substring(line.indexOf(' ')).replace(" pipelined", ""))
        .sorted()
        .toList();
  }

  /** Loses an event, and perhaps others behind it; the close says how much there was. */
  static List<CaptureEvent> lossy(List<CaptureEvent> events, int first, SplittableRandom random) {
    List<CaptureEvent> kept = new ArrayList<>(events.subList(0, first));
    int losing = random.nextInt(1, 4);
    long[] ends = new long[2];
    for (CaptureEvent event : events.subList(first, events.size())) {
      losing = losing == 0 && random.nextInt(20) == 0 ? random.nextInt(1, 9) : losing;
      if (event instanceof StreamEvent && losing > 0) {
        losing--;
      } else if (event instanceof SocketEvent.Close close) {
        events.forEach(each -> note(each, ends));
        StreamEnds both = new StreamEnds(ends[0], ends[1], 0, 0, true);
        kept.add(
            new SocketEvent.Close(close.stamp(), close.connection(), close.descriptor(), both));
      } else {
        kept.add(event);
      }
    }
    return kept;
  }

  private static void note(CaptureEvent event, long[] ends) {
    if (event instanceof StreamEvent.Data data) {
      int side = data.stream().direction() == Direction.EGRESS ? 0 : 1;
      ends[side] = Math.max(ends[side], data.position() + data.originalLength());
    }
  }

  /** Some calls come again, as from MSG_PEEK and SSL_write that is tried again. */
  static List<CaptureEvent> doubled(List<CaptureEvent> events, SplittableRandom random) {
    List<CaptureEvent> all = new ArrayList<>();
    for (CaptureEvent event : events) {
      all.add(event);
      if (event instanceof StreamEvent.Data && random.nextInt(4) == 0) {
        all.add(event);
      }
    }
    return all;
  }

  /** Some calls stand behind later ones, as from another CPU's ring. */
  static List<CaptureEvent> disordered(List<CaptureEvent> events, SplittableRandom random) {
    List<CaptureEvent> all = new ArrayList<>(events);
    for (int i = 2; i < all.size() - 1; i++) {
      if (random.nextInt(3) == 0) {
        CaptureEvent moved = all.remove(i);
        all.add(Math.max(1, i - random.nextInt(4)), moved);
      }
    }
    return all;
  }

  private static void assertTrue(RandomTalk talk, List<Exchange> found) {
    String what = talk.conversation().name();
    assertThat(found).as(what).hasSameSizeAs(talk.truths());
    for (Exchange exchange : found) {
      RandomTalk.Truth truth = truth(talk, exchange, what);
      assertThat(exchange.completeness()).as(what).isEqualTo(Completeness.COMPLETE);
      assertThat(exchange.request().method()).as(what).isEqualTo(truth.method());
      assertThat(content(exchange.request())).as(what).isEqualTo(truth.requestBody());
      assertThat(exchange.interim().stream().map(HttpResponse::status))
          .as(what)
          .isEqualTo(truth.interim());
      assertThat(exchange.response().status()).as(what).isEqualTo(truth.status());
      assertThat(content(exchange.response())).as(what).isEqualTo(truth.responseBody());
      assertThat(exchange.response().trailers().size()).as(what).isEqualTo(truth.trailers());
      assertThat(texts(exchange)).as(what).containsExactlyInAnyOrderElementsOf(truth.messages());
      if (truth.id() % 2 == 0 && !exchange.pipelined()) {
        assertThat(exchange.anomalies()).as(what).allMatch(RandomTrafficTest::isHarmless);
      }
    }
  }

  private static boolean isHarmless(Anomaly anomaly) {
    return switch (anomaly.kind()) {
      case EARLY_RESPONSE, PROTOCOL_SWITCH -> true;
      default -> false;
    };
  }

  private static List<String> texts(Exchange exchange) {
    List<String> texts = new ArrayList<>();
    for (StreamMessage message : exchange.messages()) {
      switch (message.kind()) {
        case TEXT, GRPC -> texts.add(message.payload().toBytes().toLatin1());
        default -> {
          // Pings are not in the truth.
        }
      }
    }
    return texts;
  }

  private static void assertNothingInvented(RandomTalk talk, Exchange exchange, String what) {
    RandomTalk.Truth asked = exchange.request() == null ? null : asked(talk, exchange.request());
    RandomTalk.Truth answered = answered(talk, exchange.response());
    if (exchange.request() != null
        && !exchange.request().target().isEmpty() // What HPACK hides is not known.
        && exchange.request().completeness() == Completeness.COMPLETE) {
      assertThat(asked).as("%s tells %s", what, exchange.request().target()).isNotNull();
      assertThat(content(exchange.request())).as(what).isEqualTo(asked.requestBody());
    }
    if (asked != null && answered != null) {
      assertThat(answered.id()).as("%s: answer of %s", what, asked).isEqualTo(asked.id());
    }
    if (answered != null && exchange.response().completeness() == Completeness.COMPLETE) {
      assertThat(exchange.response().status()).as(what).isEqualTo(answered.status());
      assertThat(content(exchange.response())).as(what).isEqualTo(answered.responseBody());
    }
  }

  /** What was whole before anything was lost, and settled, is so still. */
  private static void assertKept(List<Exchange> before, List<Exchange> found, String what) {
    for (Exchange exchange : before) {
      if (exchange.completeness() != Completeness.COMPLETE
          || exchange.response() == null
          || exchange.response().span().to() == lastPosition(before)) {
        continue;
      }
      assertThat(found.stream().map(RandomTrafficTest::text))
          .as("%s: %s", what, exchange.request().target())
          .contains(text(exchange));
    }
  }

  private static long lastPosition(List<Exchange> exchanges) {
    return exchanges.stream()
        .filter(exchange -> exchange.response() != null)
        .mapToLong(exchange -> exchange.response().span().to())
        .max()
        .orElse(-1);
  }

  private static String text(Exchange exchange) {
    return exchange.request() == null || exchange.response() == null
        ? ""
        : exchange.request().head().toLatin1()
            + exchange.request().target()
            + content(exchange.request())
            + exchange.response().status()
            + content(exchange.response());
  }

  private static RandomTalk.Truth truth(RandomTalk talk, Exchange exchange, String what) {
    RandomTalk.Truth asked = asked(talk, exchange.request());
    assertThat(asked).as(what).isNotNull().isEqualTo(answered(talk, exchange.response()));
    return asked;
  }

  private static RandomTalk.Truth asked(RandomTalk talk, HttpRequest request) {
    String digits = request.target().replaceAll("[?;].*", "").replaceAll("[^0-9]", "");
    boolean known = request.target().matches("(http://shop\\.example)?(/a/b)?/[0-9]+([?/].*)?");
    return known ? talk.truths().get(Integer.parseInt(digits)) : null;
  }

  private static RandomTalk.Truth answered(RandomTalk talk, HttpResponse response) {
    HeaderField id = response == null ? null : response.headers().first("x-id");
    return id == null ? null : talk.truths().get(Integer.parseInt(id.value()));
  }

  private static String content(HttpMessage message) {
    return message.body().content().toBytes().toLatin1();
  }

  private static String render(List<CaptureEvent> events) {
    return Analyses.render(Analyses.analyzeEachEnd(events));
  }

  private static List<Exchange> exchanges(List<CaptureEvent> events) {
    List<Exchange> exchanges = new ArrayList<>();
    for (Session session :
        Analyses.analyze(events, AnalyzerOptions.newBuilder().bothEnds(true).build())) {
      exchanges.addAll(session.exchanges());
    }
    return exchanges;
  }
}
