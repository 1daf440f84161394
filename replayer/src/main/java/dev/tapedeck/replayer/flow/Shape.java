// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import java.util.regex.Pattern;

/** What a value looks like: how likely it is that two of them are equal by chance. */
enum Shape {
  /** Dates, addresses, versions, sentences: nothing that is minted and sent back. */
  NOTHING,
  /** Letters alone, such as {@code pending}: what programs know without being told. */
  WORD,
  /** A number or a short name such as {@code 1042} or {@code A-17}: only structure tells. */
  SHORT,
  /** Too long to be equal by chance, such as {@code ord_8f3k2a91}. */
  TOKEN,
  /** Random, such as a UUID, a digest or a signed token. */
  RANDOM;

  private static final int MAX_LENGTH = 16 << 10;
  private static final int MAX_DATE = 40;
  private static final int MAX_TECHNICAL = 60;
  private static final int UUID_LENGTH = 36;
  private static final int LONG_NUMBER = 9;
  private static final int TOKEN_LENGTH = 8;
  private static final int RANDOM_LENGTH = 20;
  private static final int RANDOM_HEX = 16;
  private static final int LONG_WORD = 24;
  private static final int MANY_TURNS = 4;

  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
  private static final Pattern DATE =
      Pattern.compile(
          "\\d{4}-?\\d{2}-?\\d{2}(?:[T_ ]\\d{2}:?\\d{2}(?::?\\d{2}(?:\\.\\d+)?)?(?:Z|[+-]\\d{2}:?\\d{2})?)?"
              + "|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}|\\d{1,2}:\\d{2}(?::\\d{2})?");
  private static final Pattern TECHNICAL =
      Pattern.compile(
          "(?i)iso-?8859-\\d+|windows-\\d+|utf-?\\d+|sha-?\\d+|[rehp]s\\d{3}|base64(url)?|x86_64"
              + "|https?/?[\\d.]*|[a-z]+/[a-z0-9.+-]+|v?\\d+(\\.\\d+)+([-+.]?[a-z]+[.\\d]*)?");

  /** Returns what a value looks like. */
  static Shape of(String value) {
    int letters = 0;
    int digits = 0;
    int turns = 0;
    int last = 0;
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      return NOTHING;
    }
    boolean slash = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      int type;
      if (c >= '0' && c <= '9') {
        digits++;
        type = 1;
      } else if (c >= 'a' && c <= 'z') {
        letters++;
        type = 2;
      } else if (c >= 'A' && c <= 'Z') {
        letters++;
        type = 3;
      } else if ("-_.~+/=%:|!*$".indexOf(c) >= 0) {
        slash |= c == '/';
        continue;
      } else {
        return NOTHING;
      }
      turns += last != 0 && type != last ? 1 : 0;
      last = type;
    }
    if (letters + digits == 0 || (slash && !isBase64(value, turns))) {
      return NOTHING;
    }
    if (isUuid(value)) {
      return RANDOM;
    }
    if (isDate(value) || isTechnical(value)) {
      return NOTHING;
    }
    if (letters == 0) {
      return number(value, digits);
    }
    return digits == 0 ? word(value, letters, turns) : mixed(value, letters + digits, turns);
  }

  /** Returns whether a text is a date or a time, none of whose parts means anything alone. */
  static boolean isDate(String text) {
    char first = text.isEmpty() ? 'x' : text.charAt(0);
    return first >= '0'
        && first <= '9'
        && text.length() <= MAX_DATE
        && DATE.matcher(text).matches();
  }

  private static boolean isUuid(String value) {
    return value.length() == UUID_LENGTH && value.charAt(8) == '-' && UUID.matcher(value).matches();
  }

  private static boolean isTechnical(String value) {
    return value.length() <= MAX_TECHNICAL && TECHNICAL.matcher(value).matches();
  }

  private static boolean isHex(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.digit(value.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBase64(String value, int turns) {
    return value.length() >= RANDOM_HEX
        && turns >= MANY_TURNS
        && value.charAt(0) != '/'
        && !value.contains("//")
        && value.matches("[A-Za-z0-9+/]+={0,2}");
  }

  private static Shape number(String value, int digits) {
    if (digits != value.length()) {
      // Amounts, addresses and coordinates; numbers with a dash may be those of orders.
      return value.matches("\\d+(?:-\\d+)+") ? SHORT : NOTHING;
    }
    return digits < LONG_NUMBER || isTime(value) ? SHORT : TOKEN;
  }

  /** Seconds, milliseconds, microseconds or nanoseconds of the years 2001 to 2033. */
  private static boolean isTime(String number) {
    int length = number.length();
    return (length == 10 || length == 13 || length == 16 || length == 19)
        && number.charAt(0) == '1';
  }

  private static Shape word(String value, int letters, int turns) {
    boolean separated = letters != value.length();
    if (!separated && turns >= MANY_TURNS && letters >= RANDOM_LENGTH) {
      return RANDOM;
    }
    boolean mixed = turns >= MANY_TURNS && letters >= TOKEN_LENGTH;
    if (!separated && (mixed || letters >= LONG_WORD)) {
      return TOKEN;
    }
    return WORD;
  }

  private static Shape mixed(String value, int length, int turns) {
    if (length >= RANDOM_HEX && isHex(value)) {
      return RANDOM;
    }
    if (length >= RANDOM_LENGTH && turns >= MANY_TURNS) {
      return RANDOM;
    }
    return length >= TOKEN_LENGTH ? TOKEN : SHORT;
  }
}
