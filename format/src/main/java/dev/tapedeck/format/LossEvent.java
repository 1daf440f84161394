// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import org.jspecify.annotations.Nullable;

/**
 * Something was not recorded, and how much.
 *
 * @param stamp when it became known; the process is pid 0 when several are concerned
 * @param cause why
 * @param events how many events were lost; −1 when not known
 * @param lostBytes how many bytes of streams were lost; −1 when not known
 * @param stream the stream concerned; null when several or not known
 * @param level what is left out from then on, by the cause, 0 for nothing; −1 when not told
 */
public record LossEvent(
    EventStamp stamp,
    Cause cause,
    long events,
    long lostBytes,
    @Nullable StreamId stream,
    int level)
    implements CaptureEvent {

  public LossEvent {
    if (level < -1) {
      throw new IllegalArgumentException("level=" + level);
    }
  }

  /** A loss that does not tell what is left out from then on. */
  public LossEvent(
      EventStamp stamp, Cause cause, long events, long lostBytes, @Nullable StreamId stream) {
    this(stamp, cause, events, lostBytes, stream, -1);
  }

  /** Why something was lost; numbers as in the registry. */
  public enum Cause {
    UNKNOWN(0),
    /** No room in the ring buffer. */
    RING_FULL(1),
    /** The bytes could not be read from the process's memory. */
    READ_FAULT(2),
    /** A kernel map had no room for a call or stream. */
    MAP_FULL(3),
    /** A limit that the user set, or the largest call that is kept. */
    OVER_CAP(4),
    /** The kernel did not run a probe. */
    PROBE_MISSED(5),
    /** The disk was full or refused the write. */
    WRITE_FAILED(6),
    /** Probes were attached after the process may have used the library. */
    LATE_ATTACH(7),
    /** Masked before the disk and not maskable in place. */
    REDACTED(8),
    /** A damaged part of an earlier capture that this one was derived from. */
    DAMAGED_INPUT(9),
    /** The recorder left it out to stay within its own budget. */
    SHED(10),
    /** Bytes of connections that are not in the sample; the events are connections. */
    NOT_SAMPLED(11);

    private final int number;

    Cause(int number) {
      this.number = number;
    }

    /** Returns the registry's number. */
    public int number() {
      return number;
    }

    /** Returns the cause of a registry number, {@link #UNKNOWN} for one of a later version. */
    static Cause ofNumber(long number) {
      for (Cause cause : values()) {
        if (cause.number == number) {
          return cause;
        }
      }
      return UNKNOWN;
    }
  }
}
