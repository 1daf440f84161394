// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

/**
 * One header field with its place in the head, or for HTTP/2 in the decoded field section.
 *
 * <p><b>Units and encoding:</b> ISO 8859-1 text, one character a byte; offsets in bytes from the
 * head's (or trailer section's) start.
 *
 * @param name as sent; empty when it is not known
 * @param value as sent, without the white space around it; folded lines keep their line breaks;
 *     empty when it is not known
 * @param nameOffset first byte of the name; −1 when it is not known
 * @param valueOffset first byte of the value; −1 when it is not known
 * @param valueEnd byte after the value's last; −1 when it is not known
 */
public record HeaderField(
    String name, String value, int nameOffset, int valueOffset, int valueEnd) {
  /**
   * Returns whether the name is known: HTTP/2's compression may refer to a name that was sent
   * before the recording or in bytes that were lost (RFC 7541, section 2.3.2).
   */
  public boolean isNameKnown() {
    return nameOffset != HeaderFields.UNKNOWN;
  }

  /** Returns whether the value is known, as {@link #isNameKnown} says. */
  public boolean isValueKnown() {
    return valueOffset != HeaderFields.UNKNOWN;
  }
}
