// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds items without any of which a test passes: the algorithm ddmin of A. Zeller and R.
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE Transactions on Software
 * Engineering 28(2), 2002.
 *
 * <p>The items keep their order. The result is 1-minimal when the test always says the same of the
 * same items and never gives up.
 *
 * @param <T> the items, by their own equality
 */
final class DeltaDebugging<T> {
  /** Says whether what is looked for still shows. */
  interface Trial<T> {
    /** Returns false as well when there is no time for another trial. */
    boolean shows(List<T> items) throws IOException, InterruptedException;
  }

  private final Trial<T> trial;
  private final Set<List<T>> vain = new HashSet<>();

  DeltaDebugging(Trial<T> trial) {
    this.trial = trial;
  }

  /**
   * Returns as few of the items as it takes.
   *
   * @param items with which it shows
   */
  List<T> minimal(List<T> items) throws IOException, InterruptedException {
    List<T> current = List.copyOf(items);
    if (current.isEmpty() || shows(List.of())) {
      return List.of();
    }
    int parts = 2;
    while (current.size() >= 2) {
      List<T> smaller = smaller(current, parts);
      if (smaller != null) {
        // A part alone begins anew with two; without one part there is one less.
        parts = smaller.size() <= (current.size() + parts - 1) / parts ? 2 : Math.max(parts - 1, 2);
        current = smaller;
      } else if (parts < current.size()) {
        parts = Math.min(parts * 2, current.size());
      } else {
        break;
      }
    }
    return current;
  }

  private @Nullable List<T> smaller(List<T> items, int parts)
      throws IOException, InterruptedException {
    for (int i = 0; i < parts; i++) {
      List<T> part = items.subList(from(items, parts, i), from(items, parts, i + 1));
      if (shows(part)) {
        return List.copyOf(part);
      }
    }
    // Of two parts, each is what is left without the other.
    for (int i = 0; i < parts && parts > 2; i++) {
      List<T> rest = new ArrayList<>(items.subList(0, from(items, parts, i)));
      rest.addAll(items.subList(from(items, parts, i + 1), items.size()));
      if (shows(rest)) {
        return rest;
      }
    }
    return null;
  }

  private static int from(List<?> items, int parts, int part) {
    return (int) ((long) items.size() * part / parts);
  }

  private boolean shows(List<T> items) throws IOException, InterruptedException {
    List<T> key = List.copyOf(items);
    if (vain.contains(key)) {
      return false;
    }
    boolean shows = trial.shows(key);
    if (!shows) {
      vain.add(key);
    }
    return shows;
  }
}
