// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.target;

import dev.tapedeck.replayer.capture.RecordedCapture;
import java.net.InetAddress;
import java.util.Set;

/**
 * The host that a replay runs on.
 *
 * @param hostId as in captures of this host; 0 when not known
 * @param hostName as in captures of this host; empty when not known
 * @param addresses of its network interfaces
 */
public record LocalHost(long hostId, String hostName, Set<InetAddress> addresses) {
  public LocalHost {
    addresses = Set.copyOf(addresses);
  }

  /**
   * Returns whether a capture may come from this host. The id is new after every start of the host,
   * so that an equal name counts as well. A capture that names no host, as one that was merged of
   * several or imported, may come from any.
   */
  boolean isHostOf(RecordedCapture capture) {
    return capture.hostName().isEmpty()
        || (capture.hostId() != 0 && capture.hostId() == hostId)
        || capture.hostName().equals(hostName);
  }

  /** Returns whether connecting to the address reaches this host. */
  boolean isLocal(InetAddress address) {
    return Addresses.isLoopback(address) || addresses.contains(address);
  }
}
