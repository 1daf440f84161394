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
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes and reads a capture beside raw zstd-jni on the same bytes: one thread, in memory, same
 * level, alternating runs, medians. Raw zstd gets the payload alone, in parts as large as a block;
 * the capture has to keep the events too.
 */
public final class FormatBench {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int PAYLOAD_MIB = 96;
  private static final int WARM_UP_RUNS = 5;
  private static final int RUNS = 11;

  private final List<CaptureEvent> events;
  private final byte[] payload;
  private final byte[][] frames;
  private final byte[] scratch = new byte[Math.toIntExact(Zstd.compressBound(BLOCK_BYTES))];
  private final MemoryFile file;
  private long checksum;

  private FormatBench(List<CaptureEvent> events) {
    this.events = events;
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
  }

  /** Runs the benchmark; takes the MiB of payload, {@value #PAYLOAD_MIB} unless given. */
  public static void main(String[] args) throws IOException {
    int mebibytes = args.length > 0 ? Integer.parseInt(args[0]) : PAYLOAD_MIB;
    new FormatBench(HttpTraffic.ofBytes((long) mebibytes << 20, 1)).run(System.out);
  }

  private void run(PrintStream out) throws IOException {
    List<Step> steps =
        List.of(
            new Step("zstd write", this::zstdWrite),
            new Step("capture write", this::captureWrite),
            new Step("zstd read", this::zstdRead),
            new Step("capture read", () -> captureRead(Projection.ALL)),
            new Step("metadata scan", () -> captureRead(Projection.METADATA)));
    double[][] mebibytesPerSecond = new double[steps.size()][RUNS];
    for (int run = -WARM_UP_RUNS; run < RUNS; run++) {
      for (int i = 0; i < steps.size(); i++) {
        long started = System.nanoTime();
        steps.get(i).action().run();
        double seconds = (System.nanoTime() - started) / 1e9;
        if (run >= 0) {
          mebibytesPerSecond[i][run] = payload.length / seconds / (1 << 20);
        }
      }
    }
    double[] medians = new double[steps.size()];
    for (int i = 0; i < medians.length; i++) {
      Arrays.sort(mebibytesPerSecond[i]);
      medians[i] = mebibytesPerSecond[i][RUNS / 2];
      out.printf("%-14s %8.0f MiB/s%n", steps.get(i).name(), medians[i]);
    }
    long rawBytes = 0;
    for (byte[] frame : frames) {
      rawBytes += frame.length;
    }
    out.printf("write          %8.2f x raw zstd%n", medians[1] / medians[0]);
    out.printf("read           %8.2f x raw zstd%n", medians[3] / medians[2]);
    out.printf("metadata scan  %8.1f x full read%n", medians[4] / medians[3]);
    out.printf("size           %8.3f x raw zstd%n", (double) file.size() / rawBytes);
    out.printf(
        "%d events, %d MiB of payload, checksum %x%n",
        events.size(), payload.length >> 20, checksum);
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

  private void captureWrite() throws IOException {
    file.clear();
    CaptureHeader header =
        CaptureHeader.newBuilder().fileId(Bytes.latin1("benchmark file..")).build();
    WriterOptions options = WriterOptions.newBuilder().blockBytes(BLOCK_BYTES).build();
    try (CaptureWriter writer = CaptureWriter.create(file, "memory", header, options)) {
      for (CaptureEvent event : events) {
        writer.write(event);
      }
    }
  }

  private void captureRead(Projection projection) throws IOException {
    List<CaptureEvent> last = new ArrayList<>(1);
    last.add(null);
    long[] count = new long[1];
    try (CaptureReader reader = CaptureReader.open(file, "memory", ReaderOptions.defaults())) {
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
