// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.Locale;
import java.util.Objects;

/**
 * Something that a check of a capture found.
 *
 * @param severity how bad it is
 * @param kind what it is, in a word of lower case that stays the same
 * @param offset of the first byte concerned, from the start of the file
 * @param lengthBytes how many are concerned; 0 where that says nothing
 * @param text in words, without captured content
 * @param lostEvents events that are lost with it; {@link Damage#UNKNOWN} when not known
 */
public record Finding(
    Severity severity, String kind, long offset, long lengthBytes, String text, long lostEvents) {

  /** How bad it is. */
  public enum Severity {
    /** The file is damaged, or not what the specification says. */
    ERROR,
    /** The file is sound, and something about it is worth knowing. */
    WARNING
  }

  public Finding {
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(text, "text");
  }

  static Finding of(Damage damage) {
    return new Finding(
        Severity.ERROR,
        damage.kind().name().toLowerCase(Locale.ROOT),
        damage.offset(),
        damage.lengthBytes(),
        damage.reason(),
        damage.lostEvents());
  }

  static Finding error(String kind, long offset, String text) {
    return new Finding(Severity.ERROR, kind, offset, 0, text, 0);
  }

  static Finding warning(String kind, long offset, String text) {
    return new Finding(Severity.WARNING, kind, offset, 0, text, 0);
  }
}
