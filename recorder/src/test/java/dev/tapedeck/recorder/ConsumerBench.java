// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.Codec;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.WriterOptions;
import dev.tapedeck.recorder.EventLayout.Data;
import dev.tapedeck.recorder.EventLayout.Header;
import dev.tapedeck.recorder.EventLayout.Kind;
import dev.tapedeck.recorder.bpf.RingLoop;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * What the consumer's thread takes for an event: from the ring's record to the encoded block, not
 * compressed, not written. {@code samples/bench/run consumer} starts it with the JVM options of the
 * launcher.
 */
final class ConsumerBench {
  private static final long HOST = 7;
  private static final int RING_BYTES = 8 << 20;
  private static final int ROUNDS = 25;
  private static final int WARM_UP_ROUNDS = 40;
  private static final double BAR_NANOS = 60;

  private ConsumerBench() {}

  /** Fills a ring with calls of some processes on some connections each, in turn. */
  private static RingLoop ring(int payloadBytes, int connections, byte owner) {
    RingLoop ring = new RingLoop(RING_BYTES);
    int recordBytes = Data.BYTES + (payloadBytes + 7) / 8 * 8;
    ByteBuffer memory = ring.memory();
    for (int i = 0; ring.hasRoom(recordBytes); i++) {
      int at = ring.add(recordBytes);
      int connection = i * 7 % connections;
      memory.putInt(at + Header.SIZE, Data.BYTES + payloadBytes);
      memory.putShort(at + Header.KIND, (short) Kind.DATA);
      memory.put(at + Header.VERSION, (byte) EventLayout.VERSION);
      memory.putLong(at + Header.ENTER_NS, 4_000_000_000_000L + 9_000L * i);
      memory.putLong(at + Header.EXIT_NS, 4_000_000_000_000L + 9_000L * i + 3_000);
      memory.putLong(at + Header.PROCESS_START_NS, 5_000_000_000L);
      memory.putInt(at + Header.TGID, 4_000_000 + connection % 4);
      memory.putInt(at + Header.TID, 4_000_000 + connection % 4);
      memory.putInt(at + Header.CPU, i % 2);
      memory.putLong(at + Header.SEQUENCE, 1L + i / 2);
      memory.putLong(at + Data.STREAM_ID, 0x7f3300000000L + 4096L * connection);
      memory.putInt(at + Data.STREAM_GENERATION, 1 + connection);
      memory.put(at + Data.STREAM_OWNER, owner);
      memory.put(at + Data.STREAM_DIRECTION, (byte) (i & 1));
      memory.putLong(at + Data.POSITION, (long) i * payloadBytes);
      memory.putLong(at + Data.CALL_SEQUENCE, 1L + i);
      memory.putLong(at + Data.ASKED_BYTES, 16_384);
      memory.putLong(at + Data.RETURNED_BYTES, payloadBytes);
      memory.putLong(at + Data.LENGTH_BYTES, payloadBytes);
      memory.putShort(at + Data.CALL, (short) EventLayout.Call.SSL_WRITE);
    }
    ring.close();
    return ring;
  }

  /** A recording into nowhere. */
  private static final class Files implements CaptureFiles.FileSource {
    @Override
    public CaptureWriter newWriter(Path file, int number) throws IOException {
      return CaptureWriter.create(
          new DiscardingChannel(),
          "bench",
          CaptureHeader.newBuilder()
              .fileId(Bytes.copyOf(new byte[CaptureHeader.FILE_ID_BYTES]))
              .hostId(HOST)
              .build(),
          WriterOptions.newBuilder().codec(Codec.STORE).blockSpan(Duration.ofMillis(500)).build());
    }

    @Override
    public ClockEvent readClocks() {
      return new ClockEvent(
          new EventStamp(new ProcessKey(HOST, 0, 0), 0, 0, 1, EventOrigin.userSpace(0)), 1, 1);
    }
  }

  private static double nanosPerEvent(int payloadBytes, int connections, byte owner)
      throws IOException {
    RingLoop ring = ring(payloadBytes, connections, owner);
    ProcessKeys keys = new ProcessKeys(HOST);
    try (CaptureFiles files =
        CaptureFiles.open(Path.of("bench.tape"), FileOptions.defaults(), new Files())) {
      // Only ends of processes reach the discovery, and there are none here.
      EventRecorder recorder =
          new EventRecorder(
              files, new Programs(new ProcFs(Path.of("/nowhere")), false), keys, null);
      RecordDecoder decoder = new RecordDecoder(keys, recorder);
      var threads = ManagementFactory.getThreadMXBean();
      double[] rounds = new double[ROUNDS];
      for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
        long before = threads.getCurrentThreadCpuTime();
        int records = ring.drainOnce(decoder);
        long taken = threads.getCurrentThreadCpuTime() - before;
        if (round >= 0) {
          rounds[round] = (double) taken / records;
        }
      }
      if (decoder.malformed() > 0 || recorder.events() == 0) {
        throw new IllegalStateException("malformed=" + decoder.malformed());
      }
      Arrays.sort(rounds);
      return rounds[ROUNDS / 2];
    }
  }

  /** Prints nanoseconds of CPU for each event; the exit code is 1 when the bar is missed. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = System.out;
    double worst = 0;
    for (int connections : new int[] {1, 32, 1000}) {
      double tls = nanosPerEvent(256, connections, (byte) Data.OWNER_TLS);
      double plain = nanosPerEvent(256, connections, (byte) Data.OWNER_SOCKET);
      worst = Math.max(worst, Math.max(tls, plain));
      out.printf(
          "256 bytes, %d connections: TLS %.0f ns, sockets %.0f ns of CPU an event%n",
          connections, tls, plain);
    }
    double large = nanosPerEvent(16_384, 32, (byte) Data.OWNER_TLS);
    out.printf("16 KiB, 32 connections: %.0f ns, %.2f s for a GB%n", large, large / 16_384);
    out.printf("at most %.0f ns for 256 bytes: %s%n", BAR_NANOS, worst <= BAR_NANOS ? "yes" : "NO");
    System.exit(worst <= BAR_NANOS ? 0 : 1);
  }
}
