// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects a payload up to a bound; of what is beyond, length and digest are known. */
final class PayloadBuffer {
  private static final int MIN_BYTES = 64;

  private int maxBytes;
  private byte[] bytes = new byte[0];
  private int length;
  private long offered;

  /** Over what was beyond the bound; null while nothing is. */
  private @Nullable MessageDigest beyond;

  /**
   * Whether bytes were let go that had been kept, so that the digest is not over all that is not.
   */
  private boolean shrunk;

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
    if (taken < count) {
      int kept = Math.max(0, taken);
      digest().update(array, offset + kept, count - kept);
    }
  }

  private MessageDigest digest() {
    MessageDigest open = beyond;
    if (open == null) {
      try {
        open = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        // Every Java platform has it (MessageDigest's documentation).
        throw new IllegalStateException("SHA-256 is missing", e);
      }
      beyond = open;
    }
    return open;
  }

  /**
   * Returns the SHA-256 of what is beyond the bound, in hexadecimal; null when nothing is, or when
   * it cannot be told any more.
   */
  @Nullable String digestBeyond() {
    MessageDigest open = beyond;
    beyond = null;
    return open == null || shrunk ? null : HexFormat.of().formatHex(open.digest());
  }

  void add(int b) {
    offered++;
    if (length < maxBytes) {
      reserve(1);
      bytes[length++] = (byte) b;
    } else {
      digest().update((byte) b);
    }
  }

  /** Keeps so many bytes, of what has come and of what comes. */
  void keepAtMost(int count) {
    maxBytes = Math.min(maxBytes, count);
    if (length > maxBytes) {
      length = maxBytes;
      shrunk = true;
      bytes = Arrays.copyOf(bytes, length);
    }
  }

  /** Forgets what was collected. */
  void clear() {
    length = 0;
    offered = 0;
    beyond = null;
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
