// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.format.HostIds;
import dev.tapedeck.replayer.target.LocalHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Asks the system which host this is. */
final class LocalHosts {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private LocalHosts() {}

  static LocalHost current() throws IOException {
    Set<InetAddress> addresses = new HashSet<>();
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .forEach(addresses::add);
    return new LocalHost(
        HostIds.ofBootId(Files.readString(BOOT_ID)),
        Files.readString(HOST_NAME).strip(),
        addresses);
  }
}
