// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A time. It is as far from its answer as it was in the recording, or as a rule says.
 *
 * @param formats one of which it is written in; at least one
 * @param offset how far it is after the answer that holds it, negative when before; null for as far
 *     as recorded
 * @param within how far from there it may be; null for any time
 */
public record TimeType(
    List<TimeFormat> formats, @Nullable Duration offset, @Nullable Duration within)
    implements ValueType {
  public TimeType {
    formats = List.copyOf(formats);
    if (formats.isEmpty() || (within != null && within.isNegative())) {
      throw new IllegalArgumentException("formats=" + formats + " within=" + within);
    }
  }

  @Override
  public String name() {
    return "time";
  }

  @Override
  public boolean fits(String text) {
    return instant(text) != null;
  }

  /** Another format is another value. */
  @Override
  public String steady(String text) {
    for (TimeFormat format : formats) {
      if (format.parse(text) != null) {
        return format.ruleName();
      }
    }
    return "";
  }

  @Override
  public @Nullable Duration offset(String text, long answeredEpochNanos) {
    Instant told = instant(text);
    return told == null
        ? null
        : Duration.between(Instant.ofEpochSecond(0, answeredEpochNanos), told);
  }

  /**
   * Returns whether a time is where it should be.
   *
   * @param now how far it is after its answer
   * @param recorded how far the recorded ones at its place were after theirs
   */
  public boolean isInTime(Duration now, List<Duration> recorded) {
    if (within == null) {
      return true;
    }
    List<Duration> expected = new ArrayList<>(recorded);
    if (offset != null) {
      expected = List.of(offset);
    }
    for (Duration one : expected) {
      if (now.minus(one).abs().compareTo(within) <= 0) {
        return true;
      }
    }
    return expected.isEmpty();
  }

  private @Nullable Instant instant(String text) {
    for (TimeFormat format : formats) {
      Instant told = format.parse(text);
      if (told != null) {
        return told;
      }
    }
    return null;
  }
}
