// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the analysis allocates for a message is bounded: the values that it hands out, and little
 * else. Counted, not timed; code that is not compiled yet allocates more, so that it is the least
 * of several runs.
 */
class AllocationTest {
  private static final int EXCHANGES = 4000;
  private static final int RUNS = 12;
  private static final String REQUEST =
      "GET /a?b=c HTTP/1.1\\r\\nHost: shop.example\\r\\nCookie: x=y\\r\\n\\r\\n";

  /**
   * The event of a message is there before: this is for the analysis alone, alone in its JVM too,
   * as in a process that analyzes: behind other tests the compiler leaves more objects standing.
   */
  private static final int MAX_BYTES_A_MESSAGE = 200;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '!',
      value = {
        "length ! HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nbody",
        "no body ! HTTP/1.1 304 Not Modified\\r\\nETag: x\\r\\n\\r\\n",
        "chunked ! HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n4\\r\\nbody\\r\\n0\\r\\n\\r\\n",
        "gzip ! HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\nContent-Length: 4\\r\\n\\r\\nbody",
      })
  void analyze_smallMessages_allocatesLittle(String shape, String answer) throws Exception {
    assertThat(OwnJvm.number(List.of(), Alone.class, answer))
        .isBetween(1L, (long) MAX_BYTES_A_MESSAGE);
  }

  /** Prints how many bytes a message takes, of the answer in the first argument. */
  static final class Alone {
    private Alone() {}

    public static void main(String[] arguments) throws IOException {
      List<CaptureEvent> events =
          EventScript.parse(
                  "s: @ plain server 10.0.0.1:40000 -> 10.0.0.2:80\n"
                      + ("s >> " + REQUEST + "\ns << " + arguments[0] + "\n").repeat(EXCHANGES))
              .events();
      long least = Long.MAX_VALUE;
      for (int run = 0; run < RUNS; run++) {
        least = Math.min(least, allocatedBytes(events));
      }
      System.out.println(least / (2 * EXCHANGES));
    }
  }

  private static long allocatedBytes(List<CaptureEvent> events) throws IOException {
    EventSource source =
        (projection, visitor) -> {
          for (CaptureEvent event : events) {
            visitor.event(event);
          }
        };
    SessionAnalyzer analyzer = new SessionAnalyzer(AnalyzerOptions.newBuilder().build());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    AnalysisStats stats =
        analyzer.analyze(
            source,
            new ExchangeVisitor() {
              @Override
              public void exchange(Exchange exchange) {}

              @Override
              public void session(SessionSummary session) {}
            });
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(stats.exchanges()).isEqualTo(EXCHANGES);
    return allocated;
  }
}
