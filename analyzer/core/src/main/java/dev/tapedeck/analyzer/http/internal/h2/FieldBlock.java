// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.format.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The fields of one header block, in order.
 *
 * <p><b>Ownership:</b> a decoder fills it, the next block overwrites it; {@link #snapshot} is what
 * is kept.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class FieldBlock {
  private static final int STRIDE = 4;
  private static final int UNKNOWN = HeaderFields.UNKNOWN;
  private static final int FIRST_TEXT_BYTES = 1024;
  private static final int FIRST_FIELDS = 32;

  private final int maxTextBytes;
  private byte[] text = new byte[FIRST_TEXT_BYTES];
  private int length;
  private int fieldsEnd;
  private int[] spans = new int[FIRST_FIELDS * STRIDE];
  private int used;

  /** For each field the number of the entry that was not captured; 0 in epochs without any. */
  private int[] numbers = new int[FIRST_FIELDS];

  private boolean overLimit;
  private boolean malformed;
  private int unknownFields;

  /**
   * Makes one.
   *
   * @param maxTextBytes most bytes of names and values; fields beyond are left out
   */
  public FieldBlock(int maxTextBytes) {
    this.maxTextBytes = maxTextBytes;
  }

  void clear() {
    length = 0;
    fieldsEnd = 0;
    used = 0;
    overLimit = false;
    malformed = false;
    unknownFields = 0;
  }

  /** Returns how many fields there are. */
  public int size() {
    return used / STRIDE;
  }

  /** Returns a field's name; empty when it is not known. */
  public String name(int index) {
    return text(index * STRIDE);
  }

  /** Returns a field's value; empty when it is not known. */
  public String value(int index) {
    return text(index * STRIDE + 2);
  }

  private String text(int at) {
    return spans[at] == UNKNOWN
        ? ""
        : new String(text, spans[at], spans[at + 1] - spans[at], StandardCharsets.ISO_8859_1);
  }

  public boolean isNameKnown(int index) {
    return spans[index * STRIDE] != UNKNOWN;
  }

  public boolean isValueKnown(int index) {
    return spans[index * STRIDE + 2] != UNKNOWN;
  }

  /** Returns whether a field is a pseudo-header field (RFC 9113, section 8.3). */
  public boolean isPseudo(int index) {
    int from = spans[index * STRIDE];
    return from != UNKNOWN && spans[index * STRIDE + 1] > from && text[from] == ':';
  }

  /** Returns the number of the entry that a field with an unknown name refers to. */
  int number(int index) {
    return numbers[index];
  }

  /** Returns whether a field has this known name. */
  public boolean isNamed(int index, String name) {
    int from = spans[index * STRIDE];
    if (from == UNKNOWN || spans[index * STRIDE + 1] - from != name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (text[from + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether fields were left out because there are too many or too long ones. */
  public boolean isOverLimit() {
    return overLimit;
  }

  /** Returns whether the block is not as RFC 7541 says; the fields before that are right. */
  public boolean isMalformed() {
    return malformed;
  }

  /** Returns how many fields have a name or value that is not known. */
  public int unknownFields() {
    return unknownFields;
  }

  /** Says that the block lacks its end: that it is not whole is no fault of its sender. */
  public void cut() {
    malformed = false;
  }

  void malformed() {
    malformed = true;
  }

  /** Returns the array that text is written to, with room for so many bytes more. */
  byte[] room(int bytes) {
    if (bytes > text.length - length) {
      text = Arrays.copyOf(text, Math.max(Math.addExact(length, bytes), text.length * 2));
    }
    return text;
  }

  int length() {
    return length;
  }

  void length(int bytes) {
    length = bytes;
  }

  byte[] text() {
    return text;
  }

  /** Adds a field whose text lies between these places; {@link #length} goes up to its end. */
  void add(int nameFrom, int nameTo, int valueFrom, int valueTo, int number) {
    if (length > maxTextBytes) {
      overLimit = true;
      length = fieldsEnd;
      return;
    }
    if (used == spans.length) {
      spans = Arrays.copyOf(spans, used * 2);
      numbers = Arrays.copyOf(numbers, numbers.length * 2);
    }
    spans[used] = nameFrom;
    spans[used + 1] = nameTo;
    spans[used + 2] = valueFrom;
    spans[used + 3] = valueTo;
    numbers[used / STRIDE] = number;
    used += STRIDE;
    fieldsEnd = length;
    if (nameFrom == UNKNOWN || valueFrom == UNKNOWN) {
      unknownFields++;
    }
  }

  /** Gives a field the name that follows from what is known. */
  void disclose(int index, byte[] name) {
    byte[] target = room(name.length);
    System.arraycopy(name, 0, target, length, name.length);
    spans[index * STRIDE] = length;
    length += name.length;
    spans[index * STRIDE + 1] = length;
    fieldsEnd = length;
    if (isValueKnown(index)) {
      unknownFields--;
    }
  }

  /** Returns the fields, the pseudo-header fields among them first. */
  public HeaderFields snapshot() {
    int[] kept = new int[used];
    int pseudo = keep(kept, 0, true);
    int all = keep(kept, pseudo, false);
    byte[] section = Arrays.copyOf(text, length);
    return HeaderFields.ofSpans(Bytes.wrap(section, 0, length), kept, all, pseudo / STRIDE);
  }

  private int keep(int[] kept, int from, boolean pseudo) {
    int count = from;
    for (int i = 0; i < size(); i++) {
      if (isPseudo(i) == pseudo) {
        System.arraycopy(spans, i * STRIDE, kept, count, STRIDE);
        count += STRIDE;
      }
    }
    return count;
  }
}
