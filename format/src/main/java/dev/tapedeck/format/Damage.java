// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.Objects;

/**
 * A part of a capture that could not be read.
 *
 * @param offset of the first byte concerned, from the start of the file
 * @param lengthBytes bytes that were skipped; 0 when blocks are missing and nothing was skipped
 * @param kind what is wrong
 * @param reason in words, without captured content
 * @param lostEvents events that are lost with it; −1 when not known
 */
public record Damage(
    long offset, long lengthBytes, DamageKind kind, String reason, long lostEvents) {
  /** {@link #lostEvents} when the number is not known. */
  public static final long UNKNOWN = -1;

  public Damage {
    if (offset < 0 || lengthBytes < 0 || lostEvents < UNKNOWN) {
      throw new IllegalArgumentException(
          "offset=" + offset + " lengthBytes=" + lengthBytes + " lostEvents=" + lostEvents);
    }
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(reason, "reason");
  }
}
