// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import java.util.Arrays;

/**
 * When each planned request was due, ready, sent and answered.
 *
 * <p><b>Units:</b> nanoseconds from the replay's origin; {@link #NEVER} for what did not happen.
 *
 * <p><b>Threads:</b> each request's entries belong to the event loop of its connection, and to
 * anybody after the run.
 */
final class Timings {
  static final long NEVER = Long.MIN_VALUE;

  private final long[] ready;
  private final long[] sent;
  private final long[] firstByte;
  private final long[] ended;

  Timings(int count) {
    ready = never(count);
    sent = never(count);
    firstByte = never(count);
    ended = never(count);
  }

  private static long[] never(int count) {
    long[] times = new long[count];
    Arrays.fill(times, NEVER);
    return times;
  }

  void sent(int number, long readyNanos, long sentNanos) {
    ready[number] = readyNanos;
    sent[number] = sentNanos;
  }

  void firstByte(int number, long nanos) {
    if (firstByte[number] == NEVER) {
      firstByte[number] = nanos;
    }
  }

  void ended(int number, long nanos) {
    ended[number] = nanos;
  }

  long ready(int number) {
    return ready[number];
  }

  long sent(int number) {
    return sent[number];
  }

  long firstByte(int number) {
    return firstByte[number];
  }

  long ended(int number) {
    return ended[number];
  }
}
