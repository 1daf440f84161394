// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/**
 * A file that a process has mapped as code.
 *
 * @param range address range in hexadecimal digits, as {@code /proc/PID/map_files} names it
 * @param device number of the file system, as {@code major:minor} in hexadecimal digits
 * @param inode inode number
 * @param path as the process sees it, without the mark of deleted files
 * @param deleted true when the path no longer leads to the file
 */
record FileMapping(String range, String device, long inode, String path, boolean deleted) {
  /** Returns the first address; 0 when the range is none. */
  long start() {
    int end = range.indexOf('-');
    try {
      return end < 0 ? 0 : Long.parseUnsignedLong(range, 0, end, 16);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Returns the file's name without its folder. */
  String fileName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
