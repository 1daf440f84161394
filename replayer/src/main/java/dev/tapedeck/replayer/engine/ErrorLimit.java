// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many errors end a replay: so many of them, or such a share of the last requests.
 *
 * @param count how many; 0 for any number
 * @param share of the last {@value #WINDOW} requests, 0 to 1; 0 for any
 */
public record ErrorLimit(int count, double share) {
  /** The limit of a user who gave none. */
  public static final ErrorLimit DEFAULT = new ErrorLimit(ReplayOptions.DEFAULT_MAX_ERRORS, 0);

  /** Of how many requests, at most and at least, the share is taken. */
  static final int WINDOW = 1000;

  static final int MIN_REQUESTS = 50;

  private static final Pattern SYNTAX =
      Pattern.compile("(\\d{1,9})(?:,(\\d{1,3}(?:\\.\\d{1,3})?)%)?|(\\d{1,3}(?:\\.\\d{1,3})?)%");

  public ErrorLimit {
    if (count < 0 || !(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("count=" + count + " share=" + share);
    }
  }

  /**
   * Returns the limit that a text names: {@code N}, {@code P%}, or {@code N,P%} for whichever is
   * reached first.
   *
   * @throws IllegalArgumentException when it names none
   */
  public static ErrorLimit parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no limit of errors; write such as 100, 5%, or 100,5%");
    }
    int count = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
    String percent = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
    double share = percent == null ? 0 : Double.parseDouble(percent) / 100;
    if (share > 1 || (percent != null && share == 0)) {
      throw new IllegalArgumentException("'" + text + "': the share is over 0 and at most 100%");
    }
    return new ErrorLimit(count, share);
  }

  /** Returns it as {@link #parse} reads it. */
  @Override
  public String toString() {
    String percent = String.format(Locale.ROOT, "%s%%", (float) (share * 100)).replace(".0%", "%");
    return share == 0 ? Integer.toString(count) : count == 0 ? percent : count + "," + percent;
  }
}
