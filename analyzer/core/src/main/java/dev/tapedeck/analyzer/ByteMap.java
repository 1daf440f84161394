// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of one direction of a connection the capture holds, and why it lacks the others.
 *
 * <p><b>Units:</b> stream positions in bytes, 0-based. The ranges follow one another from position
 * 0 on without hole or overlap, and the sums are those of all ranges.
 *
 * <p><b>Limits:</b> the first {@value #MAX_RANGES} ranges are kept; the sums count all.
 *
 * @param ranges ascending; two neighbours differ in state or cause
 * @param rangesLeftOut how many more there were
 * @param capturedBytes sum of what the capture holds
 * @param lostBytes sum of what was lost
 * @param cutBytes sum of what was left out on purpose
 * @param unknownBytes sum of what is missing for no known reason
 * @param fromStart whether position 0 is the connection's first byte; if not, how many bytes went
 *     before is not known
 * @param toEnd whether it is known that nothing came after the last range
 */
public record ByteMap(
    List<Range> ranges,
    long rangesLeftOut,
    long capturedBytes,
    long lostBytes,
    long cutBytes,
    long unknownBytes,
    boolean fromStart,
    boolean toEnd) {
  /** Most ranges that are kept. */
  public static final int MAX_RANGES = 4096;

  /** Nothing is known to have moved. */
  public static final ByteMap EMPTY = new ByteMap(List.of(), 0, 0, 0, 0, 0, false, false);

  public ByteMap {
    ranges = List.copyOf(ranges);
  }

  /** What became of bytes. */
  public enum State {
    /** The capture holds them. */
    CAPTURED,
    /** They were lost, and a report says why. */
    LOST,
    /** They were left out: by a limit, a rule, or because they never were in memory. */
    CUT,
    /** They are missing and nothing says why. */
    UNKNOWN;

    /** Returns the name used in JSON. */
    public String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Neighbouring bytes of one fate.
   *
   * @param from first position
   * @param to position after the last one, greater than {@code from}
   * @param state what became of them
   * @param cause why they are missing, such as {@code ring_full}; null when captured or not known
   */
  public record Range(long from, long to, State state, @Nullable String cause) {
    public Range {
      if (from < 0 || to <= from) {
        throw new IllegalArgumentException("from=" + from + " to=" + to);
      }
    }
  }

  /** Returns how many bytes are missing. */
  public long missingBytes() {
    return lostBytes + cutBytes + unknownBytes;
  }

  /** Returns the position after the last byte that is known of. */
  public long length() {
    return capturedBytes + missingBytes();
  }

  /** Returns a builder of an empty map. */
  public static Builder newBuilder() {
    return new Builder();
  }

  /** Collects what follows; confined to one thread. */
  public static final class Builder {
    private final List<Range> ranges = new ArrayList<>(0);
    private long captured;
    private long lost;
    private long cut;
    private long unknown;
    private long leftOut;
    private long from;
    private long to;
    private State state = State.CAPTURED;
    private @Nullable String cause;

    private Builder() {}

    /** Appends the next bytes. */
    public Builder add(long lengthBytes, State next, @Nullable String why) {
      if (lengthBytes <= 0) {
        return this;
      }
      boolean same = next == state && (why == null ? cause == null : why.equals(cause));
      if (!same) {
        flush();
        state = next;
        cause = why;
      }
      to += lengthBytes;
      return this;
    }

    private void flush() {
      if (to > from) {
        switch (state) {
          case CAPTURED -> captured += to - from;
          case LOST -> lost += to - from;
          case CUT -> cut += to - from;
          case UNKNOWN -> unknown += to - from;
        }
        if (ranges.size() < MAX_RANGES) {
          ranges.add(new Range(from, to, state, cause));
        } else {
          leftOut++;
        }
        from = to;
      }
    }

    /** Returns the map. */
    public ByteMap build(boolean fromStart, boolean toEnd) {
      flush();
      return new ByteMap(ranges, leftOut, captured, lost, cut, unknown, fromStart, toEnd);
    }
  }
}
