// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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

  /** Masks all that were added; those that overlap become one. Returns how many there were. */
  int mask(byte[] bytes, Tokens tokens) {
    spans.sort(Comparator.comparingInt(Span::from));
    int count = 0;
    int i = 0;
    while (i < spans.size()) {
      int from = spans.get(i).from();
      int to = spans.get(i).to();
      for (i++; i < spans.size() && spans.get(i).from() < to; i++) {
        to = Math.max(to, spans.get(i).to());
      }
      tokens.mask(bytes, from, to);
      count++;
    }
    spans.clear();
    return count;
  }
}
