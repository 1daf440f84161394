// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What makes a file the same file, whatever its names.
 *
 * @param device number of the file system
 * @param inode number of the file there
 */
record FileIdentity(long device, long inode) {
  /**
   * Returns the identity of the file behind a path, links followed.
   *
   * @throws IOException when there is none or it cannot be looked at
   */
  static FileIdentity of(Path path) throws IOException {
    return new FileIdentity(number(path, "unix:dev"), number(path, "unix:ino"));
  }

  private static long number(Path path, String attribute) throws IOException {
    if (Files.getAttribute(path, attribute) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException(path + " has no " + attribute);
  }
}
