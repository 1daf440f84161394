// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.replayer.splice.Coding;
import dev.tapedeck.replayer.splice.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a value stands in a message, and how to come to it: {@link #toString} is such as {@code
 * header:location path[1]}, {@code body $.items[0].id} or {@code body input[name=csrf]@value}.
 *
 * <p><b>Encoding:</b> texts are bytes, one ISO 8859-1 character each.
 */
public final class Place {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?");

  private final Part part;
  private final List<Step> steps;

  Place(Part part, List<Step> steps) {
    this.part = part;
    this.steps = List.copyOf(steps);
  }

  Part part() {
    return part;
  }

  List<Step> steps() {
    return steps;
  }

  /** Returns the value in a part's text; null when the text has no such place. */
  @Nullable String read(String text) {
    return read(text, 0);
  }

  private @Nullable String read(String text, int at) {
    if (at == steps.size()) {
      return text;
    }
    Slice slice = steps.get(at).find(text);
    if (slice == null) {
      return null;
    }
    String inner = slice.coding().decode(text.substring(slice.from(), slice.to()));
    return inner == null ? null : read(inner, at + 1);
  }

  /**
   * Returns a part's text with another value at this place; what else it holds keeps its bytes.
   *
   * @throws IllegalArgumentException when the text has no such place
   */
  String write(String text, String value) {
    return write(text, value, 0);
  }

  private String write(String text, String value, int at) {
    if (at == steps.size()) {
      return value;
    }
    Slice slice = steps.get(at).find(text);
    if (slice == null) {
      throw new IllegalArgumentException("place=" + this);
    }
    String raw = text.substring(slice.from(), slice.to());
    String now = slice.coding().rewrite(raw, inner -> write(inner, value, at + 1));
    if (steps.get(at) instanceof Step.Json && slice.coding() == Coding.PLAIN && !isNumber(now)) {
      now = '"' + Coding.JSON.encode(now, raw) + '"'; // where a number stood
    }
    return text.substring(0, slice.from()) + now + text.substring(slice.to());
  }

  private static boolean isNumber(String json) {
    return NUMBER.matcher(json).matches();
  }

  /** Returns whether the value is one of a list's. */
  boolean isListed() {
    return steps.size() == 1 && steps.get(0) instanceof Step.Json json && json.isElement();
  }

  /** Returns the place's name without its index when it is one of a list's. */
  String anyElement() {
    return isListed() ? part + " " + ((Step.Json) steps.get(0)).anyElement().text() : toString();
  }

  /** Returns the values of the whole list when it is one of a list's, else the value alone. */
  List<String> readAll(String text) {
    if (isListed()) {
      return ((Step.Json) steps.get(0)).readAll(text);
    }
    String value = read(text);
    return value == null ? List.of() : List.of(value);
  }

  /** Returns where each step leads, so that places in one text can be put in order. */
  List<Integer> offsets(String text) {
    List<Integer> offsets = new ArrayList<>();
    String now = text;
    for (Step step : steps) {
      Slice slice = step.find(now);
      String inner =
          slice == null ? null : slice.coding().decode(now.substring(slice.from(), slice.to()));
      if (slice == null || inner == null) {
        break;
      }
      offsets.add(slice.from());
      now = inner;
    }
    return offsets;
  }

  /** Orders places by their offsets, what stands last first. */
  static int fromTheEnd(List<Integer> one, List<Integer> other) {
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      int order = Integer.compare(other.get(i), one.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(other.size(), one.size());
  }

  /** Returns how the value is written in a part's text: the codings around it, innermost last. */
  String coding(String text) {
    StringBuilder names = new StringBuilder();
    String now = text;
    for (Step step : steps) {
      Slice slice = step.find(now);
      if (slice == null) {
        break;
      }
      String raw = now.substring(slice.from(), slice.to());
      String inner = slice.coding().decode(raw);
      if (inner == null) {
        break;
      }
      if (slice.coding() != Coding.PLAIN && !inner.equals(raw)) {
        names.append(names.length() == 0 ? "" : " ").append(slice.coding().jsonName());
      }
      now = inner;
    }
    return names.length() == 0 ? Coding.PLAIN.jsonName() : names.toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(part.toString());
    steps.forEach(step -> text.append(' ').append(step));
    return text.toString();
  }
}
