// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordSource;
import java.io.IOException;

/** Reads planes as they stand in the file, and compares their checksums. */
final class StoredPlane {
  private StoredPlane() {}

  /** Throws when the lengths that a header states are above the limit. */
  static void requireLimit(PlaneInfo plane, int maxBytes, String what)
      throws MalformedPlaneException {
    if (plane.storedBytes() > maxBytes || plane.rawBytes() > maxBytes) {
      throw new MalformedPlaneException(
          "the "
              + what
              + " plane says storedBytes="
              + plane.storedBytes()
              + " rawBytes="
              + plane.rawBytes()
              + ", limit="
              + maxBytes);
    }
  }

  /**
   * Reads a plane.
   *
   * @param offset of the plane in the file
   * @param target has room for it at {@code at}
   */
  static void read(
      RecordSource source, long offset, PlaneInfo plane, byte[] target, int at, String what)
      throws IOException, MalformedPlaneException {
    int count = source.read(offset, target, at, plane.storedBytes());
    if (count < plane.storedBytes()) {
      throw new MalformedPlaneException("the " + what + " plane's checksum differs");
    }
    check(plane, target, at, what);
  }

  /** Throws when what is stored of a plane, at {@code at}, has another checksum. */
  static void check(PlaneInfo plane, byte[] stored, int at, String what)
      throws MalformedPlaneException {
    if (RecordHeader.crc32c(stored, at, plane.storedBytes()) != plane.crc32c()) {
      throw new MalformedPlaneException("the " + what + " plane's checksum differs");
    }
  }
}
