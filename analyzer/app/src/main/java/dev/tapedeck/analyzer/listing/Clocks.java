// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.stream.HostTimes;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.TimeRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The clock readings of a capture, so that a part of it can be read with its times right.
 *
 * <p><b>Threads:</b> any.
 */
final class Clocks {
  static final int BYTES_EACH = 4 * Long.BYTES;

  /** Guarded by this. */
  private final List<ClockEvent> readings = new ArrayList<>();

  synchronized void add(ClockEvent reading) {
    readings.add(reading);
  }

  synchronized List<ClockEvent> readings() {
    return List.copyOf(readings);
  }

  /** Returns them as bytes. */
  synchronized ByteBuffer write() {
    ByteBuffer bytes = ByteBuffer.allocate(readings.size() * BYTES_EACH);
    for (ClockEvent reading : readings) {
      bytes
          .putLong(reading.stamp().process().hostId())
          .putLong(reading.stamp().exitNanos())
          .putLong(reading.bootNanos())
          .putLong(reading.realNanos());
    }
    return bytes.flip();
  }

  /** Takes what {@link #write} gave. */
  static Clocks read(ByteBuffer bytes) {
    Clocks clocks = new Clocks();
    while (bytes.remaining() >= BYTES_EACH) {
      ProcessKey host = new ProcessKey(bytes.getLong(), 0, 0);
      EventStamp stamp =
          new EventStamp(
              host, 0, 0, bytes.getLong(), EventOrigin.userSpace(clocks.readings.size()));
      clocks.readings.add(new ClockEvent(stamp, bytes.getLong(), bytes.getLong()));
    }
    return clocks;
  }

  /**
   * Returns monotonic times that hold a span of real time, whatever host's they are.
   *
   * @param toRealNanos exclusive
   */
  synchronized TimeRange monotonic(long fromRealNanos, long toRealNanos) {
    if (readings.isEmpty()) {
      // Without a reading, monotonic times stand for real ones.
      return new TimeRange(fromRealNanos, toRealNanos);
    }
    HostTimes times = new HostTimes();
    readings.forEach(times::add);
    return times.monotonicRange(fromRealNanos, toRealNanos);
  }
}
