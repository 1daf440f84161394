// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.analyzer.stream.CaptureIndexer;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSections;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/**
 * Reconstructs captures on disk with one thread and with two, in alternating runs, medians.
 *
 * <p>Beside the ratio by the clock stands one that other programs on the machine do not change: the
 * CPU time of one thread over that of the busier of two, which is how much faster two are when both
 * get a CPU of their own. And what the machine gives at best: two whole analyses at once, one
 * thread each, over one alone.
 */
public final class ThreadsBench {
  private static final int RUNS = 9;
  private static final int SHORT_RUNS = 5;
  private static final int WARM_UP_RUNS = 4;
  private static final int MESSAGES = 1_000_000;
  private static final int SHORT_MESSAGES = 300_000;
  private static final int MAX_REORDER_BYTES = 16 << 20;

  private final Path file;
  private final long messages;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** Keeps what is measured from being left out. */
  private final LongAdder checksum = new LongAdder();

  private ThreadsBench(Path file, long messages) {
    this.file = file;
    this.messages = messages;
  }

  /** Runs the benchmark; {@code --short} for seconds. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    boolean isShort = BenchTable.isShort(arguments);
    Path folder = Files.createTempDirectory("tapedeck-bench");
    try {
      for (CaptureTraffic.Shape shape : CaptureTraffic.Shape.values()) {
        Path file = folder.resolve("bench.tape");
        int messages = (isShort ? SHORT_MESSAGES : MESSAGES) / shape.divisor();
        long bytes = CaptureTraffic.write(file, shape, messages);
        System.out.printf(
            "%s: %d messages, %d bytes each on average, %d MB on disk%n",
            shape.title(), messages, bytes / messages, Files.size(file) >> 20);
        new ThreadsBench(file, messages)
            .run(System.out, shape.title(), isShort ? SHORT_RUNS : RUNS);
        Files.delete(file);
      }
    } finally {
      Files.deleteIfExists(folder.resolve("bench.tape"));
      Files.delete(folder);
    }
  }

  /** One run: how long it took, by the clock and of CPU. */
  private record Times(
      double wall, double allCpu, double askingCpu, double helperCpu, double garbage) {
    double criticalPath() {
      return Math.max(askingCpu, helperCpu);
    }
  }

  /** Something to measure. */
  private interface Action {
    /** Returns the CPU time of the busiest helper, in seconds. */
    double run() throws IOException, InterruptedException;
  }

  private void run(PrintStream out, String what, int runs)
      throws IOException, InterruptedException {
    List<Action> actions =
        List.of(
            () -> analyze(1),
            () -> analyze(2),
            this::twice,
            () -> decode(Projection.METADATA),
            this::index,
            () -> decode(Projection.ALL),
            this::walk);
    List<List<Times>> times = new ArrayList<>();
    actions.forEach(unused -> times.add(new ArrayList<>()));
    for (int run = -WARM_UP_RUNS; run < runs; run++) {
      for (int i = 0; i < actions.size(); i++) {
        Times taken = measure(actions.get(i));
        if (run >= 0) {
          times.get(i).add(taken);
        }
      }
    }
    List<Times> one = times.get(0);
    List<Times> two = times.get(1);
    double oneCpu = median(one, Times::askingCpu);
    out.printf(
        "one thread  %6.0f ms by the clock, CPU %6.0f ms of all threads, %6.0f of its own,"
            + " garbage %4.0f ms%n",
        1e3 * median(one, Times::wall),
        1e3 * median(one, Times::allCpu),
        1e3 * oneCpu,
        1e3 * median(one, Times::garbage));
    out.printf(
        "two threads %6.0f ms by the clock, CPU %6.0f ms of all threads, %6.0f and %6.0f of"
            + " their own, garbage %4.0f ms%n",
        1e3 * median(two, Times::wall),
        1e3 * median(two, Times::allCpu),
        1e3 * median(two, Times::askingCpu),
        1e3 * median(two, Times::helperCpu),
        1e3 * median(two, Times::garbage));
    out.printf(
        "CPU of one thread: decoding without payload %.0f ms, first reading %.0f, decoding with"
            + " payload %.0f, the rest (parsing, handing out) %.0f; in order only: walking over the"
            + " file twice %.1f ms%n",
        1e3 * median(times.get(3), Times::askingCpu),
        1e3 * median(times.get(4), Times::askingCpu),
        1e3 * median(times.get(5), Times::askingCpu),
        1e3
            * (oneCpu
                - median(times.get(4), Times::askingCpu)
                - median(times.get(5), Times::askingCpu)),
        1e3 * median(times.get(6), Times::askingCpu));
    double wall = median(one, Times::wall) / median(two, Times::wall);
    double critical = oneCpu / median(two, Times::criticalPath);
    double most = 2 * median(one, Times::wall) / median(times.get(2), Times::wall);
    BenchTable.ratio(
        out,
        what + ", two threads / one by the clock",
        rate(median(two, Times::wall)),
        rate(median(one, Times::wall)),
        wall);
    BenchTable.ratio(
        out,
        what + ", CPU of one thread / of the busier of two",
        rate(median(two, Times::criticalPath)),
        rate(oneCpu),
        critical);
    BenchTable.value(
        out,
        what + ", two analyses at once / one",
        String.format(Locale.ROOT, "%.2f", most),
        "what the machine gives");
  }

