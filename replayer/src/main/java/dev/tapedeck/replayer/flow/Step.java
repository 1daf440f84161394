// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.replayer.splice.Coding;
import dev.tapedeck.replayer.splice.JsonSpans;
import dev.tapedeck.replayer.splice.Parameters;
import dev.tapedeck.replayer.splice.Slice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step from a text to a value within it. A step finds its value again in another text of the
 * same make, which is how values of live answers are found.
 *
 * <p>{@code toString} is the step as plans show it.
 */
sealed interface Step {
  /** Any number of words. */
  int ANY_COUNT = -1;

  /** Returns where the value stands; null when the text has no such place. */
  @Nullable Slice find(String text);

  /** The whole text, which is written in another coding. */
  record Decoded(Coding coding) implements Step {
    @Override
    public Slice find(String text) {
      return new Slice(0, text.length(), coding);
    }

    @Override
    public String toString() {
      return coding.jsonName();
    }
  }

  /** A value of a JSON text. */
  record Json(JsonPathPattern path) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      for (Slice slice : JsonSpans.find(text, path)) {
        // Literals, objects and arrays are values, but none that was minted.
        if (slice.coding() == Coding.JSON || "{[tfn".indexOf(text.charAt(slice.from())) < 0) {
          return slice;
        }
      }
      return null;
    }

    /** Returns whether the value is, or is in, an element of an array. */
    boolean isElement() {
      return path.steps().stream().anyMatch(step -> step.index() >= 0);
    }

    /** Returns the same path through any element of its arrays. */
    JsonPathPattern anyElement() {
      List<JsonPathPattern.Step> steps = new ArrayList<>();
      for (JsonPathPattern.Step step : path.steps()) {
        steps.add(step.index() >= 0 ? new JsonPathPattern.Step(false, null, -1) : step);
      }
      return new JsonPathPattern(path.text().replaceAll("\\[\\d+]", "[*]"), steps);
    }

    /** Returns the values of all elements, in order. */
    List<String> readAll(String text) {
      List<String> values = new ArrayList<>();
      for (Slice slice : JsonSpans.find(text, anyElement())) {
        String value = slice.coding().decode(text.substring(slice.from(), slice.to()));
        if (value != null) {
          values.add(value);
        }
      }
      return values;
    }

    @Override
    public String toString() {
      return path.text();
    }
  }

  /** A segment of a URL's path, 0-based. */
  record Segment(int index) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      List<Slice> segments = Parameters.segments(text);
      return index < segments.size() ? segments.get(index) : null;
    }

    @Override
    public String toString() {
      return "path[" + index + "]";
    }
  }

  /** A parameter of a URL's query or fragment, the {@code nth} of its name, 0-based. */
  record Query(String name, int nth) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      return pick(Parameters.ofUrl(text), name, nth);
    }

    @Override
    public String toString() {
      return "query[" + name + "]" + (nth == 0 ? "" : "[" + nth + "]");
    }
  }

  /** A field of a form, the {@code nth} of its name, 0-based. */
  record Field(String name, int nth) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      return pick(Parameters.ofForm(text, 0, text.length()), name, nth);
    }

    @Override
    public String toString() {
      return "form[" + name + "]" + (nth == 0 ? "" : "[" + nth + "]");
    }
  }

  /** A cookie of a Cookie field. */
  record Cookie(String name) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      return pick(Parameters.ofCookies(text), name, 0);
    }

    @Override
    public String toString() {
      return "cookie[" + name + "]";
    }
  }

  /** A field of a multipart form (RFC 7578). */
  record Multipart(String name, int nth) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      return pick(MultipartForm.fields(text), name, nth);
    }

    @Override
    public String toString() {
      return "multipart[" + name + "]" + (nth == 0 ? "" : "[" + nth + "]");
    }
  }

  /** The {@code nth} value of markup with that selector, 0-based. */
  record Element(String selector, int nth) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      return Markup.find(text, selector, nth);
    }

    @Override
    public String toString() {
      return selector + (nth == 0 ? "" : "[" + nth + "]");
    }
  }

  /** One of the three parts of a JWT (RFC 7519), whose meaning is JSON. */
  record JwtPart(int index) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      int first = text.indexOf('.');
      int second = text.indexOf('.', first + 1);
      if (first < 0 || second < 0) {
        return null;
      }
      return index == 0
          ? new Slice(0, first, Coding.BASE64URL)
          : new Slice(first + 1, second, Coding.BASE64URL);
    }

    @Override
    public String toString() {
      return index == 0 ? "jwt.header" : "jwt.claims";
    }
  }

  /** The word at a place among so many, or {@link #ANY_COUNT}. */
  record Word(int index, int count, boolean wide) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      List<Slice> words = Words.of(text, wide);
      // Another number of words is another text: no word's place is known in it.
      boolean known = count == ANY_COUNT ? index < words.size() : words.size() == count;
      return known ? words.get(index) : null;
    }

    @Override
    public String toString() {
      return "word[" + index + "]";
    }
  }

  /** What stands between two texts, after the {@code nth} place of the first one, 0-based. */
  record Between(String before, String after, int nth) implements Step {
    @Override
    public @Nullable Slice find(String text) {
      int at = -1;
      for (int i = 0; i <= nth; i++) {
        at = text.indexOf(before, at + 1);
        if (at < 0) {
          return null;
        }
      }
      int from = at + before.length();
      int to = after.isEmpty() ? text.length() : text.indexOf(after, from);
      return to <= from ? null : new Slice(from, to, Coding.PLAIN);
    }

    /** Says which place without showing text that may be secret. */
    @Override
    public String toString() {
      return "text after "
          + before.length()
          + " bytes of context"
          + (nth == 0 ? "" : "[" + nth + "]");
    }
  }

  private static @Nullable Slice pick(List<Parameters.Parameter> all, String name, int nth) {
    int left = nth;
    for (Parameters.Parameter parameter : all) {
      if (parameter.name().equals(name) && left-- == 0) {
        return parameter.value();
      }
    }
    return null;
  }
}
