// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.analyzer.redact.RedactionRules;
import dev.tapedeck.analyzer.redact.Redactor;
import dev.tapedeck.analyzer.redact.Tokens;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.StreamEvent;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Filters and redacts beside reconstruction alone, on the same events in memory: CPU time of one
 * thread, alternating runs, medians.
 */
public final class FilterBench {
  private static final int WARM_UP_RUNS = 10;
  private static final int RUNS = 11;
  private static final int SHORT_RUNS = 3;
  private static final String BY_HEAD =
      "status >= 500 or (path ~ \"^/api/v1/orders/9.*7$\" and duration > 200us)";
  private static final String BY_BODY = "response.body ~ \"\\\"id\\\": -?[0-9]+77,\"";

  private final List<CaptureEvent> events = AnalyzerBench.smallMessages();
  private final long bytes = events.stream().mapToLong(FilterBench::payloadBytes).sum();

  /** Keeps what is measured from being left out. */
  private long checksum;

  private FilterBench() {}

  private static long payloadBytes(CaptureEvent event) {
    return event instanceof StreamEvent.Data data ? data.capturedLength() : 0;
  }

  /** Runs the benchmark; {@code --short} for seconds. */
  public static void main(String[] arguments) throws IOException, FilterSyntaxException {
    new FilterBench().run(System.out, BenchTable.isShort(arguments) ? SHORT_RUNS : RUNS);
  }

  private void run(PrintStream out, int runs) throws IOException, FilterSyntaxException {
    Filter heads = Filter.parse(BY_HEAD);
    Filter bodies = Filter.parse(BY_BODY);
    double[] plain = new double[runs];
    double[] byHead = new double[runs];
    double[] byBody = new double[runs];
    double[] redacted = new double[runs];
    for (int run = -WARM_UP_RUNS; run < runs; run++) {
      double plainSeconds = CpuClock.seconds(() -> analyze(null));
      double headSeconds = CpuClock.seconds(() -> analyze(heads));
      double bodySeconds = CpuClock.seconds(() -> analyze(bodies));
      double redactSeconds = CpuClock.seconds(this::redact);
      if (run >= 0) {
        plain[run] = plainSeconds;
        byHead[run] = headSeconds;
        byBody[run] = bodySeconds;
        redacted[run] = redactSeconds;
      }
    }
    row(out, "filter by head / reconstruction", byHead, plain);
    row(out, "filter by body / reconstruction", byBody, plain);
    row(out, "redact / reconstruction", redacted, plain);
  }

  private void row(PrintStream out, String what, double[] measured, double[] plain) {
    double seconds = BenchTable.median(measured);
    double yardstick = BenchTable.median(plain);
    BenchTable.ratio(out, what, rate(seconds), rate(yardstick), yardstick / seconds);
  }

  private String rate(double seconds) {
    return String.format(Locale.ROOT, "%.0f MB/s", bytes / seconds / 1e6);
  }

  private void analyze(@Nullable Filter filter) throws IOException {
    new SessionAnalyzer(AnalyzerOptions.defaults())
        .analyze(
            (projection, visitor) -> {
              for (CaptureEvent event : events) {
                visitor.event(event);
              }
            },
            new ExchangeVisitor() {
              @Override
              public void exchange(Exchange exchange) {
                checksum += filter == null || filter.test(exchange) ? 1 : 0;
              }

              @Override
              public void session(SessionSummary session) {
                checksum += session.number();
              }
            });
  }

  private void redact() throws IOException {
    Redactor redactor =
        new Redactor(RedactionRules.DEFAULT, new Tokens(new byte[Tokens.KEY_BYTES]));
    for (CaptureEvent event : events) {
      redactor.event(event, this::take);
    }
    redactor.end(this::take);
    if (redactor.maskedValues() == 0) {
      throw new IllegalStateException("nothing was masked");
    }
  }

  private void take(CaptureEvent event) {
    checksum += event.stamp().exitNanos();
  }
}
