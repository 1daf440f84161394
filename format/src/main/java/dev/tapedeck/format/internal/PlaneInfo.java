// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

/**
 * One plane of a record as its header describes it.
 *
 * @param storedBytes length in the file; 0 when the plane is empty
 * @param rawBytes length when decompressed
 * @param crc32c CRC32C of the stored bytes; 0 when the plane is empty
 */
public record PlaneInfo(int storedBytes, int rawBytes, int crc32c) {
  /** A plane of no bytes. */
  public static final PlaneInfo EMPTY = new PlaneInfo(0, 0, 0);
}
