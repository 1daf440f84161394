// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** How a host's number in captures is made. */
public final class HostIds {
  private HostIds() {}

  /**
   * Returns the number of a host in one of its boots: the first 8 bytes of the SHA-256 of the
   * kernel's boot id, so that the id itself stays on the host.
   *
   * @param bootId as in {@code /proc/sys/kernel/random/boot_id}
   */
  public static long ofBootId(String bootId) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(bootId.trim().getBytes(StandardCharsets.US_ASCII));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
