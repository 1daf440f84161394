// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The running kernel.
 *
 * @param release as uname(2) says it
 * @param architecture as the BPF objects' folders are called: {@code x86_64} or {@code aarch64}
 */
public record HostKernel(String release, String architecture) {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

  /** Returns the kernel that runs this process. */
  public static HostKernel current() {
    String architecture = System.getProperty("os.arch", "");
    return new HostKernel(
        System.getProperty("os.version", ""),
        architecture.equals("amd64") ? "x86_64" : architecture);
  }

  /** Returns whether the version is the given one or a later one; false when it is not known. */
  public boolean isAtLeast(int major, int minor) {
    Matcher matcher = VERSION.matcher(release);
    if (!matcher.matches()) {
      return false;
    }
    int thisMajor = Integer.parseInt(matcher.group(1));
    int thisMinor = Integer.parseInt(matcher.group(2));
    return thisMajor > major || (thisMajor == major && thisMinor >= minor);
  }
}
