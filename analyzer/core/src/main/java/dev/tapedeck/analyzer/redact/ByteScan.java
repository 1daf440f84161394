// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at several bytes at once. */
final class ByteScan {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final int PAIRS = 1 << 16;

  private ByteScan() {}

  /**
   * Returns where a run of characters of a JSON string ends: at the next quote, backslash or
   * control, or at {@code to}.
   */
  static int plainEnd(byte[] bytes, int from, int to) {
    int at = from;
    while (at + Long.BYTES <= to) {
      long eight = (long) LONG.get(bytes, at);
      // The lowest bit that is set is that of the first such byte; bits above it may be wrong.
      long found =
          zeros(eight ^ ('"' * ONES))
              | zeros(eight ^ ('\\' * ONES))
              | ((eight - ' ' * ONES) & ~eight & HIGH_BITS);
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
      at += Long.BYTES;
    }
    while (at < to && bytes[at] != '"' && bytes[at] != '\\' && (bytes[at] & 0xff) >= ' ') {
      at++;
    }
    return at;
  }

  private static long zeros(long eight) {
    return (eight - ONES) & ~eight & HIGH_BITS;
  }

  /**
   * Returns whether eight bytes are digits, blanks and hyphens, or look like them: false is sure.
   */
  static boolean mayBeDigits(byte[] bytes, int at) {
    // All of these are 0x20 to 0x3f.
    return ((long) LONG.get(bytes, at) & 0xe0e0_e0e0_e0e0_e0e0L) == 0x20 * ONES;
  }

  /** Returns a byte and the next one as an index of {@link #table}. */
  static int pair(byte[] bytes, int at) {
    return (short) SHORT.get(bytes, at) & 0xffff;
  }

  /** Returns the same of two characters of one byte. */
  static int pair(int first, int second) {
    return (first & 0xff) | (second & 0xff) << 8;
  }

  /** Returns a table with a place for each pair of bytes. */
  static byte[] table() {
    return new byte[PAIRS];
  }
}
