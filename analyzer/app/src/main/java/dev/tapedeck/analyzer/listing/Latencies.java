// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

/**
 * How long things took: counts by powers of two, each in 16 steps.
 *
 * <p><b>Units:</b> microseconds, 6 % too low at most. <b>Threads:</b> confined to one.
 */
public final class Latencies {
  private static final int STEPS = 16;
  private static final int STEP_BITS = 4;
  private static final int BINS = (Long.SIZE - STEP_BITS) * STEPS;

  private final int[] counts = new int[BINS];
  private long count;
  private long mostMicros;

  /** Makes one without any. */
  public Latencies() {}

  /** Counts one; what is negative counts as nothing. */
  public void add(long micros) {
    long taken = Math.max(0, micros);
    counts[bin(taken)]++;
    count++;
    mostMicros = Math.max(mostMicros, taken);
  }

  /** Returns how many were counted. */
  public long count() {
    return count;
  }

  /** Returns the longest; 0 when there is none. */
  public long mostMicros() {
    return mostMicros;
  }

  /**
   * Returns what so many of them did not exceed; 0 when there is none.
   *
   * @param part from 0 to 1
   */
  public long percentile(double part) {
    long wanted = Math.max(1, (long) Math.ceil(count * part));
    long seen = 0;
    for (int bin = 0; bin < BINS; bin++) {
      seen += counts[bin];
      if (seen >= wanted) {
        return Math.min(least(bin), mostMicros);
      }
    }
    return mostMicros;
  }

  private static int bin(long micros) {
    if (micros < STEPS) {
      return (int) micros;
    }
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
    int step = (int) (micros >>> (power - STEP_BITS)) & (STEPS - 1);
    return (power - STEP_BITS + 1) * STEPS + step;
  }

  private static long least(int bin) {
    if (bin < STEPS) {
      return bin;
    }
    int power = bin / STEPS + STEP_BITS - 1;
    return (long) (STEPS + bin % STEPS) << (power - STEP_BITS);
  }
}
