// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;

/**
 * Finds what {@link SecretShape} and {@link CardNumbers} describe, in one pass over bytes: only
 * where a byte may begin one of them is it looked at closer, and no byte is looked at often.
 */
final class ShapeSecrets {
  private static final int MIN_CARD_DIGITS = 13;
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String ALPHANUMERIC = UPPER + "abcdefghijklmnopqrstuvwxyz0123456789";

  private static final boolean[] DIGIT = set("0123456789");
  private static final boolean[] WORD = set(ALPHANUMERIC + "_");
  private static final boolean[] SPACE = set(" \t\n\f\r");
  private static final boolean[] BASE64URL = set(ALPHANUMERIC + "_-");
  private static final boolean[] BEARER = set(ALPHANUMERIC + "._~+/-");
  private static final boolean[] BASIC = set(ALPHANUMERIC + "+/");
  private static final boolean[] AWS = set(UPPER + "0123456789");
  private static final boolean[] LABEL = set(UPPER + " ");
  private static final boolean[] PEM = set(ALPHANUMERIC + "+/= \t\n\f\r\\");
  private static final boolean[] LETTER_OR_DIGIT = set(ALPHANUMERIC);
  private static final boolean[] WITH_HYPHEN = set(ALPHANUMERIC + "-");

  private static final byte[] PAIRS = ByteScan.table();

  /** The first three characters of each shape. */
  private static final boolean[] BEGINS = new boolean[1 << 15];

  static {
    markPairs(PAIRS, (byte) 1);
    String begins = "eyJ bea bas AKI ASI --- ghp gho ghu ghs ghr xox glp sk_";
    for (String begin : begins.split(" ", -1)) {
      BEGINS[begin(begin.charAt(0), begin.charAt(1), begin.charAt(2))] = true;
    }
  }

  /** Of any {@value #MIN_CARD_DIGITS} bytes in a row the eight at one such offset are looked at. */
  private static final int CARD_STRIDE = MIN_CARD_DIGITS + 1 - Long.BYTES;

  private final byte[] bytes;
  private final int from;
  private final int to;
  private final int offset;
  private final Spans spans;

  /** Ends of the last runs that may hold the start of another one, so that each is walked once. */
  private int base64UrlEnd;

  private int hyphenEnd;

