// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.HostIds;
import java.nio.file.Path;

/**
 * Which host this is, in this boot.
 *
 * @param hostId number that tells boots of hosts apart, see {@link HostIds}
 * @param hostName as the kernel knows it; empty when not known
 */
record HostIdentity(long hostId, String hostName) {
  /** Reads the identity from a mounted {@code /proc}. */
  static HostIdentity read(ProcFs proc) {
    Path kernel = proc.root().resolve("sys/kernel");
    return new HostIdentity(
        HostIds.ofBootId(proc.text(kernel.resolve("random/boot_id"))),
        proc.text(kernel.resolve("hostname")).trim());
  }
}
