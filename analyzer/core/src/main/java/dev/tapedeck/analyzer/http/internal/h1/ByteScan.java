// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Looks for bytes in arrays, eight at a time where that pays. */
final class ByteScan {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long LINE_FEEDS = 0x0a0a0a0a0a0a0a0aL;

  /**
   * The first byte above CR: what is below may end a line, or is a control that is odd in a head.
   */
  private static final int FIRST_ABOVE_CR = '\r' + 1;

  private static final long ABOVE_CR = FIRST_ABOVE_CR * ONES;

  private static final long ABOVE_SPACE = (' ' + 1) * ONES;
  private static final long CASE_BITS = 0x20 * ONES;
  private static final long HYPHENS = '-' * ONES;

  /** Added to a letter it sets the high bit. */
  private static final long FROM_A = (0x80 - 'a') * ONES;

  /** Added to what is above the letters it sets the high bit. */
  private static final long ABOVE_Z = (0x80 - 'z' - 1) * ONES;

  /** Which bytes may be in a token (RFC 9110, section 5.6.2). */
  private static final boolean[] TOKEN = tokenTable();

  private ByteScan() {}

  private static boolean[] tokenTable() {
    boolean[] table = new boolean[256];
    for (char c = '0'; c <= '9'; c++) {
      table[c] = true;
    }
    for (char c = 'a'; c <= 'z'; c++) {
      table[c] = true;
      table[c - 'a' + 'A'] = true;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      table[c] = true;
    }
    return table;
  }

  static boolean isToken(byte b) {
    return TOKEN[b & 0xff];
  }

  /** Returns whether all bytes of a non-empty range may be in a token. */
  static boolean isToken(byte[] array, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!TOKEN[array[i] & 0xff]) {
        return false;
      }
    }
    return to > from;
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** Returns the index of the first LF in {@code [from, to)}; −1 when there is none. */
  static int indexOfLineFeed(byte[] array, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      long differs = (long) LONGS.get(array, i) ^ LINE_FEEDS;
      long found = (differs - ONES) & ~differs & HIGH_BITS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (array[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Returns the index of the first byte up to CR in {@code [from, to)}; −1 when there is none. */
  static int indexOfLineControl(byte[] array, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      long word = (long) LONGS.get(array, i);
      long found = (word - ABOVE_CR) & ~word & HIGH_BITS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (array[i] >= 0 && array[i] < FIRST_ABOVE_CR) {
        return i;
      }
    }
    return -1;
  }

  /** Returns the index of the first byte up to space in {@code [from, to)}; −1 without one. */
  static int indexOfPadding(byte[] array, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      long word = (long) LONGS.get(array, i);
      long found = (word - ABOVE_SPACE) & ~word & HIGH_BITS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (isPadding(array[i])) {
        return i;
      }
    }
    return -1;
  }

  /** Returns the index of the first byte in {@code [from, to)} that is in no token, else to. */
  static int endOfToken(byte[] array, int from, int to) {
    int i = from;
    while (i + Long.BYTES <= to) {
      long other = notInNames((long) LONGS.get(array, i));
      if (other != 0) {
        i += Long.numberOfTrailingZeros(other) >>> 3;
        break;
      }
      i += Long.BYTES;
    }
    while (i < to && isToken(array[i])) {
      i++;
    }
    return i;
  }

  /** Returns the high bit of each byte that is neither a letter nor a hyphen. */
  private static long notInNames(long word) {
    long lower = (word | CASE_BITS) & ~HIGH_BITS;
    long letters = (lower + FROM_A) & ~(lower + ABOVE_Z);
    long differs = word ^ HYPHENS;
    long notHyphens = ((differs & ~HIGH_BITS) + ~HIGH_BITS) | differs;
    return ((~letters & notHyphens) | word) & HIGH_BITS;
  }

  /** Returns eight bytes in one number. */
  static long word(byte[] array, int at) {
    return (long) LONGS.get(array, at);
  }

  /** Returns the first eight characters as {@link #word} returns them. */
  static long text(String characters) {
    return word(characters.getBytes(StandardCharsets.ISO_8859_1), 0);
  }

  /** Returns whether a byte is a space or an ASCII control before it. */
  static boolean isPadding(byte b) {
    return b >= 0 && b <= ' ';
  }

  /** Returns the index of the first byte in {@code [from, to)} that is no padding, else to. */
  static int skipPadding(byte[] array, int from, int to) {
    int at = from;
    while (at < to && isPadding(array[at])) {
      at++;
    }
    return at;
  }

  /** Returns whether the token bytes of the range alone are the lower-case name. */
  static boolean equalsSqueezed(byte[] array, int from, int to, String lowerName) {
    int matched = 0;
    for (int i = from; i < to; i++) {
      if (isToken(array[i])) {
        if (matched == lowerName.length() || lower(array[i]) != lowerName.charAt(matched)) {
          return false;
        }
        matched++;
      }
    }
    return matched == lowerName.length();
  }

  /** Returns whether the range equals the lower-case name, without ASCII case. */
  static boolean equalsIgnoreCase(byte[] array, int from, int to, String lowerName) {
    return to - from == lowerName.length() && startsWithIgnoreCase(array, from, to, lowerName);
  }

  /** Returns whether the range begins with the lower-case prefix, without ASCII case. */
  static boolean startsWithIgnoreCase(byte[] array, int from, int to, String lowerPrefix) {
    int length = lowerPrefix.length();
    if (to - from < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(array[from + i]) != lowerPrefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b & 0xff;
  }

  /** Returns the value of a hexadecimal digit; −1 for any other byte. */
  static int hexDigit(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = lower(b);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
