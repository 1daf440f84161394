// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a search through a message stands: the way to the value at hand and what names it.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Trail {
  private final List<Supplier<Step>> steps = new ArrayList<>();
  private Part part = new Part.Target();
  private @Nullable String key;
  private @Nullable String owner;
  private @Nullable String carrier;
  private boolean segment;
  private String endpoint = "";

  /** Begins with another part, which nothing names yet. */
  void begin(Part start) {
    part = start;
    steps.clear();
    names(null, null);
    carrier = null;
    segment = false;
  }

  void push(Supplier<Step> step) {
    steps.add(step);
  }

  void pop() {
    steps.remove(steps.size() - 1);
  }

  int depth() {
    return steps.size();
  }

  void names(@Nullable String nearest, @Nullable String around) {
    key = nearest;
    owner = around;
  }

  @Nullable String key() {
    return key;
  }

  @Nullable String owner() {
    return owner;
  }

  /**
   * Sets what clients send back by themselves under a name, such as {@code cookie:sid}; null for
   * nothing.
   */
  void carrier(@Nullable String name) {
    carrier = name;
  }

  @Nullable String carrier() {
    return carrier;
  }

  /** Sets whether the value is a segment of a path. */
  void segment(boolean isSegment) {
    segment = isSegment;
  }

  boolean segment() {
    return segment;
  }

  /** Sets what the exchange is about. */
  void endpoint(String noun) {
    endpoint = noun;
  }

  /** Returns whether its names, or where it stands, say that the value is an id. */
  boolean saysId() {
    if (segment) {
      return true;
    }
    return key != null && Kinds.of(key).id();
  }

  /** Returns what the value may be an id of. */
  List<String> kinds() {
    return Kinds.of(key, owner, endpoint);
  }

  Place place() {
    return new Place(part, steps.stream().map(Supplier::get).toList());
  }
}
