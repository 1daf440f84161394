// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

/** Numbers in network byte order, and the checksum of the Internet. */
final class Bits {
  private Bits() {}

  static int u8(byte[] bytes, int at) {
    return bytes[at] & 0xff;
  }

  static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  static long u32(byte[] bytes, int at) {
    return (long) u16(bytes, at) << 16 | u16(bytes, at + 2);
  }

  static long u64(byte[] bytes, int at) {
    return u32(bytes, at) << 32 | u32(bytes, at + 4);
  }

  /** Returns the ones' complement sum of 16-bit words (RFC 1071), folded. */
  static int sum(byte[] bytes, int from, int to, long initial) {
    long sum = initial;
    int at = from;
    // Four bytes at once: the carries are folded at the end.
    for (; at + 4 <= to; at += 4) {
      sum += u32(bytes, at);
    }
    if (at + 2 <= to) {
      sum += u16(bytes, at);
      at += 2;
    }
    if (at < to) {
      sum += (long) u8(bytes, at) << 8;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) sum;
  }
}
