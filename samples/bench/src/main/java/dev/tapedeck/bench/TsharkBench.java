// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.importer.EventSink;
import dev.tapedeck.analyzer.importer.PcapImport;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.WriterOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the same small messages as tshark, from packets of the same traffic: CPU time of each,
 * alternating runs, medians. What tshark takes to start is taken off.
 *
 * <p>Two measures: a capture that is there already, as a recorder leaves it, and the packets, which
 * are imported first. tshark prints five fields of each message and reassembles nothing that the
 * traffic does not ask for.
 */
public final class TsharkBench {
  private static final int WARM_UP_RUNS = 8;
  private static final int RUNS = 5;
  private static final int SHORT_RUNS = 2;

  private final List<CaptureEvent> events = AnalyzerBench.smallMessages();
  private final long messages =
      events.stream().filter(event -> event instanceof StreamEvent.Data).count();
  private final PacketTraffic.PacketFile packets = PacketTraffic.of(events);

  /** Keeps what is measured from being left out. */
  private long checksum;

  private TsharkBench() {}

  /** Runs the benchmark; {@code --short} for a minute. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    new TsharkBench().run(System.out, BenchTable.isShort(arguments) ? SHORT_RUNS : RUNS);
  }

  private void run(PrintStream out, int runs) throws IOException, InterruptedException {
    Path pcap = Files.createTempFile("tapedeck-bench", ".pcap");
    Path nothing = Files.createTempFile("tapedeck-bench", ".pcap");
    try {
      Files.write(pcap, packets.pcap());
      Files.write(nothing, PacketTraffic.of(List.of()).pcap());
      Tshark tshark = new Tshark(pcap);
      tshark.check(messages);
      MemoryFile capture = imported();
      for (int run = 0; run < WARM_UP_RUNS; run++) {
        analyze(capture);
        analyze(imported());
      }
      double[] recorded = new double[runs];
      double[] both = new double[runs];
      double[] other = new double[runs];
      for (int run = 0; run < runs; run++) {
        recorded[run] = CpuClock.seconds(() -> analyze(capture));
        both[run] = CpuClock.seconds(() -> analyze(imported()));
        other[run] = tshark.cpuSeconds() - new Tshark(nothing).cpuSeconds();
      }
      out.printf(
          "%d messages in %d packets, %.1f MB, checksum %x%n",
          messages, packets.packets(), packets.pcap().length / 1e6, checksum);
      double yardstick = BenchTable.median(other);
      row(out, "capture to exchanges / tshark", BenchTable.median(recorded), yardstick);
      row(out, "packets imported, to exchanges / tshark", BenchTable.median(both), yardstick);
    } finally {
      Files.deleteIfExists(pcap);
      Files.deleteIfExists(nothing);
    }
  }

  private void row(PrintStream out, String what, double ours, double theirs) {
    BenchTable.ratio(out, what, rate(ours), rate(theirs), theirs / ours);
  }

  private String rate(double seconds) {
    return String.format(Locale.ROOT, "%.3f M messages/s", messages / seconds / 1e6);
  }

  private void analyze(MemoryFile file) throws IOException {
    try (CaptureReader reader = CaptureReader.open(file, "memory", ReaderOptions.defaults())) {
      AnalysisStats stats =
          new SessionAnalyzer(AnalyzerOptions.defaults())
              .analyze(
                  reader::read,
                  new ExchangeVisitor() {
                    @Override
                    public void exchange(Exchange exchange) {
                      checksum += exchange.index();
                    }

                    @Override
                    public void session(SessionSummary session) {
                      checksum += session.number();
                    }
                  });
      if (stats.exchanges() * 2 != messages) {
        throw new IllegalStateException("exchanges=" + stats.exchanges() + " messages=" + messages);
      }
    }
  }

  private MemoryFile imported() throws IOException {
    MemoryFile file = new MemoryFile(packets.pcap().length + (8 << 20));
    PcapImport source = PcapImport.open(new ByteArrayInputStream(packets.pcap()), "benchmark.pcap");
    try (CaptureWriter writer =
        CaptureWriter.create(
            file,
            "memory",
            source.header(Bytes.latin1("benchmark file.."), "benchmark", 1),
            WriterOptions.defaults())) {
      source.run(EventSink.to(writer), Set.of());
    }
    return file;
  }
}
