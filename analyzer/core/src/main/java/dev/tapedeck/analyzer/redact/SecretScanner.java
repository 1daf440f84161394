// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds what looks like a secret that nobody masked: what {@link ExchangeMasker} would mask, by its
 * name or its shape, and runs that are too random to be words. A help for who shares a capture, no
 * proof that nothing is left.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class SecretScanner {
  /** Longer texts are random anyway, such as pictures in base64. */
  private static final int MAX_RUN = 200;

  private static final double MIN_ENTROPY_BITS = 4.2;

  /** Base64 is often wrapped: its lines are one run. */
  private static final Pattern RUN =
      Pattern.compile("[A-Za-z0-9_+/=-]{24,}(?:\\r?\\n[A-Za-z0-9_+/=-]+)*");

  private static final Pattern EMAIL =
      Pattern.compile("[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}");

  private final boolean emails;

  /**
   * Makes a scanner.
   *
   * @param emails whether mail addresses count
   */
  public SecretScanner(boolean emails) {
    this.emails = emails;
  }

  /**
   * A place.
   *
   * @param kind what it looks like; names in JSON
   * @param offset where in the text, in bytes
   */
  public record Finding(String kind, int offset) {}

  /**
   * Returns what is found, in the order of kinds.
   *
   * @param text one character a byte
   */
  public List<Finding> scan(String text) {
    return scan(text, text, false);
  }

  /**
   * Returns what is found, in the order of kinds.
   *
   * @param text one character a byte
   * @param masked the same as {@link ExchangeMasker} by the default rules gives it, from its begin
   *     on; shorter where the rest is withheld
   * @param redacted whether the capture was redacted by the default rules, so that what may be a
   *     token of some characters is taken for one
   */
  public List<Finding> scan(String text, String masked, boolean redacted) {
    List<Finding> found = new ArrayList<>(0);
    for (SecretShape shape : SecretShape.values()) {
      Matcher matcher = shape.pattern().matcher(text);
      while (matcher.find()) {
        if (!isToken(matcher.group(1))) {
          found.add(new Finding(shape.name().toLowerCase(Locale.ROOT), matcher.start(1)));
        }
      }
    }
    CardNumbers.find(text, (from, to) -> found.add(new Finding("card_number", from)));
    addNamed(text, masked, redacted, found);
    for (Matcher matcher = RUN.matcher(text); matcher.find(); ) {
      if (isRandom(matcher.group()) && !holds(found, matcher.start(), matcher.end())) {
        found.add(new Finding("high_entropy", matcher.start()));
      }
    }
    if (emails) {
      for (Matcher matcher = EMAIL.matcher(text); matcher.find(); ) {
        found.add(new Finding("email", matcher.start()));
      }
    }
    return found;
  }

  /** Adds what would be masked and is not, unless its shape has told it already. */
  private static void addNamed(String text, String masked, boolean redacted, List<Finding> found) {
    int length = Math.min(text.length(), masked.length());
    int from = 0;
    while (from < length) {
      if (text.charAt(from) == masked.charAt(from)) {
        from++;
        continue;
      }
      int start = from - sameBefore(text, masked, from);
      boolean marked = masked.startsWith(Tokens.MARK, start);
      int end = from;
      while (end < length
          && (text.charAt(end) != masked.charAt(end)
              || masked.charAt(end) == '*'
              || (marked && end < start + Tokens.MARK.length())
              || isDigitMasked(text, masked, end))) {
        end++;
      }
      String value = text.substring(start, end);
      boolean token = isToken(value) || (redacted && mayBeToken(value));
      if (!token && !holds(found, start, end)) {
        found.add(new Finding("named", start));
      }
      from = end;
    }
  }

  /**
   * Returns how much of what was masked stands before the first difference: it begins as masks do.
   */
  private static int sameBefore(String text, String masked, int from) {
    for (int same = Tokens.MARK.length(); same > 0; same--) {
      // A short mask is the begin of the mark.
      int length = Math.min(same + 1, Tokens.MARK.length());
      if (same <= from && masked.regionMatches(from - same, Tokens.MARK, 0, length)) {
        return same;
      }
    }
    int same = 0;
    while (same < from
        && isDigitMasked(text, masked, from)
        && isDigitMasked(text, masked, from - same - 1)) {
      same++;
    }
    return same;
  }

  private static boolean isDigitMasked(String text, String masked, int at) {
    return masked.charAt(at) == '1' && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static boolean mayBeToken(String value) {
    return value.length() < Tokens.MARKED_LENGTH
        || value.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean holds(List<Finding> found, int from, int to) {
    return found.stream().anyMatch(f -> f.offset() >= from && f.offset() < to);
  }

  private static boolean isToken(String value) {
    return value.startsWith(Tokens.MARK);
  }

  private static boolean isRandom(String run) {
    if (run.length() > MAX_RUN || isToken(run)) {
      return false;
    }
    int[] counts = new int[128];
    boolean digit = false;
    boolean upper = false;
    boolean lower = false;
    for (int i = 0; i < run.length(); i++) {
      char c = run.charAt(i);
      counts[c]++;
      digit |= c >= '0' && c <= '9';
      upper |= c >= 'A' && c <= 'Z';
      lower |= c >= 'a' && c <= 'z';
    }
    double bits = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = (double) count / run.length();
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return digit && upper && lower && bits >= MIN_ENTROPY_BITS && run.indexOf(Tokens.MARK) < 0;
  }
}
