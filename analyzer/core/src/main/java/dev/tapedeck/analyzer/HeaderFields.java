// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The header or trailer fields of a message: spans over the recorded bytes, made into text on
 * demand.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class HeaderFields {
  /** No fields. */
  public static final HeaderFields NONE = new HeaderFields(Bytes.empty(), new int[0]);

  /** Integers a field takes in the span array: name start, name end, value start, value end. */
  private static final int STRIDE = 4;

  private final Bytes section;
  private final int[] spans;

  private HeaderFields(Bytes section, int[] spans) {
    this.section = section;
    this.spans = spans;
  }

  /**
   * Returns the fields that lie at the spans of a section.
   *
   * @param section bytes of the head or trailer section
   * @param spans for each field name start, name end, value start, value end; taken over
   */
  public static HeaderFields ofSpans(Bytes section, int[] spans) {
    if (spans.length % STRIDE != 0) {
      throw new IllegalArgumentException("spans.length=" + spans.length);
    }
    return spans.length == 0 ? NONE : new HeaderFields(section, spans);
  }

  /** Returns how many fields there are. */
  public int size() {
    return spans.length / STRIDE;
  }

  /** Returns the field at {@code index}, 0-based. */
  public HeaderField get(int index) {
    int at = Objects.checkIndex(index, size()) * STRIDE;
    return new HeaderField(
        section.slice(spans[at], spans[at + 1]).toLatin1(),
        section.slice(spans[at + 2], spans[at + 3]).toLatin1(),
        spans[at],
        spans[at + 2],
        spans[at + 3]);
  }

  /** Returns the first field with that name, in any case; null when there is none. */
  public @Nullable HeaderField first(String name) {
    for (int i = 0; i < size(); i++) {
      if (nameEquals(i, name)) {
        return get(i);
      }
    }
    return null;
  }

  /** Returns all fields with that name, in any case. */
  public List<HeaderField> all(String name) {
    List<HeaderField> found = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      if (nameEquals(i, name)) {
        found.add(get(i));
      }
    }
    return found;
  }

  /** Returns all fields in order. */
  public List<HeaderField> toList() {
    List<HeaderField> list = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      list.add(get(i));
    }
    return list;
  }

  private boolean nameEquals(int index, String name) {
    int from = spans[index * STRIDE];
    int length = spans[index * STRIDE + 1] - from;
    if (length != name.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower((char) (section.get(from + i) & 0xff)) != lower(name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Field names compare without ASCII case (RFC 9110, section 5.1). */
  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HeaderFields that
        && section.equals(that.section)
        && Arrays.equals(spans, that.spans);
  }

  @Override
  public int hashCode() {
    return 31 * section.hashCode() + Arrays.hashCode(spans);
  }

  /** Returns how many fields there are; never their content. */
  @Override
  public String toString() {
    return "HeaderFields[size=" + size() + "]";
  }
}
