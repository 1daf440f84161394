// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.Encryption;
import dev.tapedeck.format.Identities;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Writes and reads a capture beside raw zstd-jni on the same bytes: one thread, in memory, same
 * level, alternating runs, medians; also encrypted. Raw zstd gets the payload alone, in parts as
 * large as a block; the capture has to keep the events too.
 */
public final class FormatBench {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int PAYLOAD_MIB = 96;
  private static final int SHORT_PAYLOAD_MIB = 16;
  private static final int WARM_UP_RUNS = 5;
  private static final int RUNS = 11;
  private static final long MIN_STEP_NANOS = 40_000_000;
  private static final int SHORT_RUNS = 3;

  /** A key pair of age-keygen that protects nothing. */
  private static final String RECIPIENT =
      "age1jcdgep6sj4r2wjx69uzm2jy37240au5dk6v02tza34t9w2m6v3ysrpagk7";

  private static final String IDENTITY =
      "AGE-SECRET-KEY-1VWEC5DXY204SV35MGXHHSAAL0AXKNSU926RQWMK7GEZFZH0AAEDSAXJUFM";

  private final List<CaptureEvent> events;
  private final byte[] payload;
  private final byte[][] frames;
  private final byte[] scratch = new byte[Math.toIntExact(Zstd.compressBound(BLOCK_BYTES))];
  private final MemoryFile file;
  private final MemoryFile encryptedFile;
  private final WriterOptions options = WriterOptions.newBuilder().blockBytes(BLOCK_BYTES).build();
  private final WriterOptions encryptedOptions =
      options.toBuilder().encryption(Encryption.to(List.of(RECIPIENT), List.of())).build();
  private final ReaderOptions identified;
  private long checksum;

  private FormatBench(List<CaptureEvent> events) throws IOException {
    this.events = events;
    this.identified =
        ReaderOptions.defaults().withIdentities(Identities.parse(IDENTITY, "benchmark key"));
    int total = 0;
    for (CaptureEvent event : events) {
      total += ((StreamEvent.Data) event).capturedLength();
    }
    payload = new byte[total];
    int at = 0;
    for (CaptureEvent event : events) {
      Bytes bytes = ((StreamEvent.Data) event).payload();
      if (bytes != null) {
        bytes.copyTo(0, payload, at, bytes.length());
        at += bytes.length();
      }
    }
    frames = new byte[(total + BLOCK_BYTES - 1) / BLOCK_BYTES][];
    file = new MemoryFile(total + (total >> 2) + (1 << 20));
    encryptedFile = new MemoryFile(total + (total >> 2) + (1 << 20));
  }

  /** Runs the benchmark; {@code --short} for seconds. */
  public static void main(String[] arguments) throws IOException {
    boolean brief = BenchTable.isShort(arguments);
    long mebibytes = brief ? SHORT_PAYLOAD_MIB : PAYLOAD_MIB;
    new FormatBench(HttpTraffic.ofBytes(mebibytes << 20, 1))
        .run(System.out, brief ? SHORT_RUNS : RUNS);
  }

  private void run(PrintStream out, int runs) throws IOException {
    List<Step> steps =
        List.of(
            new Step("zstd write", this::zstdWrite),
            new Step("capture write", () -> captureWrite(file, options)),
            new Step("zstd read", this::zstdRead),
            new Step("capture read", () -> captureRead(file, Projection.ALL)),
            new Step("metadata scan", () -> captureRead(file, Projection.METADATA)),
            new Step("encrypted write", () -> captureWrite(encryptedFile, encryptedOptions)),
            new Step("encrypted read", () -> captureRead(encryptedFile, Projection.ALL)));
    double[][] mebibytesPerSecond = new double[steps.size()][runs];
    for (int run = -WARM_UP_RUNS; run < runs; run++) {
      for (int i = 0; i < steps.size(); i++) {
        double seconds = seconds(steps.get(i).action());
        if (run >= 0) {
          mebibytesPerSecond[i][run] = payload.length / seconds / (1 << 20);
        }
      }
    }
    double[] medians = new double[steps.size()];
    for (int i = 0; i < medians.length; i++) {
      medians[i] = BenchTable.median(mebibytesPerSecond[i]);
    }
    long rawBytes = 0;
    for (byte[] frame : frames) {
      rawBytes += frame.length;
    }
    row(out, "capture file, write", medians[1], "raw zstd", medians[0]);
    row(out, "capture file, read", medians[3], "raw zstd", medians[2]);
    row(out, "capture file, metadata scan", medians[4], "full read", medians[3]);
    row(out, "encrypted, write", medians[5], "raw zstd", medians[0]);
    row(out, "encrypted, read", medians[6], "raw zstd", medians[2]);
    BenchTable.ratio(
        out,
        "capture file, size",
        (file.size() >> 10) + " KiB",
        "raw zstd " + (rawBytes >> 10) + " KiB",
        (double) file.size() / rawBytes);
    out.printf(
        "%d events, %d MiB of payload, checksum %x%n",
        events.size(), payload.length >> 20, checksum);
  }

  /** Returns how long the action takes; what takes a moment is run until it has taken more. */
  private static double seconds(Action action) throws IOException {
    long started = System.nanoTime();
    long elapsed = 0;
    int times = 0;
    while (elapsed < MIN_STEP_NANOS) {
      action.run();
      times++;
      elapsed = System.nanoTime() - started;
    }
    return elapsed / 1e9 / times;
  }

  private static void row(
      PrintStream out, String what, double measured, String yardstick, double reference) {
    BenchTable.ratio(
        out,
        what,
        String.format(Locale.ROOT, "%.0f MiB/s", measured),
        String.format(Locale.ROOT, "%s %.0f MiB/s", yardstick, reference),
        measured / reference);
  }

  private void zstdWrite() {
    try (ZstdCompressCtx compressor = new ZstdCompressCtx()) {
      compressor.setLevel(1).setChecksum(true);
      for (int i = 0; i < frames.length; i++) {
        int from = i * BLOCK_BYTES;
        int count = Math.min(BLOCK_BYTES, payload.length - from);
        int stored = compressor.compressByteArray(scratch, 0, scratch.length, payload, from, count);
        frames[i] = Arrays.copyOf(scratch, stored);
      }
    }
  }

  private void zstdRead() {
    try (ZstdDecompressCtx decompressor = new ZstdDecompressCtx()) {
      for (byte[] frame : frames) {
        byte[] raw = new byte[BLOCK_BYTES];
        checksum += decompressor.decompressByteArray(raw, 0, raw.length, frame, 0, frame.length);
      }
    }
  }

  private void captureWrite(MemoryFile target, WriterOptions options) throws IOException {
    target.clear();
    CaptureHeader header =
        CaptureHeader.newBuilder().fileId(Bytes.latin1("benchmark file..")).build();
    try (CaptureWriter writer = CaptureWriter.create(target, "memory", header, options)) {
      for (CaptureEvent event : events) {
        writer.write(event);
      }
    }
  }

  private void captureRead(MemoryFile source, Projection projection) throws IOException {
    List<CaptureEvent> last = new ArrayList<>(1);
    last.add(null);
    long[] count = new long[1];
    try (CaptureReader reader = CaptureReader.open(source, "memory", identified)) {
      reader.read(
          projection,
          event -> {
            count[0]++;
            last.set(0, event);
          });
    }
    if (count[0] != events.size()) {
      throw new IllegalStateException("events=" + count[0]);
    }
    checksum += last.get(0).stamp().exitNanos();
  }

  /** Something to measure. */
  private interface Action {
    void run() throws IOException;
  }

  private record Step(String name, Action action) {}
}
