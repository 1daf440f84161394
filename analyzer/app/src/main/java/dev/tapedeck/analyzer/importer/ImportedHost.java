// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The host that an imported capture speaks of: nobody's, with a clock that runs with real time.
 *
 * <p><b>Units:</b> the monotonic clock of an import is real time and a second, so that no time is
 * 0, which means unknown. <b>Threads:</b> confined to one.
 */
final class ImportedHost {
  private static final long CLOCK_OFFSET_NANOS = 1_000_000_000L;
  private static final long LATEST_NANOS = Long.MAX_VALUE / 2;

  /** Repeated, so that every part of a split capture has one. */
  private static final long CLOCK_INTERVAL_NANOS = 10_000_000_000L;

  private final ProcessKey process;
  private final EventSink sink;
  private long sequence;
  private long nextClockNanos = Long.MIN_VALUE;

  ImportedHost(long hostId, EventSink sink) {
    this.process = new ProcessKey(hostId, 0, 0);
    this.sink = sink;
  }

  /**
   * Returns a number for a host by how its input begins, so that imports of several inputs can be
   * merged and those of the same one are alike.
   */
  static long hostId(byte[] beginning) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(beginning);
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Returns what the header of an import says. It names no host, so that the replayer takes it for
   * one that may come from any.
   *
   * @param source kind of the input, such as {@code pcap}
   */
  static CaptureHeader.Builder header(
      Bytes fileId, long hostId, String producer, long createdNanos, String source) {
    return CaptureHeader.newBuilder()
        .fileId(fileId)
        .hostId(hostId)
        .producer(producer)
        .createdRealNanos(createdNanos)
        .attribute("imported_from", source)
        .attribute("sources", "import");
  }

  ProcessKey process() {
    return process;
  }

  /** Returns the time on the host's clock, within what can be told. */
  static long monotonicNanos(long epochNanos) {
    return Math.min(LATEST_NANOS, Math.max(0, epochNanos)) + CLOCK_OFFSET_NANOS;
  }

  /** Returns the stamp of the next event, and reads the clock before when that is due. */
  EventStamp stamp(long epochNanos) throws IOException {
    long nanos = monotonicNanos(epochNanos);
    if (nanos >= nextClockNanos) {
      nextClockNanos = nanos + CLOCK_INTERVAL_NANOS;
      sink.write(new ClockEvent(next(nanos), nanos, nanos - CLOCK_OFFSET_NANOS));
    }
    return next(nanos);
  }

  private EventStamp next(long nanos) {
    return new EventStamp(process, 0, 0, nanos, EventOrigin.userSpace(sequence++));
  }

  /** Promises that nothing follows from before a time. */
  void watermark(long epochNanos) throws IOException {
    sink.watermark(monotonicNanos(epochNanos));
  }
}
