// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.replayer.rules.VolatileRule;
import dev.tapedeck.replayer.volatility.TimeType;
import dev.tapedeck.replayer.volatility.ValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells of the texts at one place whether they are what a rule says. Confined to one thread. */
final class VolatileCheck {
  private final VolatileRule rule;
  private final ValueType type;
  private final Moments moments;
  private final List<Duration> recorded = new ArrayList<>();

  VolatileCheck(VolatileRule rule, ValueType type, Moments moments) {
    this.rule = rule;
    this.type = type;
    this.moments = moments;
  }

  VolatileRule rule() {
    return rule;
  }

  /** Returns what may not change of a recorded text; null when it is not what the rule says. */
  @Nullable String recorded(String text) {
    if (!type.fits(text)) {
      return null;
    }
    Duration offset = type.offset(text, moments.baselineEpochNanos());
    if (offset != null) {
      recorded.add(offset);
    }
    return type.steady(text);
  }

  /**
   * Returns what may not change of a text that came now; null when it is not what the rule says.
   * After all recorded ones.
   */
  @Nullable String now(String text) {
    if (!type.fits(text)) {
      return null;
    }
    if (type instanceof TimeType time) {
      Duration offset = time.offset(text, moments.nowEpochNanos());
      if (offset != null && !time.isInTime(offset, recorded)) {
        return null;
      }
    }
    return type.steady(text);
  }
}
