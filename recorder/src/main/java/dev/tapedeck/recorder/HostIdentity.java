// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which host this is, in this boot.
 *
 * @param hostId number that tells boots of hosts apart: the first 8 bytes of the SHA-256 of the
 *     kernel's boot id, so that the id itself stays here
 * @param hostName as the kernel knows it; empty when not known
 */
record HostIdentity(long hostId, String hostName) {
  /** Reads the identity from a mounted {@code /proc}. */
  static HostIdentity read(ProcFs proc) {
    Path kernel = proc.root().resolve("sys/kernel");
    String bootId = proc.text(kernel.resolve("random/boot_id")).trim();
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(bootId.getBytes(StandardCharsets.US_ASCII));
      return new HostIdentity(
          ByteBuffer.wrap(digest).getLong(), proc.text(kernel.resolve("hostname")).trim());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
