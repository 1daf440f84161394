// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import org.jspecify.annotations.Nullable;

/**
 * IP addresses that share a prefix (RFC 4632, section 3.1; RFC 4291, section 2.3).
 *
 * <p>IPv4 addresses are taken as the IPv6 addresses that they map to, so that both spellings of one
 * address are equal.
 */
final class AddressRange {
  private static final int GROUPS = 8;
  private static final int GROUP_BITS = 16;
  private static final int MAPPED_BITS = 96;

  private final int[] groups;
  private final int bits;

  private AddressRange(int[] groups, int bits) {
    this.groups = groups;
    this.bits = bits;
  }

  /** Returns the range of an address or of {@code ADDRESS/BITS}; null when it is neither. */
  static @Nullable AddressRange parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    int[] groups = groups(address);
    if (groups == null) {
      return null;
    }
    int most = GROUPS * GROUP_BITS;
    if (slash < 0) {
      return new AddressRange(groups, most);
    }
    int given = number(text.substring(slash + 1), 10, most);
    int offset = address.indexOf(':') < 0 ? MAPPED_BITS : 0;
    return given < 0 || given + offset > most ? null : new AddressRange(groups, given + offset);
  }

  /** Returns whether the address is in the range. */
  boolean contains(String address) {
    int[] other = groups(address);
    if (other == null) {
      return false;
    }
    for (int i = 0; i < GROUPS; i++) {
      int compared = Math.max(0, Math.min(GROUP_BITS, bits - i * GROUP_BITS));
      if ((groups[i] ^ other[i]) >> (GROUP_BITS - compared) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int @Nullable [] groups(String text) {
    int[] groups = new int[GROUPS];
    int gap = text.indexOf("::");
    if (text.indexOf(':') < 0) {
      groups[5] = 0xffff;
      return fourBytes(text, groups, 6) ? groups : null;
    }
    String tail = gap < 0 ? text : text.substring(gap + 2);
    int[] end = new int[GROUPS];
    int endCount = tail.isEmpty() ? 0 : fill(tail, end);
    int count = 0;
    if (gap > 0) {
      count = fill(text.substring(0, gap), groups);
    }
    if (endCount < 0 || count < 0 || (gap < 0 ? endCount != GROUPS : count + endCount >= GROUPS)) {
      return null;
    }
    System.arraycopy(end, 0, groups, GROUPS - endCount, endCount);
    return groups;
  }

  /** Returns how many groups the text has; -1 when it is none. */
  private static int fill(String text, int[] groups) {
    String[] parts = text.split(":", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      if (i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
        return count + 2 <= GROUPS && fourBytes(parts[i], groups, count) ? count + 2 : -1;
      }
      int group = parts[i].length() > 4 ? -1 : number(parts[i], 16, 0xffff);
      if (group < 0 || count == GROUPS) {
        return -1;
      }
      groups[count++] = group;
    }
    return count;
  }

  private static boolean fourBytes(String text, int[] groups, int at) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (int i = 0; i < 4; i++) {
      int part = number(parts[i], 10, 255);
      if (part < 0) {
        return false;
      }
      groups[at + i / 2] = (groups[at + i / 2] << 8) | part;
    }
    return true;
  }

  private static int number(String digits, int radix, int most) {
    if (digits.isEmpty() || digits.length() > 4) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), radix);
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value <= most ? value : -1;
  }
}
