// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.IndexUse;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts servers for tests. */
final class Servers {
  private Servers() {}

  /** Serves a capture on any free port of the loopback interface. */
  static WebServer start(Path file) throws IOException {
    CaptureListing listing =
        CaptureListing.open(
            file,
            CaptureRef.ONLY,
            () -> CaptureReader.open(file, ReaderOptions.defaults()),
            1,
            IndexUse.NONE);
    return WebServer.start(
        new WebOptions(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "", false, "test"),
        List.of(listing));
  }

  /** Returns an address of this machine that is not its loopback one; null when it has none. */
  static @Nullable InetAddress otherOwnAddress() throws IOException {
    for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress address : network.inetAddresses().toList()) {
        if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
          return address;
        }
      }
    }
    return null;
  }

  static boolean connects(Socket socket, InetSocketAddress address) {
    try {
      socket.connect(address, 2000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
