// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Chunking;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What must hold for any stream, here for those of the corpora and for such as were made of them:
 * splits change nothing, a gap changes nothing before it, nothing is invented. That every byte is
 * accounted for is checked by {@link Analyses} each time.
 */
class Http1MetamorphicTest {
  private static final int MUTANTS = 3;
  private static final int GAPS = 6;

  private static List<Conversation> streams() throws IOException {
    List<Conversation> streams = new ArrayList<>(Conversation.libhtpScripts());
    try (Stream<Path> files = Files.walk(Conversation.corpus("llhttp/test"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        for (LlhttpCase each : LlhttpCase.parse(file.getFileName().toString(), text)) {
          Conversation.Turn request =
              new Conversation.Turn(true, each.isRequest() ? each.input() : "GET / HTTP/1.1\n\n");
          Conversation.Turn answer =
              new Conversation.Turn(
                  false, each.isRequest() ? "HTTP/1.1 204 No\r\n\r\n" : each.input());
          streams.add(new Conversation(each.name(), List.of(request, answer)));
        }
      }
    }
    SplittableRandom random = new SplittableRandom(7);
    List<Conversation> all = new ArrayList<>(streams);
    for (Conversation stream : streams) {
      for (int i = 0; i < MUTANTS; i++) {
        all.add(mutant(stream, i, random));
      }
    }
    return all;
  }

  /** Removes, doubles or replaces some bytes. */
  private static Conversation mutant(Conversation stream, int number, SplittableRandom random) {
    List<Conversation.Turn> turns = new ArrayList<>();
    for (Conversation.Turn turn : stream.turns()) {
      StringBuilder text = new StringBuilder(turn.text());
      for (int i = random.nextInt(4); i > 0 && text.length() > 0; i--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, "\r\n");
          case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + 9)));
          default -> text.setCharAt(at, "\r\n\0 :;0HG".charAt(random.nextInt(9)));
        }
      }
      turns.add(new Conversation.Turn(turn.request(), text.toString()));
    }
    return new Conversation(stream.name() + " mutant " + number, turns);
  }

  @Test
  void analyze_anySplit_givesTheSame() throws IOException {
    for (Conversation stream : streams()) {
      String whole = render(stream.events(Chunking.whole()));
      for (Chunking chunking :
          List.of(Chunking.oneByte(), Chunking.random(1), Chunking.random(2))) {
        assertThat(render(stream.events(chunking)))
            .as("%s, %s", stream.name(), chunking)
            .isEqualTo(whole);
      }
    }
  }

  private static String render(List<CaptureEvent> events) {
    return Analyses.render(Analyses.analyzeEachEnd(events));
  }

  @Test
  void analyze_gap_changesNothingBeforeItAndInventsNothing() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    for (Conversation stream : streams()) {
      for (int i = 0; i < GAPS; i++) {
        int turn = random.nextInt(stream.turns().size());
        int length = stream.turns().get(turn).text().length();
        if (length > 0) {
          int from = random.nextInt(length);
          int to = from + 1 + random.nextInt(length - from);
          check(stream, turn, from, to);
        }
      }
    }
  }

  private static void check(Conversation stream, int turn, int from, int to) {
    String what = stream.name() + ", gap in turn " + turn + " [" + from + ", " + to + ")";
    List<Exchange> lossy = exchanges(stream.events(Chunking.whole(), turn, from, to));
    List<Conversation.Turn> before = new ArrayList<>(stream.turns().subList(0, turn));
    Conversation.Turn cut = stream.turns().get(turn);
    before.add(new Conversation.Turn(cut.request(), cut.text().substring(0, from)));
    Conversation intact = new Conversation(stream.name(), before);
    int index = 0;
    for (Exchange exchange : exchanges(intact.events(Chunking.whole()))) {
      if (!isSettled(exchange)) {
        break;
      }
      assertThat(lossy).as(what).hasSizeGreaterThan(index);
      assertThat(text(lossy.get(index))).as(what).isEqualTo(text(exchange));
      index++;
    }
    for (Exchange exchange : lossy) {
      assertTrue(exchange.request(), stream, true, what);
      assertTrue(exchange.response(), stream, false, what);
    }
  }

  /** Whole, and ended by its own framing rather than by the end of what was captured. */
  private static boolean isSettled(Exchange exchange) {
    return exchange.completeness() == Completeness.COMPLETE
        && exchange.request() != null
        && exchange.response() != null
        && exchange.response().body().framing() != Body.Framing.CLOSE
        && exchange.response().anomalies().isEmpty()
        && exchange.request().anomalies().isEmpty();
  }

  private static List<Exchange> exchanges(List<CaptureEvent> events) {
    List<Exchange> exchanges = new ArrayList<>();
    for (Session session : Analyses.analyzeEachEnd(events)) {
      exchanges.addAll(session.exchanges());
    }
    return exchanges;
  }

  private static String text(Exchange exchange) {
    return exchange.request().head().toLatin1()
        + exchange.request().body().framed().toBytes().toLatin1()
        + exchange.response().head().toLatin1()
        + exchange.response().body().framed().toBytes().toLatin1();
  }

  /** A whole message is what was sent at its place. */
  private static void assertTrue(
      HttpMessage message, Conversation stream, boolean request, String what) {
    if (message != null && message.completeness() == Completeness.COMPLETE) {
      StringBuilder sent = new StringBuilder();
      for (Conversation.Turn turn : stream.turns()) {
        sent.append(turn.request() == request ? turn.text() : "");
      }
      String text = message.head().toLatin1() + message.body().framed().toBytes().toLatin1();
      assertThat(sent.substring((int) message.span().from())).as(what).startsWith(text);
    }
  }
}
