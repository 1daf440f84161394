// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * One process of one host, safe against pid reuse.
 *
 * @param hostId the host, as in {@link CaptureHeader}
 * @param pid thread group id in the host's initial pid namespace, not negative
 * @param startNanos start of the process in nanoseconds since boot; 0 when not known
 */
public record ProcessKey(long hostId, int pid, long startNanos) {
  public ProcessKey {
    if (pid < 0) {
      throw new IllegalArgumentException("pid=" + pid);
    }
  }
}
