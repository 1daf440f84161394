// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal.crypto;

/** What an envelope holds. Each place has keys of its own. */
public enum Place {
  /** A block's metadata plane. */
  METADATA(1),
  /** A block's payload plane. */
  PAYLOAD(2),
  /** The file header's facts about the host. */
  HEADER(3),
  /** Nothing; in the footer, as proof of the file's end. */
  SEAL(4);

  private final byte number;

  Place(int number) {
    this.number = (byte) number;
  }

  byte number() {
    return number;
  }
}
