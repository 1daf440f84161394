// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found, and in which order, does not depend on the number of threads. */
class ThreadsTest {
  private static final int CONNECTIONS = 40;
  private static final int LINES = 12_000;
  private static List<CaptureEvent> events = List.of();

  @BeforeAll
  static void traffic() {
    events = EventScript.parse(script(new SplittableRandom(11))).events();
  }

  /** Connections side by side, some recorded at both ends, with losses and ends here and there. */
  private static String script(SplittableRandom random) {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < CONNECTIONS; i++) {
      String ends = "10.0.0.1:" + (40_000 + i) + " -> 10.0.0.2:80\n";
      script.append("s").append(i).append(": @ plain server ").append(ends);
      if (i % 4 == 0) {
        script.append("c").append(i).append(": @ plain client ").append(ends);
      }
    }
    for (int line = 0; line < LINES; line++) {
      int connection = random.nextInt(CONNECTIONS);
      String request = "GET /" + line + " HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n";
      String body = "b".repeat(random.nextInt(300));
      String answer =
          "HTTP/1.1 200 OK\\r\\ncontent-length: " + body.length() + "\\r\\n\\r\\n" + body + "\n";
      boolean lost = random.nextInt(40) == 0;
      both(script, connection, ">> " + (lost ? "gap 31\n" : request));
      if (random.nextInt(10) > 0) {
        both(script, connection, "<< " + (random.nextInt(40) == 0 ? "gap 90\n" : answer));
      }
    }
    return script.toString();
  }

  private static void both(StringBuilder script, int connection, String move) {
    if (connection % 4 == 0) {
      script.append("c").append(connection).append(' ').append(move);
    }
    script.append("s").append(connection).append(' ').append(move);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void analyze_severalThreads_givesTheSameInTheSameOrder(int threads) throws IOException {
    List<String> alone = analyze(AnalyzerOptions.newBuilder().build());
    assertThat(alone).hasSizeGreaterThan(LINES / 2);
    assertThat(analyze(AnalyzerOptions.newBuilder().threads(threads).build())).isEqualTo(alone);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void analyze_tooMuchOpen_givesTheSameForAnyThreads(int threads) throws IOException {
    AnalyzerOptions.Builder options = AnalyzerOptions.newBuilder().maxOpenBytes(2000);
    List<String> alone = analyze(options.build());
    assertThat(analyze(options.threads(threads).build())).isEqualTo(alone);
  }

  @Test
  void analyze_visitorFails_endsWithItsException() {
    AnalyzerOptions options = AnalyzerOptions.newBuilder().threads(3).build();
    IOException failure = new IOException("full");
    assertThat(
            catchThrowable(
                () ->
                    new SessionAnalyzer(options)
                        .analyze(
                            Analyses.source(events),
                            new Recorder() {
                              @Override
                              public void exchange(Exchange exchange) throws IOException {
                                throw failure;
                              }
                            })))
        .isSameAs(failure);
  }

  private static List<String> analyze(AnalyzerOptions options) throws IOException {
    Recorder recorder = new Recorder();
    AnalysisStats stats = new SessionAnalyzer(options).analyze(Analyses.source(events), recorder);
    recorder.found.add(stats.toString());
    return recorder.found;
  }

  /** Writes down what comes. */
  private static class Recorder implements ExchangeVisitor {
    final List<String> found = new ArrayList<>();

    @Override
    public void exchange(Exchange exchange) throws IOException {
      found.add(Analyses.render(exchange) + exchange.alsoSeenBy() + exchange.startedEpochNanos());
    }

    @Override
    public void session(SessionSummary session) {
      found.add(session.toString());
    }

    @Override
    public void noSession(int number) {
      found.add("no " + number);
    }
  }
}
