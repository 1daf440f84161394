// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.target;

import dev.tapedeck.format.HostIds;
import dev.tapedeck.replayer.capture.RecordedCapture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The host that a replay runs on.
 *
 * @param hostId as in captures of this host; 0 when not known
 * @param hostName as in captures of this host; empty when not known
 * @param addresses of its network interfaces
 */
public record LocalHost(long hostId, String hostName, Set<InetAddress> addresses) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  public LocalHost {
    addresses = Set.copyOf(addresses);
  }

  /**
   * Asks the system which host this is. Without Linux's files it is none that was recorded: there
   * only addresses count.
   *
   * @throws IOException when the system does not say
   */
  public static LocalHost current() throws IOException {
    Set<InetAddress> addresses = new HashSet<>();
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .forEach(addresses::add);
    boolean linux = Files.exists(BOOT_ID) && Files.exists(HOST_NAME);
    return new LocalHost(
        linux ? HostIds.ofBootId(Files.readString(BOOT_ID)) : 0,
        linux ? Files.readString(HOST_NAME).strip() : "",
        addresses);
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
