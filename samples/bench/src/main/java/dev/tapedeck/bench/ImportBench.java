// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import dev.tapedeck.analyzer.importer.EventSink;
import dev.tapedeck.analyzer.importer.PcapImport;
import dev.tapedeck.analyzer.importer.PcapImportStats;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.WriterOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Imports a packet file beside reading its bytes: CPU time of one thread, alternating runs,
 * medians. Events are what the packets say; the capture is those events written, compressed. The
 * yardstick copies the file through a buffer and sums it up once, which is less than the checksums
 * of its packets alone.
 */
public final class ImportBench {
  private static final int WARM_UP_RUNS = 8;
  private static final int RUNS = 11;
  private static final int SHORT_RUNS = 3;
  private static final long TRAFFIC_BYTES = 32L << 20;

  private final PacketTraffic.PacketFile packets;

  /** Keeps what is measured from being left out. */
  private long checksum;

  private ImportBench(List<CaptureEvent> events) {
    packets = PacketTraffic.of(events);
  }

  /** Runs the benchmark; {@code --short} for seconds. */
  public static void main(String[] arguments) throws IOException {
    int runs = BenchTable.isShort(arguments) ? SHORT_RUNS : RUNS;
    new ImportBench(AnalyzerBench.smallMessages()).run(System.out, "small messages", runs);
    new ImportBench(HttpTraffic.ofBytes(TRAFFIC_BYTES, 5)).run(System.out, "JSON bodies", runs);
  }

  private void run(PrintStream out, String what, int runs) throws IOException {
    double[] copied = new double[runs];
    double[] events = new double[runs];
    double[] captures = new double[runs];
    for (int run = -WARM_UP_RUNS; run < runs; run++) {
      double copySeconds = CpuClock.seconds(this::copy);
      double eventSeconds = CpuClock.seconds(this::importEvents);
      double captureSeconds = CpuClock.seconds(this::importCapture);
      if (run >= 0) {
        copied[run] = copySeconds;
        events[run] = eventSeconds;
        captures[run] = captureSeconds;
      }
    }
    out.printf(
        "%s: %d packets, %d bytes each on average, checksum %x%n",
        what, packets.packets(), packets.pcap().length / packets.packets(), checksum);
    double yardstick = BenchTable.median(copied);
    row(out, "import, " + what + ", pcap to events / copied and summed", events, yardstick);
    row(out, "import, " + what + ", pcap to capture / copied and summed", captures, yardstick);
  }

  private void row(PrintStream out, String what, double[] measured, double yardstick) {
    double seconds = BenchTable.median(measured);
    BenchTable.ratio(out, what, rate(seconds), rate(yardstick), yardstick / seconds);
  }

  private String rate(double seconds) {
    return String.format(
        Locale.ROOT,
        "%.0f MB/s, %.2f M packets/s",
        packets.pcap().length / seconds / 1e6,
        packets.packets() / seconds / 1e6);
  }

  private void copy() throws IOException {
    CRC32C sum = new CRC32C();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = new ByteArrayInputStream(packets.pcap())) {
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        sum.update(buffer, 0, count);
      }
    }
    checksum += sum.getValue();
  }

  private void importEvents() throws IOException {
    check(
        open()
            .run(
                new EventSink() {
                  @Override
                  public void write(CaptureEvent event) {
                    checksum += event.stamp().exitNanos();
                  }

                  @Override
                  public void watermark(long monotonicNanos) {
                    checksum += monotonicNanos;
                  }
                },
                Set.of()));
  }

  private void importCapture() throws IOException {
    PcapImport source = open();
    MemoryFile file = new MemoryFile(packets.pcap().length + (8 << 20));
    try (CaptureWriter writer =
        CaptureWriter.create(
            file,
            "memory",
            source.header(Bytes.latin1("benchmark file.."), "benchmark", 1),
            WriterOptions.defaults())) {
      check(source.run(EventSink.to(writer), Set.of()));
    }
  }

  private PcapImport open() throws IOException {
    return PcapImport.open(new ByteArrayInputStream(packets.pcap()), "benchmark.pcap");
  }

  /** Every packet was read, none was odd, and every byte is there. */
  private void check(PcapImportStats stats) {
    if (stats.packets() != packets.packets()
        || stats.badChecksums() != 0
        || stats.connections().keptBytes() != packets.payloadBytes()
        || stats.connections().missingBytes() != 0) {
      throw new IllegalStateException("stats=" + stats);
    }
  }
}
