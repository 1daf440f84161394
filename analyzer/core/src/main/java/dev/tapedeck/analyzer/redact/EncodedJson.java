// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.util.Base64;
import java.util.function.Predicate;

/**
 * Finds JSON in base64 (RFC 4648, sections 4 and 5) that holds secrets, such as the credentials of
 * registries or what was carried through a cookie: all of it is secret then.
 */
final class EncodedJson {
  /**
   * How <code>{"</code>, <code>{ </code>, <code>{</code> and a line end, and <code>[{</code> begin.
   */
  private static final String[] BEGINS = {"eyJ", "eyA", "ewo", "ewk", "ew0", "W3s", "Wwo", "W3t"};

  /** <code>{"pin":1}</code>. */
  private static final int MIN_CHARACTERS = 12;

  /** Of longer ones the begin tells. */
  private static final int MAX_CHARACTERS = 1 << 20;

  private static final int MAX_NESTING = 3;
  private static final boolean[] BASE64 = new boolean[256];

  static {
    for (int c = 0; c < 128; c++) {
      BASE64[c] = Character.isLetterOrDigit(c) || "+/-_".indexOf(c) >= 0;
    }
  }

  private EncodedJson() {}

  /** Marks pairs of bytes, the first and the second of each begin and the second and the third. */
  static void markPairs(byte[] table, byte mark) {
    for (String begin : BEGINS) {
      table[ByteScan.pair(begin.charAt(0), begin.charAt(1))] |= mark;
      table[ByteScan.pair(begin.charAt(1), begin.charAt(2))] |= mark;
    }
  }

  /**
   * Adds what begins at a byte, when it is such.
   *
   * @param nesting how often what is looked at was encoded
   * @return where it ends that was looked at
   */
  static int find(
      byte[] bytes, int at, int from, int to, Predicate<String> secret, int nesting, Spans spans) {
    if (nesting == MAX_NESTING
        || (at > from && BASE64[bytes[at - 1] & 0xff])
        || !begins(bytes, at, to)) {
      return at;
    }
    int end = at;
    while (end < to && BASE64[bytes[end] & 0xff]) {
      end++;
    }
    // A last single character tells no byte.
    int whole = at + (Math.min(end - at, MAX_CHARACTERS) & ~3);
    int length = end - at > MAX_CHARACTERS || (end - at & 3) == 1 ? whole - at : end - at;
    if (length < MIN_CHARACTERS) {
      return end;
    }
    byte[] json = decode(bytes, at, length);
    Spans found = new Spans();
    if (JsonSecrets.findPrefix(RedactionRules.DEFAULT, json, found) == 0) {
      return end;
    }
    new TextSecrets(json, 0, json.length, secret, found)
        .insideJson()
        .nested(nesting + 1)
        .find(KnownSecrets.NONE);
    if (found.mask(json, FixedMask.INSTANCE) > 0) {
      spans.add(at, end);
    }
    return end;
  }

  private static boolean begins(byte[] bytes, int at, int to) {
    if (to - at < MIN_CHARACTERS) {
      return false;
    }
    for (String begin : BEGINS) {
      if (bytes[at] == begin.charAt(0)
          && bytes[at + 1] == begin.charAt(1)
          && bytes[at + 2] == begin.charAt(2)) {
        return true;
      }
    }
    return false;
  }

  /** Both alphabets, with padding or without; never fails, as all characters are of one of them. */
  private static byte[] decode(byte[] bytes, int at, int length) {
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      byte c = bytes[at + i];
      text[i] = c == '+' ? (byte) '-' : c == '/' ? (byte) '_' : c;
    }
    return Base64.getUrlDecoder().decode(text);
  }
}
