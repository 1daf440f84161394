// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.Objects;

/**
 * A host whose events a capture holds.
 *
 * <p><b>Threads:</b> immutable.
 *
 * @param hostId number of the host, as in {@link ProcessKey} and {@link ConnectionId}
 * @param hostName empty when not known
 * @param architecture such as {@code x86_64}; empty when not known
 * @param kernelRelease as uname(2) says it; empty when not known
 */
public record CaptureHost(long hostId, String hostName, String architecture, String kernelRelease) {
  public CaptureHost {
    Objects.requireNonNull(hostName, "hostName");
    Objects.requireNonNull(architecture, "architecture");
    Objects.requireNonNull(kernelRelease, "kernelRelease");
  }
}
