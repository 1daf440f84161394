// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.Arrays;
import java.util.List;

/** Collects a payload up to a bound; what is beyond is counted only. */
final class PayloadBuffer {
  private static final int MIN_BYTES = 64;

  private int maxBytes;
  private byte[] bytes = new byte[0];
  private int length;
  private long offered;

  PayloadBuffer(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  void add(byte[] array, int offset, int count) {
    offered += count;
    int taken = Math.min(count, maxBytes - length);
    if (taken > 0) {
      reserve(taken);
      System.arraycopy(array, offset, bytes, length, taken);
      length += taken;
    }
  }

  void add(int b) {
    offered++;
    if (length < maxBytes) {
      reserve(1);
      bytes[length++] = (byte) b;
    }
  }

  /** Keeps so many bytes, of what has come and of what comes. */
  void keepAtMost(int count) {
    maxBytes = Math.min(maxBytes, count);
    if (length > maxBytes) {
      length = maxBytes;
      bytes = Arrays.copyOf(bytes, length);
    }
  }

  /** Forgets what was collected. */
  void clear() {
    length = 0;
    offered = 0;
  }

  private void reserve(int more) {
    int needed = length + more;
    if (needed > bytes.length) {
      long roomy = Math.max(MIN_BYTES, bytes.length * 2L);
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(roomy, maxBytes)));
    }
  }

  /** Returns how many bytes were offered, kept or not. */
  long offered() {
    return offered;
  }

  int length() {
    return length;
  }

  byte get(int index) {
    return bytes[index];
  }

  boolean isOver() {
    return offered > length;
  }

  /** Returns what lies behind the first bytes. */
  Bytes from(int start) {
    return start >= length
        ? Bytes.empty()
        : Bytes.wrap(Arrays.copyOfRange(bytes, start, length), 0, length - start);
  }

  ByteRope rope(int start) {
    Bytes kept = from(start);
    return kept.isEmpty() ? ByteRope.EMPTY : new ByteRope(List.of(kept));
  }
}
