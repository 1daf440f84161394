// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where secrets lie in a run of bytes. They are found first and masked then, so that no rule looks
 * at the token of another.
 */
final class Spans {
  private final List<Span> spans = new ArrayList<>();

  private record Span(int from, int to) {}

  /** Adds a secret; empty ones are left out. */
  void add(int from, int to) {
    if (to > from) {
      spans.add(new Span(from, to));
    }
  }

  /** Adds secrets that were found in a part of the bytes which begins at an offset. */
  void addAll(Spans others, int offset) {
    for (Span span : others.spans) {
      add(offset + span.from(), offset + span.to());
    }
  }

  /** Returns the secrets of at least so many bytes, once each. */
  List<String> values(byte[] bytes, int leastBytes) {
    Set<String> values = new LinkedHashSet<>();
    for (Span span : spans) {
      if (span.to() - span.from() >= leastBytes) {
        values.add(
            new String(bytes, span.from(), span.to() - span.from(), StandardCharsets.ISO_8859_1));
      }
    }
    return List.copyOf(values);
  }

  /** Adds all places of a text of one character a byte where one of the values stands. */
  void addPlaces(String text, List<String> values) {
    for (String value : values) {
      for (int at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length())) {
        add(at, at + value.length());
      }
    }
  }

  /** Takes each secret that was added, in no order. */
  void forEach(Taker taker) {
    for (Span span : spans) {
      taker.take(span.from(), span.to());
    }
  }

  /** Takes a secret's place. */
  @FunctionalInterface
  interface Taker {
    void take(int from, int to);
  }

  /** Masks all that were added; those that overlap become one. Returns how many there were. */
  int mask(byte[] bytes, Mask mask) {
    spans.sort(Comparator.comparingInt(Span::from));
    int count = 0;
    int i = 0;
    while (i < spans.size()) {
      int from = spans.get(i).from();
      int to = spans.get(i).to();
      for (i++; i < spans.size() && spans.get(i).from() < to; i++) {
        to = Math.max(to, spans.get(i).to());
      }
      mask.mask(bytes, from, to);
      count++;
    }
    spans.clear();
    return count;
  }
}