  private String rate(double seconds) {
    return String.format(Locale.ROOT, "%.2f M messages/s", messages / seconds / 1e6);
  }

  private static double median(List<Times> times, ToDoubleFunction<Times> value) {
    return BenchTable.median(times.stream().mapToDouble(value).toArray());
  }

  private Times measure(Action action) throws IOException, InterruptedException {
    double garbage = garbageSeconds();
    double all = system.getProcessCpuTime() / 1e9;
    double own = threads.getCurrentThreadCpuTime() / 1e9;
    long started = System.nanoTime();
    double helper = action.run();
    return new Times(
        (System.nanoTime() - started) / 1e9,
        system.getProcessCpuTime() / 1e9 - all,
        threads.getCurrentThreadCpuTime() / 1e9 - own,
        helper,
        garbageSeconds() - garbage);
  }

  private static double garbageSeconds() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum()
        / 1e3;
  }

  private CaptureReader open() throws IOException {
    return CaptureReader.open(file, ReaderOptions.defaults());
  }

  private double analyze(int count) throws IOException {
    Counting visitor = new Counting();
    try (CaptureReader reader = open()) {
      AnalysisStats stats =
          new SessionAnalyzer(AnalyzerOptions.newBuilder().threads(count).build())
              .analyze(EventSource.of(reader), visitor);
      if (stats.exchanges() * 2 != messages) {
        throw new IllegalStateException("exchanges=" + stats.exchanges());
      }
    }
    checksum.add(visitor.sum);
    return visitor.helperNanos / 1e9;
  }

  private double twice() throws IOException, InterruptedException {
    List<IOException> failures = new ArrayList<>();
    Thread other =
        new Thread(
            () -> {
              try {
                analyze(1);
              } catch (IOException e) {
                failures.add(e);
              }
            });
    other.start();
    analyze(1);
    other.join();
    if (!failures.isEmpty()) {
      throw new UncheckedIOException(failures.get(0));
    }
    return 0;
  }

  private double decode(Projection projection) throws IOException {
    try (CaptureReader reader = open()) {
      reader.read(
          projection,
          new CaptureVisitor() {
            @Override
            public void event(CaptureEvent event) {
              checksum.add(event.stamp().exitNanos());
            }

            @Override
            public void data(DataRow row) {
              checksum.add(row.exitNanos());
            }
          });
    }
    return 0;
  }

  private double index() throws IOException {
    try (CaptureReader reader = open()) {
      CaptureIndexer indexer = new CaptureIndexer(MAX_REORDER_BYTES);
      reader.read(Projection.METADATA, indexer);
      checksum.add(indexer.finish().channels().size());
    }
    return 0;
  }

  private double walk() throws IOException {
    try (CaptureReader reader = open()) {
      for (Projection projection : Projection.values()) {
        try (CaptureSections sections = reader.sections(projection)) {
          while (sections.next() != null) {
            checksum.increment();
          }
        }
      }
    }
    return 0;
  }

  /** Takes what comes, and looks now and then at the CPU time of the analysis' helpers. */
  private final class Counting implements ExchangeVisitor {
    private static final int EXCHANGES_BETWEEN_LOOKS = 1 << 13;

    private long sum;
    private long helperNanos;

    @Override
    public void exchange(Exchange exchange) {
      sum += exchange.index();
      if (exchange.index() % EXCHANGES_BETWEEN_LOOKS == 0) {
        look();
      }
    }

    @Override
    public void session(SessionSummary session) {
      sum += session.number();
      if (session.number() % 16 == 0) {
        look();
      }
    }

    private void look() {
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().startsWith("tapedeck-analyze-")) {
          helperNanos = Math.max(helperNanos, threads.getThreadCpuTime(thread.getId()));
        }
      }
    }
  }
}
