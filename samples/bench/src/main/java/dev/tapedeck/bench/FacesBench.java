// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.endpoint.EndpointLearner;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.analyzer.sql.CaptureInput;
import dev.tapedeck.analyzer.sql.SqlEngine;
import dev.tapedeck.analyzer.stats.Grouping;
import dev.tapedeck.analyzer.stats.StatsCollector;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/**
 * What the analyzer shows, beside reconstruction alone, of the same capture on disk, in the same
 * process: rates by the clock, alternating runs, medians.
 */
public final class FacesBench {
  private static final int RUNS = 7;
  private static final int SHORT_RUNS = 3;
  private static final int WARM_UP_RUNS = 3;
  private static final int MESSAGES = 1_000_000;
  private static final int SHORT_MESSAGES = 400_000;

  /** What every row costs at least. */
  private static final String COUNT = "SELECT count(*) FROM exchanges";

  /** What people ask. */
  private static final String USUAL =
      "SELECT method, status, count(*), quantile_cont(duration_us, 0.99) FROM exchanges"
          + " WHERE path LIKE '/api/%' GROUP BY ALL";

  private final Path file;
  private final long exchanges;

  /** Keeps what is measured from being left out. */
  private long checksum;

  private FacesBench(Path file, long exchanges) {
    this.file = file;
    this.exchanges = exchanges;
  }

  /** Runs the benchmark; {@code --short} for seconds. */
  public static void main(String[] arguments) throws IOException {
    boolean isShort = BenchTable.isShort(arguments);
    Path folder = Files.createTempDirectory("tapedeck-bench");
    Path file = folder.resolve("bench.tape");
    try {
      int messages = isShort ? SHORT_MESSAGES : MESSAGES;
      CaptureTraffic.write(file, CaptureTraffic.Shape.SMALL, messages);
      int runs = isShort ? SHORT_RUNS : RUNS;
      new FacesBench(file, messages / 2).run(System.out, runs);
      HarFace.run(System.out, folder, isShort, runs);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  /** Something to measure. */
  private interface Action {
    void run() throws IOException;
  }

  private void run(PrintStream out, int runs) throws IOException {
    SqlEngine.Options options = new SqlEngine.Options(null, null);
    try (SqlEngine engine = SqlEngine.open(List.of(input()), options)) {
      List<Action> actions =
          List.of(
              this::analyze,
              () -> query(engine, COUNT),
              () -> query(engine, USUAL),
              this::learn,
              this::stats);
      double[][] seconds = new double[actions.size()][runs];
      for (int run = -WARM_UP_RUNS; run < runs; run++) {
        for (int i = 0; i < actions.size(); i++) {
          long started = System.nanoTime();
          actions.get(i).run();
          if (run >= 0) {
            seconds[i][run] = (System.nanoTime() - started) / 1e9;
          }
        }
      }
      double plain = BenchTable.median(seconds[0]);
      row(out, "SQL, count(*) / reconstruction", seconds[1], plain);
      row(out, "SQL, five columns, grouped / reconstruction", seconds[2], plain);
      row(out, "path templates learned / reconstruction", seconds[3], plain);
      row(out, "stats, second reading / reconstruction", seconds[4], plain);
      BenchTable.value(
          out, "SQL, scan to rows", rate(BenchTable.median(seconds[2])), "300 k exchanges/s");
    }
    if (checksum == 0) {
      throw new IllegalStateException("nothing was read");
    }
  }

  private void row(PrintStream out, String what, double[] measured, double plain) {
    double seconds = BenchTable.median(measured);
    BenchTable.ratio(out, what, rate(seconds), rate(plain), plain / seconds);
  }

  private String rate(double seconds) {
    return String.format(Locale.ROOT, "%.0f k exchanges/s", exchanges / seconds / 1e3);
  }

  private void analyze() throws IOException {
    visit(exchange -> checksum += exchange.index());
  }

  private void learn() throws IOException {
    EndpointLearner learner = new EndpointLearner();
    visit(learner::add);
    checksum += learner.learned().hashCode() == 0 ? 0 : 1;
  }

  private void stats() throws IOException {
    EndpointLearner learner = new EndpointLearner();
    learner.add("GET", "shop.example", "/api/v1/orders/1");
    StatsCollector collector = new StatsCollector(Grouping.ENDPOINT, learner.learned());
    visit(collector::add);
    if (collector.groups().get(0).count() != exchanges) {
      throw new IllegalStateException("groups=" + collector.groups().size());
    }
  }

  private void query(SqlEngine engine, String sql) throws IOException {
    engine.run(sql, this::take);
  }

  private void take(ResultSet rows) throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    long found = 0;
    while (rows.next()) {
      found += columns == 1 ? rows.getLong(1) : rows.getLong(3);
    }
    if (found != exchanges) {
      throw new IllegalStateException("found=" + found);
    }
  }

  /** Takes exchanges. */
  private interface Taker {
    void take(Exchange exchange);
  }

  private void visit(Taker taker) throws IOException {
    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      new SessionAnalyzer(options())
          .analyze(
              EventSource.of(reader),
              new ExchangeVisitor() {
                @Override
                public void exchange(Exchange exchange) {
                  taker.take(exchange);
                }

                @Override
                public void session(SessionSummary session) {
                  checksum += session.number();
                }
              });
    }
  }

  /** As the commands do. */
  private static AnalyzerOptions options() {
    return AnalyzerOptions.newBuilder().threads(Runtime.getRuntime().availableProcessors()).build();
  }

  private CaptureInput input() {
    return new CaptureInput() {
      @Override
      public String file() {
        return file.toString();
      }

      @Override
      public CaptureRef capture() {
        return CaptureRef.ONLY;
      }

      @Override
      public Reading open(boolean payload) throws IOException {
        CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults());
        return new Reading() {
          @Override
          public EventSource source() {
            return EventSource.of(reader);
          }

          @Override
          public AnalyzerOptions options() {
            return FacesBench.options();
          }

          @Override
          public void damage(Damage damage) {
            throw new IllegalStateException(damage.reason());
          }

          @Override
          public void end() {
            checksum++;
          }

          @Override
          public void close() throws IOException {
            reader.close();
          }
        };
      }
    };
  }
}
