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
  public static final HeaderFields NONE =
      new HeaderFields(Bytes.empty(), new char[0], new int[0], 0);

  /** Integers a field takes in the span array: name start, name end, value start, value end. */
  private static final int STRIDE = 4;

  /** The place of a name or value that is not known. */
  public static final int UNKNOWN = -1;

  private final Bytes section;

  /** Spans of a section whose offsets fit into 16 bits, as nearly all do; empty otherwise. */
  private final char[] shortSpans;

  /** Spans of a longer section; empty otherwise. */
  private final int[] longSpans;

  /** How many fields stand first that only {@link #withPseudoFields} shows. */
  private final int pseudoFields;

  private HeaderFields(Bytes section, char[] shortSpans, int[] longSpans, int pseudoFields) {
    this.section = section;
    this.shortSpans = shortSpans;
    this.longSpans = longSpans;
    this.pseudoFields = pseudoFields;
  }

  /**
   * Returns the fields that lie at the spans of a section.
   *
   * @param section bytes of the head or trailer section
   * @param spans for each field name start, name end, value start, value end; {@link #UNKNOWN} for
   *     both ends of what is not known
   */
  public static HeaderFields ofSpans(Bytes section, int[] spans) {
    return ofSpans(section, spans, spans.length);
  }

  /**
   * Returns the fields that lie at the first {@code used} spans of a section; the array is copied.
   */
  public static HeaderFields ofSpans(Bytes section, int[] spans, int used) {
    return ofSpans(section, spans, used, 0);
  }

  /**
   * The same for HTTP/2, of which the first fields are pseudo-header fields (RFC 9113, section
   * 8.3): these are no header fields, and only {@link #withPseudoFields} shows them.
   */
  public static HeaderFields ofSpans(Bytes section, int[] spans, int used, int pseudoFields) {
    if (used % STRIDE != 0 || used > spans.length || pseudoFields * STRIDE > used) {
      throw new IllegalArgumentException(
          "used=" + used + " spans.length=" + spans.length + " pseudoFields=" + pseudoFields);
    }
    if (used == 0) {
      return NONE;
    }
    if (section.length() >= Character.MAX_VALUE) {
      return new HeaderFields(section, NONE.shortSpans, Arrays.copyOf(spans, used), pseudoFields);
    }
    char[] narrow = new char[used];
    for (int i = 0; i < used; i++) {
      narrow[i] = (char) spans[i];
    }
    return new HeaderFields(section, narrow, NONE.longSpans, pseudoFields);
  }

  /**
   * Returns the fields of a head in which nothing is odd, as {@link MessageBuilder#headers} says.
   */
  public static HeaderFields inHead(Bytes head) {
    byte[] array = head.sharedArray();
    int base = head.sharedOffset();
    int end = base + head.length();
    int lines = 0;
    for (int i = base; i < end; i++) {
      lines += array[i] == '\n' ? 1 : 0;
    }
    // Neither the start line nor the empty one is a field.
    int[] spans = new int[Math.max(0, lines - 2) * STRIDE];
    int line = endOfLine(array, base) + 1;
    for (int at = 0; at < spans.length; at += STRIDE) {
      int lineFeed = endOfLine(array, line);
      int colon = line;
      while (array[colon] != ':') {
        colon++;
      }
      int from = colon + 1;
      int to = lineFeed - 1;
      while (from < to && isPadding(array[from])) {
        from++;
      }
      while (to > from && isPadding(array[to - 1])) {
        to--;
      }
      spans[at] = line - base;
      spans[at + 1] = colon - base;
      spans[at + 2] = from - base;
      spans[at + 3] = to - base;
      line = lineFeed + 1;
    }
    return ofSpans(head, spans);
  }

  private static int endOfLine(byte[] array, int from) {
    int at = from;
    while (array[at] != '\n') {
      at++;
    }
    return at;
  }

  private static boolean isPadding(byte b) {
    return b >= 0 && b <= ' ';
  }

  /** Returns the bytes that the fields' offsets count in. */
  public Bytes section() {
    return section;
  }

  /** Returns the same fields over a copy of their section. */
  public HeaderFields over(Bytes copyOfSection) {
    return spans() == 0
        ? NONE
        : new HeaderFields(copyOfSection, shortSpans, longSpans, pseudoFields);
  }

  /** Returns the pseudo-header fields of HTTP/2, as they were sent, and then these fields. */
  public HeaderFields withPseudoFields() {
    return pseudoFields == 0 ? this : new HeaderFields(section, shortSpans, longSpans, 0);
  }

  /** Returns the same fields in storage of their own. */
  public HeaderFields detached() {
    return over(section.detached());
  }

  /**
   * Returns the same fields over a copy of the head that they lie in, or in storage of their own
   * when they lie elsewhere, as those of HTTP/2 do.
   */
  HeaderFields detachedWith(Bytes head, Bytes copyOfHead) {
    boolean liesInHead =
        section.sharedArray() == head.sharedArray()
            && section.sharedOffset() == head.sharedOffset()
            && section.length() == head.length();
    return liesInHead ? over(copyOfHead) : detached();
  }

  private int spans() {
    return Math.max(shortSpans.length, longSpans.length);
  }

  private int span(int fieldIndex, int end) {
    int index = (pseudoFields + fieldIndex) * STRIDE + end;
    if (longSpans.length > 0) {
      return longSpans[index];
    }
    return shortSpans[index] == Character.MAX_VALUE ? UNKNOWN : shortSpans[index];
  }

  /** Returns how many fields there are. */
  public int size() {
    return spans() / STRIDE - pseudoFields;
  }

  /** Returns the field at {@code index}, 0-based. */
  public HeaderField get(int index) {
    Objects.checkIndex(index, size());
    int nameStart = span(index, 0);
    int valueStart = span(index, 2);
    int valueEnd = span(index, 3);
    return new HeaderField(
        text(nameStart, span(index, 1)),
        text(valueStart, valueEnd),
        nameStart,
        valueStart,
        valueEnd);
  }

  private String text(int from, int to) {
    return from == UNKNOWN ? "" : section.toLatin1(from, to);
  }

  /** Returns whether every name and value is known. */
  public boolean isKnown() {
    for (int i = 0; i < size(); i++) {
      if (span(i, 0) == UNKNOWN || span(i, 2) == UNKNOWN) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the first field with that name, in any case, that is known; null when there is none.
   */
  public @Nullable HeaderField first(String name) {
    for (int i = 0; i < size(); i++) {
      if (nameEquals(i, name)) {
        return get(i);
      }
    }
    return null;
  }

  /** Returns all fields with that name, in any case, that are known. */
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
    int from = span(index, 0);
    if (from == UNKNOWN || span(index, 2) == UNKNOWN) {
      return false;
    }
    int length = span(index, 1) - from;
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
        && pseudoFields == that.pseudoFields
        && section.equals(that.section)
        && Arrays.equals(shortSpans, that.shortSpans)
        && Arrays.equals(longSpans, that.longSpans);
  }

  @Override
  public int hashCode() {
    return 31 * section.hashCode() + Arrays.hashCode(shortSpans) + Arrays.hashCode(longSpans);
  }

  /** Returns how many fields there are; never their content. */
  @Override
  public String toString() {
    return "HeaderFields[size=" + size() + "]";
  }
}
