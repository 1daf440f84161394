// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** Writes addresses as the capture has them: IPv4 dotted, IPv6 as in RFC 5952. */
public final class InetText {
  private static final int IPV6_BYTES = 16;
  private static final int GROUPS = 8;

  private InetText() {}

  /** Returns the text of the four bytes at {@code at}. */
  public static String ipv4(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        + "."
        + (bytes[at + 1] & 0xff)
        + "."
        + (bytes[at + 2] & 0xff)
        + "."
        + (bytes[at + 3] & 0xff);
  }

  /**
   * Returns the text of the 16 bytes; an IPv4-mapped address (RFC 4291, 2.5.5.2) is written as
   * IPv4, so that both ends of a connection have the same name for it.
   */
  public static String ipv6(byte[] bytes) {
    if (bytes.length != IPV6_BYTES) {
      throw new IllegalArgumentException("bytes=" + bytes.length);
    }
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int zeros = 0;
    while (zeros < 5 && groups[zeros] == 0) {
      zeros++;
    }
    if (zeros == 5 && groups[5] == 0xffff) {
      return ipv4(bytes, 12);
    }
    return compressed(groups);
  }

  /** RFC 5952, 4.2: the first of the longest runs of at least two zero groups becomes "::". */
  private static String compressed(int[] groups) {
    int bestFrom = -1;
    int bestLength = 1;
    for (int from = 0; from < GROUPS; from++) {
      int to = from;
      while (to < GROUPS && groups[to] == 0) {
        to++;
      }
      if (to - from > bestLength) {
        bestFrom = from;
        bestLength = to - from;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == bestFrom) {
        text.append("::");
        i += bestLength - 1;
        continue;
      }
      if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
