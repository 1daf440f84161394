// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/**
 * Secrets that were found in a message's head and may stand anywhere else in an exchange.
 *
 * <p><b>Threads:</b> immutable.
 */
final class KnownSecrets {
  /** Shorter values stand in too many places where they mean something else. */
  static final int MIN_BYTES = 8;

  /**
   * Of so many pairs of bytes in a row each repetition holds one that is looked at: the pair at one
   * of its first {@value} places.
   */
  private static final int STRIDE = MIN_BYTES - 1;

  /** So few that making it costs little beside an exchange. */
  private static final int HASH_BITS = 11;

  /** None. */
  static final KnownSecrets NONE = new KnownSecrets(List.of());

  private final byte[][] values;

  /** A bit for each pair of bytes at the first places of a value, and all that share it. */
  private final long[] pairs = new long[1 << (HASH_BITS - 6)];

  private KnownSecrets(Collection<String> texts) {
    this.values = new byte[texts.size()][];
    int count = 0;
    for (String text : texts) {
      if (text.length() < MIN_BYTES) {
        throw new IllegalArgumentException("length=" + text.length());
      }
      byte[] value = text.getBytes(StandardCharsets.ISO_8859_1);
      values[count++] = value;
      for (int i = 0; i < STRIDE; i++) {
        int hash = hash(ByteScan.pair(value, i));
        pairs[hash >> 6] |= 1L << hash;
      }
    }
  }

  /** Returns values of one character a byte, each of {@value #MIN_BYTES} or more. */
  static KnownSecrets of(Collection<String> texts) {
    return texts.isEmpty() ? NONE : new KnownSecrets(texts);
  }

  /** Adds where they stand between two offsets. */
  void find(byte[] bytes, int from, int to, Spans spans) {
    if (values.length == 0) {
      return;
    }
    for (int at = from; at + 1 < to; at += STRIDE) {
      int hash = hash(ByteScan.pair(bytes, at));
      if ((pairs[hash >> 6] & (1L << hash)) != 0) {
        around(bytes, from, to, at, spans);
      }
    }
  }

  /** Fibonacci hashing. */
  private static int hash(int pair) {
    return (pair * 0x9e3779b1) >>> -HASH_BITS;
  }

  /** Looks for those of which this byte is one of the first {@value #STRIDE}. */
  private void around(byte[] bytes, int from, int to, int at, Spans spans) {
    for (byte[] value : values) {
      for (int start = Math.max(from, at - STRIDE + 1); start <= at; start++) {
        if (bytes[start] == value[0] && stands(value, bytes, start, to)) {
          spans.add(start, start + value.length);
        }
      }
    }
  }

  private static boolean stands(byte[] value, byte[] bytes, int start, int to) {
    if (to - start < value.length) {
      return false;
    }
    for (int i = 1; i < value.length; i++) {
      if (bytes[start + i] != value[i]) {
        return false;
      }
    }
    return true;
  }
}
