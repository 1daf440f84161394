// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Names of values, one to one: each recorded value is called one thing now, and nothing else is
 * called that. Also a recorded value may be another's name, when answers were given for one
 * another.
 *
 * <p><b>Threads:</b> confined by its owner.
 */
final class OneToOne {
  private final Map<String, String> nowOf = new HashMap<>();
  private final Map<String, String> recordedOf = new HashMap<>();

  /** Whether a name is a recorded value; not known of those that nobody says it of. */
  private boolean permuted;

  /** Returns whether nothing else is named so, nor this otherwise. */
  boolean allows(String recorded, String now) {
    String name = nowOf.get(recorded);
    String owner = recordedOf.get(now);
    return (name == null || name.equals(now)) && (owner == null || owner.equals(recorded));
  }

  /**
   * Adds a name.
   *
   * @return whether it fits to the others; otherwise it was not added
   */
  boolean add(String recorded, String now) {
    if (!allows(recorded, now)) {
      return false;
    }
    nowOf.put(recorded, now);
    recordedOf.put(now, recorded);
    return true;
  }

  /** Adds those names that fit. */
  void addAll(Map<String, String> names) {
    names.forEach(this::add);
  }

  void forEach(BiConsumer<String, String> action) {
    nowOf.forEach(action);
  }

  void remove(String recorded) {
    String now = nowOf.remove(recorded);
    if (now != null) {
      recordedOf.remove(now);
    }
  }

  /** Removes the name that is that; whatever was called so has none any more. */
  void removeNow(String now) {
    String recorded = recordedOf.remove(now);
    if (recorded != null) {
      nowOf.remove(recorded);
    }
  }

  Map<String, String> toMap() {
    return Map.copyOf(nowOf);
  }

  boolean isEmpty() {
    return nowOf.isEmpty();
  }

  /** Returns the name that was added; null when there is none. */
  @Nullable String nowOf(String recorded) {
    return nowOf.get(recorded);
  }

  /** Returns what is named so; null when nothing is. */
  @Nullable String recordedOf(String now) {
    return recordedOf.get(now);
  }

  /**
   * Returns what a recorded value is called: the name that was added; when its own was given to
   * another, that which becomes free by it; null when it is called what it was.
   */
  @Nullable String name(String recorded) {
    String now = nowOf.get(recorded);
    if (now != null || !permuted) {
      return now;
    }
    // It has no name, so it ends a chain of names, which cannot come back to it.
    String free = recorded;
    for (String owner = recordedOf.get(free); owner != null; owner = recordedOf.get(free)) {
      free = owner;
    }
    return free.equals(recorded) ? null : free;
  }

  /** Takes note that recorded values are names of others. */
  void permute() {
    permuted = true;
  }

  /** Returns whether recorded values may be names of others. */
  boolean isPermuted() {
    return permuted;
  }

  void clear() {
    nowOf.clear();
    recordedOf.clear();
    permuted = false;
  }
}
