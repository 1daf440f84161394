// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Decodes the Huffman code of header strings (RFC 7541, section 5.2 and appendix B).
 *
 * <p>The code is canonical: codes of one length follow one another in the order of their symbols,
 * so that the lengths say all. A table over the next 12 bits gives up to two symbols at once; the
 * rare longer codes are found by their length.
 */
final class Huffman {
  /** Most bytes that decoding may write beyond the last symbol. */
  static final int SLACK_BYTES = 2;

  /** The length of each symbol's code in bits, from symbol 0 on; the last is EOS. */
  private static final byte[] LENGTHS = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, //
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, //
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, //
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, //
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, //
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, //
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, //
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, //
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, //
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, //
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, //
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, //
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, //
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, //
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, //
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, //
    30
  };

  private static final int EOS = 256;
  private static final int LONGEST_BITS = 30;
  private static final int TABLE_BITS = 12;
  private static final int MOST_PADDING_BITS = 7;

  /** In an entry: first symbol, second symbol, bits of the first, bits of all, symbols. */
  private static final int SECOND_SHIFT = 8;

  private static final int FIRST_BITS_SHIFT = 16;
  private static final int BITS_SHIFT = 21;
  private static final int COUNT_SHIFT = 26;
  private static final int BITS_MASK = 0x1f;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final short[] SYMBOLS = new short[LENGTHS.length];
  private static final int[] FIRST_CODE = new int[LONGEST_BITS + 1];
  private static final int[] FIRST_INDEX = new int[LONGEST_BITS + 2];
  private static final int[] TABLE = new int[1 << TABLE_BITS];

  static {
    int code = 0;
    int index = 0;
    for (int bits = 1; bits <= LONGEST_BITS; bits++) {
      code <<= 1;
      FIRST_CODE[bits] = code;
      FIRST_INDEX[bits] = index;
      for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
        if (LENGTHS[symbol] == bits) {
          SYMBOLS[index++] = (short) symbol;
          code++;
        }
      }
    }
    FIRST_INDEX[LONGEST_BITS + 1] = index;
    for (int i = 0; i < TABLE.length; i++) {
      TABLE[i] = entry(i);
    }
  }

  private Huffman() {}

  private static int entry(int bits) {
    int first = symbol(bits, TABLE_BITS);
    if (first < 0) {
      return 0;
    }
    int firstBits = LENGTHS[first];
    int second = symbol(bits & ((1 << (TABLE_BITS - firstBits)) - 1), TABLE_BITS - firstBits);
    return second < 0
        ? first | firstBits << FIRST_BITS_SHIFT | firstBits << BITS_SHIFT | 1 << COUNT_SHIFT
        : first
            | second << SECOND_SHIFT
            | firstBits << FIRST_BITS_SHIFT
            | (firstBits + LENGTHS[second]) << BITS_SHIFT
            | 2 << COUNT_SHIFT;
  }

  /** Returns the symbol whose code is a prefix of the lowest {@code count} bits, or −1. */
  private static int symbol(int bits, int count) {
    for (int length = 1; length <= count; length++) {
      int offset = (bits >>> (count - length)) - FIRST_CODE[length];
      if (offset >= 0 && offset < FIRST_INDEX[length + 1] - FIRST_INDEX[length]) {
        return SYMBOLS[FIRST_INDEX[length] + offset];
      }
    }
    return -1;
  }

  /** Returns the most bytes that so many coded ones can become, with the slack. */
  static int maxDecodedBytes(int codedBytes) {
    return (int) Math.min(Integer.MAX_VALUE, codedBytes * 8L / 5 + SLACK_BYTES);
  }

  /**
   * Decodes a string.
   *
   * @param out has room for {@link #maxDecodedBytes}
   * @param at where the first byte is written
   * @return the position after the last one, or −1 when the code is not valid
   */
  static int decode(byte[] in, int from, int to, byte[] out, int at) {
    int next = from;
    int written = at;
    long buffer = 0;
    int count = 0;
    while (true) {
      if (count < Integer.SIZE) {
        if (to - next >= Integer.BYTES) {
          buffer |= ((int) INTS.get(in, next) & 0xffffffffL) << (Integer.SIZE - count);
          count += Integer.SIZE;
          next += Integer.BYTES;
        } else {
          while (next < to) {
            buffer |= (in[next++] & 0xffL) << (Long.SIZE - Byte.SIZE - count);
            count += Byte.SIZE;
          }
          if (count < LONGEST_BITS) {
            return tail(buffer, count, out, written);
          }
        }
      }
      int entry = TABLE[(int) (buffer >>> (Long.SIZE - TABLE_BITS))];
      if (entry == 0) {
        int symbol = symbol((int) (buffer >>> (Long.SIZE - LONGEST_BITS)), LONGEST_BITS);
        if (symbol < 0 || symbol == EOS) {
          return -1;
        }
        out[written++] = (byte) symbol;
        buffer <<= LENGTHS[symbol];
        count -= LENGTHS[symbol];
      } else {
        int bits = entry >>> BITS_SHIFT & BITS_MASK;
        out[written] = (byte) entry;
        out[written + 1] = (byte) (entry >>> SECOND_SHIFT);
        written += entry >>> COUNT_SHIFT;
        buffer <<= bits;
        count -= bits;
      }
    }
  }

  /** The last bits: symbols one by one, then fewer than 8 bits that are all ones. */
  private static int tail(long buffer, int count, byte[] out, int at) {
    long rest = buffer;
    int left = count;
    int written = at;
    while (left > 0) {
      int symbol = symbol((int) (rest >>> (Long.SIZE - LONGEST_BITS)), LONGEST_BITS);
      if (symbol < 0 || LENGTHS[symbol] > left) {
        break;
      }
      out[written++] = (byte) symbol;
      rest <<= LENGTHS[symbol];
      left -= LENGTHS[symbol];
    }
    boolean padded = left <= MOST_PADDING_BITS && (left == 0 || rest >> (Long.SIZE - left) == -1);
    return padded ? written : -1;
  }
}
