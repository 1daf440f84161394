// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.content;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What undoing one coding gave so far: bytes, and what was wrong.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class Decoding {
  private static final int MIN_RUN_BYTES = 512;
  private static final int MAX_RUN_BYTES = 64 << 10;
  private static final long RATIO_COUNTS_FROM_BYTES = 16L << 20;

  private final long codedBytes;
  private final long limit;
  private final List<Bytes> runs = new ArrayList<>();
  private final List<Anomaly> anomalies = new ArrayList<>(0);
  private byte[] run = new byte[0];
  private int runLength;
  private long length;
  private boolean failed;
  private boolean full;

  /**
   * Begins a decoding.
   *
   * @param codedBytes how many bytes there are to decode
   * @param maxBytes how many may come out
   * @param maxRatio how many for each coded byte, once there are many
   */
  public Decoding(long codedBytes, long maxBytes, int maxRatio) {
    this.codedBytes = codedBytes;
    long grown = codedBytes > Long.MAX_VALUE / maxRatio ? maxBytes : codedBytes * maxRatio;
    this.limit = Math.min(maxBytes, Math.max(RATIO_COUNTS_FROM_BYTES, grown));
  }

  /** Returns the array that takes the next bytes from {@link #offset} on. */
  byte[] buffer() {
    if (runLength == run.length) {
      flush();
      long likely = runs.isEmpty() ? codedBytes * 4 : MAX_RUN_BYTES;
      run = new byte[(int) Math.max(MIN_RUN_BYTES, Math.min(MAX_RUN_BYTES, likely))];
    }
    return run;
  }

  int offset() {
    return runLength;
  }

  /** Says that so many bytes were put there; returns false when no more may come. */
  boolean added(int count) {
    int taken = (int) Math.min(count, limit - length);
    runLength += taken;
    length += taken;
    if (taken < count) {
      fail(AnomalyKind.LIMIT, "decoded=" + length);
      full = true;
    }
    return !full;
  }

  /** Adds bytes that are within the bound. */
  void add(byte[] bytes) {
    for (int done = 0; done < bytes.length; ) {
      byte[] buffer = buffer();
      int count = Math.min(buffer.length - runLength, bytes.length - done);
      System.arraycopy(bytes, done, buffer, runLength, count);
      added(count);
      done += count;
    }
  }

  /** Forgets the bytes. */
  void restart() {
    runs.clear();
    runLength = 0;
    length = 0;
  }

  long limit() {
    return limit;
  }

  private void flush() {
    if (runLength > 0) {
      byte[] kept = runLength == run.length ? run : Arrays.copyOf(run, runLength);
      runs.add(Bytes.wrap(kept, 0, kept.length));
      run = new byte[0];
      runLength = 0;
    }
  }

  /** Notes something that is odd and costs nothing. */
  void odd(String detail) {
    Anomaly anomaly = new Anomaly(AnomalyKind.CODING_FORM, detail);
    if (!anomalies.contains(anomaly)) {
      anomalies.add(anomaly);
    }
  }

  /** Notes that content is missing or wrong from here on. */
  void fail(String detail) {
    fail(AnomalyKind.CONTENT_CODING, detail);
  }

  private void fail(AnomalyKind kind, String detail) {
    failed = true;
    anomalies.add(new Anomaly(kind, detail));
  }

  /** Returns whether not all content came out. */
  public boolean isFailed() {
    return failed;
  }

  /** Returns whether it ended at a bound. */
  public boolean isFull() {
    return full;
  }

  /** Returns how many bytes came out. */
  public long length() {
    return length;
  }

  /** Returns what was wrong. */
  public List<Anomaly> anomalies() {
    return anomalies;
  }

  /** Returns the bytes. */
  public ByteRope content() {
    flush();
    return runs.isEmpty() ? ByteRope.EMPTY : new ByteRope(runs);
  }
}
