// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/** Numbers for the elements of two lists: what is the same has the same number. */
final class Numbering {
  /** Beyond so many comparisons only equal elements are the same. */
  private static final long MAX_COMPARISONS = 40_000;

  private final int[] before;
  private final int[] now;

  private Numbering(int[] before, int[] now) {
    this.before = before;
    this.now = now;
  }

  /** Returns the numbers of the recorded elements; not to be changed. */
  int[] before() {
    return before;
  }

  /** Returns the numbers of the elements now; not to be changed. */
  int[] now() {
    return now;
  }

  /**
   * Numbers two lists.
   *
   * @param same whether two elements that are not equal are the same all the same
   */
  static <T> Numbering of(List<T> before, List<T> now, BiPredicate<T, T> same) {
    Map<T, Integer> numbers = new HashMap<>();
    int[] first = numbered(before, numbers);
    int[] second = numbered(now, numbers);
    List<Integer> unmatchedBefore = without(first, second);
    List<Integer> unmatchedNow = without(second, first);
    if ((long) unmatchedBefore.size() * unmatchedNow.size() <= MAX_COMPARISONS) {
      for (int b : unmatchedBefore) {
        for (int i = 0; i < unmatchedNow.size(); i++) {
          int n = unmatchedNow.get(i);
          if (same.test(before.get(b), now.get(n))) {
            second[n] = first[b];
            unmatchedNow.remove(i);
            break;
          }
        }
      }
    }
    return new Numbering(first, second);
  }

  private static <T> int[] numbered(List<T> elements, Map<T, Integer> numbers) {
    int[] result = new int[elements.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = numbers.computeIfAbsent(elements.get(i), unused -> numbers.size());
    }
    return result;
  }

  /** Returns the places in one list of what the other has not. */
  private static List<Integer> without(int[] one, int[] other) {
    Set<Integer> known = new TreeSet<>();
    Arrays.stream(other).forEach(known::add);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < one.length; i++) {
      if (!known.contains(one[i])) {
        places.add(i);
      }
    }
    return places;
  }
}
