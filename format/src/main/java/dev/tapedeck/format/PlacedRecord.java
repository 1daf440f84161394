// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;

/**
 * A sound record that stands where it was written.
 *
 * @param offset where it begins
 * @param header its header
 */
record PlacedRecord(long offset, RecordHeader header) {
  /** Returns where the record ends. */
  long end() {
    return offset + header.lengthBytes();
  }
}
