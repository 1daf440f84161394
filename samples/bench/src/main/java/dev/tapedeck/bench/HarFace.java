// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.HarExporter;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How fast bodies of JSON go into an archive that is thrown away, with secrets and without. */
final class HarFace {
  private static final int MESSAGES = 20_000;
  private static final int SHORT_MESSAGES = 8_000;
  private static final int WARM_UP_RUNS = 3;
  private static final String DEMANDED = "200 MB/s of bodies";

  private final Path file;
  private long bodyBytes;

  private HarFace(Path file) {
    this.file = file;
  }

  static void run(PrintStream out, Path folder, boolean isShort, int runs) throws IOException {
    Path file = folder.resolve("bodies.tape");
    try {
      CaptureTraffic.write(file, CaptureTraffic.Shape.BODIES, isShort ? SHORT_MESSAGES : MESSAGES);
      HarFace face = new HarFace(file);
      double[][] seconds = new double[2][runs];
      for (int run = -WARM_UP_RUNS; run < runs; run++) {
        for (int i = 0; i < seconds.length; i++) {
          long started = System.nanoTime();
          face.export(i == 1);
          if (run >= 0) {
            seconds[i][run] = (System.nanoTime() - started) / 1e9;
          }
        }
      }
      BenchTable.value(out, "HAR, secrets masked (the default)", face.rate(seconds[0]), DEMANDED);
      BenchTable.value(out, "HAR, secrets included", face.rate(seconds[1]), DEMANDED);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private String rate(double[] seconds) {
    return String.format(Locale.ROOT, "%.0f MB/s", bodyBytes / BenchTable.median(seconds) / 1e6);
  }

  private void export(boolean includeSecrets) throws IOException {
    bodyBytes = 0;
    int threads = Runtime.getRuntime().availableProcessors();
    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults());
        HarExporter exporter =
            new HarExporter(OutputStream.nullOutputStream(), "bench", includeSecrets, threads)) {
      new SessionAnalyzer(AnalyzerOptions.newBuilder().threads(threads).build())
          .analyze(
              EventSource.of(reader),
              new ExchangeVisitor() {
                @Override
                public void exchange(Exchange exchange) throws IOException {
                  bodyBytes += bytes(exchange.request()) + bytes(exchange.response());
                  exporter.exchange(CaptureRef.ONLY, exchange);
                }

                @Override
                public void session(SessionSummary session) {
                  // Archives have no place for it.
                }
              });
      exporter.finish();
    }
  }

  private static long bytes(@Nullable HttpMessage message) {
    return message == null ? 0 : message.body().wire().length();
  }
}
