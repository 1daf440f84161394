// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Leaves some of the file system free, for others and for what closing a capture writes.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class FreeSpaceFloor {
  private final @Nullable CaptureFile file;
  private final long floorBytes;
  private boolean lifted;

  /**
   * Makes the floor.
   *
   * @param file absent where the capture is no file: there is no floor then
   */
  FreeSpaceFloor(@Nullable CaptureFile file, long floorBytes) {
    this.file = file;
    this.floorBytes = floorBytes;
  }

  /** Lets what follows use the space below the floor. */
  void lift() {
    lifted = true;
  }

  /**
   * Checks that a block may be written.
   *
   * @throws IOException when less than the floor would be left
   */
  void require(int more, long offset) throws IOException {
    if (file == null || floorBytes == 0 || lifted) {
      return;
    }
    long usable = file.usableBytes();
    if (usable - more < floorBytes) {
      throw new IOException(
          file.name()
              + ": the file system has "
              + usable
              + " bytes left; a block of "
              + more
              + " bytes at offset "
              + offset
              + " would leave less than "
              + floorBytes);
    }
  }
}
