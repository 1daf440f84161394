// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An order that the user asked for by name, {@code -name} for the largest first.
 *
 * @param keyOf what things are ordered by; gives null for one that lacks it, which comes last
 * @param descending largest first
 */
record SortOrder<T>(Function<T, @Nullable Key> keyOf, boolean descending) {
  /**
   * What things are ordered by.
   *
   * @param number compared first
   * @param text compared where numbers are equal
   */
  record Key(long number, String text) {
    static Key of(long number) {
      return new Key(number, "");
    }

    static Key of(String text) {
      return new Key(0, text);
    }

    static @Nullable Key ofNullable(@Nullable Long number) {
      return number == null ? null : of(number);
    }
  }

  /**
   * Returns the order of that name.
   *
   * @throws CommandFailure when there is none
   */
  static <T> SortOrder<T> parse(String name, Map<String, Function<T, @Nullable Key>> keys)
      throws CommandFailure {
    boolean descending = name.startsWith("-");
    Function<T, @Nullable Key> keyOf = keys.get(descending ? name.substring(1) : name);
    if (keyOf == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "unknown sort key '" + name + "'",
          "--sort",
          "use one of " + String.join(", ", keys.keySet()));
    }
    return new SortOrder<>(keyOf, descending);
  }

  @Nullable Key key(T item) {
    return keyOf.apply(item);
  }

  int compare(@Nullable Key left, @Nullable Key right) {
    if (left == null || right == null) {
      return Boolean.compare(left == null, right == null);
    }
    int order = Long.compare(left.number(), right.number());
    if (order == 0) {
      order = left.text().compareTo(right.text());
    }
    return descending ? -order : order;
  }
}
