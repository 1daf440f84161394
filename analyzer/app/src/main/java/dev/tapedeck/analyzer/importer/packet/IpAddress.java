// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

/**
 * An IP address as numbers, so that tables of many stay small.
 *
 * @param high first 8 bytes of an IPv6 address; 0 for IPv4
 * @param low the last 8 bytes; for IPv4 those of its mapped form {@code ::ffff:a.b.c.d}
 * @param isV4 whether it is of IPv4
 */
public record IpAddress(long high, long low, boolean isV4) implements Comparable<IpAddress> {
  private static final long MAPPED = 0xffff_0000_0000L;
  private static final int GROUPS = 8;

  static IpAddress v4(byte[] bytes, int at) {
    return new IpAddress(0, MAPPED | Bits.u32(bytes, at), true);
  }

  static IpAddress v6(byte[] bytes, int at) {
    return new IpAddress(Bits.u64(bytes, at), Bits.u64(bytes, at + 8), false);
  }

  @Override
  public int compareTo(IpAddress that) {
    int order = Long.compareUnsigned(high, that.high);
    return order != 0 ? order : Long.compareUnsigned(low, that.low);
  }

  /** Returns the canonical text: dotted, or as RFC 5952 has it, without brackets. */
  @Override
  public String toString() {
    if (isV4) {
      return (low >>> 24 & 0xff)
          + "."
          + (low >>> 16 & 0xff)
          + "."
          + (low >>> 8 & 0xff)
          + "."
          + (low & 0xff);
    }
    int bestFrom = -1;
    int bestLength = 1;
    for (int from = 0; from < GROUPS; from++) {
      int to = from;
      while (to < GROUPS && group(to) == 0) {
        to++;
      }
      if (to - from > bestLength) {
        bestFrom = from;
        bestLength = to - from;
      }
    }
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < GROUPS) {
      if (at == bestFrom) {
        text.append("::");
        at += bestLength;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(group(at)));
        at++;
      }
    }
    return text.toString();
  }

  private int group(int index) {
    long half = index < GROUPS / 2 ? high : low;
    return (int) (half >>> (48 - 16 * (index % (GROUPS / 2))) & 0xffff);
  }
}
