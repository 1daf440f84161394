// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A text with what a pattern found in it taken out, as far as it is what it should be.
 *
 * @param text what is left, with what may not change of what was taken out
 * @param values what was taken out
 */
record FoundText(String text, List<String> values) {
  static FoundText of(String text, Pattern pattern, Function<String, @Nullable String> check) {
    Matcher matcher = pattern.matcher(text);
    int group = Math.min(1, matcher.groupCount());
    StringBuilder left = new StringBuilder();
    List<String> values = new ArrayList<>();
    int at = 0;
    while (matcher.find()) {
      String value = matcher.group(group);
      String steady = value == null ? null : check.apply(value);
      if (value != null && steady != null) {
        left.append(text, at, matcher.start(group)).append('\0').append(steady);
        values.add(value);
        at = matcher.end(group);
      }
    }
    return new FoundText(left.append(text, at, text.length()).toString(), values);
  }
}
