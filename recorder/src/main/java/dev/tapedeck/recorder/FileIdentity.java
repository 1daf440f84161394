// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

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

  /**
   * Returns the identity of a file that the kernel side tells of.
   *
   * @param device {@code dev_t} inside the kernel, 12 bits of major and 20 of minor number
   *     (include/linux/kdev_t.h)
   */
  static FileIdentity ofKernel(int device, long inode) {
    long major = Integer.toUnsignedLong(device) >>> 20;
    long minor = device & 0xfffff;
    // gnu_dev_makedev of glibc.
    return new FileIdentity(major << 8 | (minor & 0xff) | (minor & ~0xffL) << 12, inode);
  }

  /** Returns the file system's number as {@code /proc} writes it. */
  String deviceText() {
    // gnu_dev_major and gnu_dev_minor of glibc.
    long major = (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
    long minor = (device & 0xff) | (device >>> 12 & ~0xffL);
    return String.format(Locale.ROOT, "%02x:%02x", major, minor);
  }

  private static long number(Path path, String attribute) throws IOException {
    if (Files.getAttribute(path, attribute) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException(path + " has no " + attribute);
  }
}
