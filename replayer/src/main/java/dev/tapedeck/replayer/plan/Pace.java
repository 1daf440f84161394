// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

/**
 * How fast a recorded timeline is replayed.
 *
 * <p>Each pace is one factor over the whole timeline; none delays a request because an earlier one
 * was late.
 */
public sealed interface Pace {
  /** As recorded. */
  Pace ORIGINAL = new Times(1);

  /** Everything is due at once. */
  Pace MAX = new Max();

  /**
   * The recorded timeline, faster or slower.
   *
   * @param factor how many times faster, greater than 0
   */
  record Times(double factor) implements Pace {
    public Times {
      requirePositive("factor", factor);
    }

    @Override
    public String toString() {
      return factor == 1 ? "original" : "x" + number(factor);
    }
  }

  /**
   * The recorded timeline, scaled so that it has this average rate.
   *
   * @param perSecond requests a second, greater than 0
   */
  record Rate(double perSecond) implements Pace {
    public Rate {
      requirePositive("perSecond", perSecond);
    }

    @Override
    public String toString() {
      return number(perSecond) + "/s";
    }
  }

  /** Everything is due at once; connections are opened as others end. */
  record Max() implements Pace {
    @Override
    public String toString() {
      return "max";
    }
  }

  /**
   * Returns the pace that a text names.
   *
   * @param text {@code original}, {@code max}, {@code xN} or {@code RATE/s}
   * @throws IllegalArgumentException when it names none
   */
  static Pace parse(String text) {
    if (text.equals("original")) {
      return ORIGINAL;
    }
    if (text.equals("max")) {
      return MAX;
    }
    try {
      if (text.startsWith("x")) {
        return new Times(Double.parseDouble(text.substring(1)));
      }
      if (text.endsWith("/s")) {
        return new Rate(Double.parseDouble(text.substring(0, text.length() - 2)));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "pace '" + text + "': the number must be greater than 0", e);
    }
    throw new IllegalArgumentException(
        "pace '" + text + "': expected original, max, xN such as x2, or RATE/s such as 500/s");
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + "=" + value);
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) && value < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