  /**
   * Looks at a run of bytes.
   *
   * @param offset of the first byte of the array, in what the spans are about
   */
  ShapeSecrets(byte[] bytes, int from, int to, int offset, Spans spans) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.offset = offset;
    this.spans = spans;
  }

  /**
   * Marks pairs of bytes in a table: the first and the second, and the second and the third of each
   * shape but numbers of cards. Of any two neighbouring pairs one is marked where a shape is.
   */
  static void markPairs(byte[] table, byte mark) {
    String pairs =
        "ey yJ be bE Be BE ea eA Ea EA ba bA Ba BA as aS As AS AK KI SI --"
            + " gh hp ho hu hs hr xo ox gl lp sk k_";
    for (String pair : pairs.split(" ", -1)) {
      table[ByteScan.pair(pair.charAt(0), pair.charAt(1))] |= mark;
    }
  }

  /** Adds all that there are. */
  void find() {
    for (int at = from; at + 1 < to; at += 2) {
      if (PAIRS[ByteScan.pair(bytes, at)] != 0) {
        around(at);
      }
    }
    cards();
  }

  /** Adds the secrets that begin at the first byte of a marked pair or before it. */
  void around(int at) {
    if (at > from && begins(at - 1)) {
      at(at - 1);
    }
    if (begins(at)) {
      at(at);
    }
  }

  /** Returns false only where no shape begins. */
  private boolean begins(int at) {
    return at + 2 < to && BEGINS[begin(bytes[at], bytes[at + 1], bytes[at + 2])];
  }

  /** Three characters, of which upper and lower case are the same. */
  private static int begin(int first, int second, int third) {
    return (first & 0x1f) << 10 | (second & 0x1f) << 5 | (third & 0x1f);
  }

  /** Adds the secret that begins at a byte, if one does that is no number of a card. */
  private void at(int at) {
    switch (bytes[at]) {
      case 'e' -> jsonWebToken(at);
      case 'b', 'B' -> credentials(at);
      case 'A' -> awsKey(at);
      case '-' -> privateKey(at);
      default -> serviceToken(at);
    }
  }

  /**
   * Adds the numbers of cards. One is so long that looking at some bytes finds a part of it, from
   * which it is followed to both sides.
   */
  void cards() {
    int done = from;
    for (int at = from; at + Long.BYTES <= to; at += CARD_STRIDE) {
      if (ByteScan.mayBeDigits(bytes, at) && at >= done && isInDigits(at)) {
        int start = at;
        while (start > done && isInDigits(start - 1)) {
          start--;
        }
        done = digits(DIGIT[bytes[start] & 0xff] ? start : start + 1);
      }
    }
  }

  /** Returns whether a byte is a digit, or the one blank or hyphen between two. */
  private boolean isInDigits(int at) {
    int c = bytes[at];
    return DIGIT[c & 0xff]
        || ((c == ' ' || c == '-')
            && at > from
            && at + 1 < to
            && DIGIT[bytes[at - 1] & 0xff]
            && DIGIT[bytes[at + 1] & 0xff]);
  }

  private void jsonWebToken(int at) {
    if (!starts(at, "eyJ") || !isWordStart(at)) {
      return;
    }
    int header = base64Url(at + 3);
    if (header - at < 8 || !starts(header, ".eyJ")) {
      return;
    }
    int payload = run(BASE64URL, header + 4);
    if (payload - header < 9 || !starts(payload, ".")) {
      return;
    }
    add(at, run(BASE64URL, payload + 1));
  }

  private void credentials(int at) {
    boolean bearer = startsInAnyCase(at, "bearer");
    if (!isWordStart(at) || !(bearer || startsInAnyCase(at, "basic"))) {
      return;
    }
    int scheme = at + (bearer ? 6 : 5);
    int start = run(SPACE, scheme);
    int end = run(bearer ? BEARER : BASIC, start);
    if (start == scheme || end - start < (bearer ? 16 : 12)) {
      return;
    }
    int padded = end;
    while (padded < to && bytes[padded] == '=' && (bearer || padded < end + 2)) {
      padded++;
    }
    add(start, padded);
  }

  private void awsKey(int at) {
    int end = at + 20;
    boolean key =
        (starts(at, "AKIA") || starts(at, "ASIA"))
            && isWordStart(at)
            && run(AWS, at) >= end
            && (end == to || !WORD[bytes[end] & 0xff]);
    if (key) {
      add(at, end);
    }
  }

  private void privateKey(int at) {
    if (!starts(at, "-----BEGIN ")) {
      return;
    }
    int label = run(LABEL, at + 11);
    String end = "PRIVATE KEY";
    if (label - end.length() < at + 11 || !starts(label - end.length(), end + "-----")) {
      return;
    }
    add(label + 5, run(PEM, label + 5));
  }

  private void serviceToken(int at) {
    int end = at;
    if (!isWordStart(at)) {
      return;
    }
    if (starts(at, "gh") && at + 3 < to && "pousr".indexOf(bytes[at + 2]) >= 0) {
      end = starts(at + 3, "_") ? atLeast(at + 4, run(LETTER_OR_DIGIT, at + 4), 30) : at;
    } else if (starts(at, "xox") && at + 4 < to && "abprs".indexOf(bytes[at + 3]) >= 0) {
      end = starts(at + 4, "-") ? atLeast(at + 5, withHyphens(at + 5), 10) : at;
    } else if (starts(at, "glpat-")) {
      end = atLeast(at + 6, base64Url(at + 6), 20);
    } else if (starts(at, "sk_live_")) {
      end = atLeast(at + 8, run(LETTER_OR_DIGIT, at + 8), 16);
    }
    add(at, end);
  }

  /** Returns where a run ends; 0 when it is shorter than that. */
  private static int atLeast(int start, int end, int least) {
    return end - start >= least ? end : 0;
  }

  private int base64Url(int start) {
    base64UrlEnd = start < base64UrlEnd ? base64UrlEnd : run(BASE64URL, start);
    return base64UrlEnd;
  }

  private int withHyphens(int start) {
    hyphenEnd = start < hyphenEnd ? hyphenEnd : run(WITH_HYPHEN, start);
    return hyphenEnd;
  }

  /** Digits with at most one blank or hyphen between two of them. */
  private int digits(int at) {
    int count = 0;
    int end = at;
    int next = at;
    while (next < to && DIGIT[bytes[next] & 0xff]) {
      count++;
      end = ++next;
      if (next + 1 < to && (bytes[next] == ' ' || bytes[next] == '-')) {
        next++;
      }
    }
    if (count >= MIN_CARD_DIGITS) {
      int start = Math.max(from, at - 1);
      String text =
          new String(bytes, start, Math.min(to, end + 1) - start, StandardCharsets.ISO_8859_1);
      CardNumbers.find(text, offset + start, spans);
    }
    return end;
  }

  private void add(int start, int end) {
    spans.add(offset + start, offset + end);
  }

  private int run(boolean[] set, int start) {
    int end = start;
    while (end < to && set[bytes[end] & 0xff]) {
      end++;
    }
    return end;
  }

  private boolean isWordStart(int at) {
    return at == from || !WORD[bytes[at - 1] & 0xff];
  }

  private boolean starts(int at, String text) {
    if (to - at < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean startsInAnyCase(int at, String lower) {
    if (to - at < lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if ((bytes[at + i] | 0x20) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean[] set(String characters) {
    boolean[] set = new boolean[256];
    for (int i = 0; i < characters.length(); i++) {
      set[characters.charAt(i)] = true;
    }
    return set;
  }
}
