// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/**
 * A file that a process has mapped as code.
 *
 * @param range address range in hexadecimal digits, as {@code /proc/PID/map_files} names it
 * @param inode inode number
 * @param path as the process sees it, without the mark of deleted files
 * @param deleted true when the path no longer leads to the file
 */
record FileMapping(String range, long inode, String path, boolean deleted) {}
