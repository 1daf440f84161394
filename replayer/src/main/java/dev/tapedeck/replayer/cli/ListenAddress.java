// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.target.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where to listen, as users name it: {@code PORT}, {@code :PORT}, {@code IP:PORT}. */
final class ListenAddress {
  private static final Pattern SYNTAX =
      Pattern.compile("(?:(?:\\[(?<six>[^\\]]*)]|(?<four>[^:\\[\\]]*)):)?(?<port>[0-9]{1,5})");
  private static final int MAX_PORT = 65535;

  private ListenAddress() {}

  /**
   * Returns the address; that of this host alone when none is named.
   *
   * @throws IllegalArgumentException when the text names none
   */
  static InetSocketAddress parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (matcher.matches() && Integer.parseInt(matcher.group("port")) <= MAX_PORT) {
      int port = Integer.parseInt(matcher.group("port"));
      String host = matcher.group("six") != null ? matcher.group("six") : matcher.group("four");
      if (host == null || host.isEmpty() || host.equals("localhost")) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      } else if (Addresses.isLiteral(host)) {
        return new InetSocketAddress(Addresses.ofLiteral(host), port);
      }
    }
    throw new IllegalArgumentException(
        "address '" + text + "': expected PORT, IP:PORT or [IPV6]:PORT");
  }

  /** Returns whether only this host can reach it. */
  static boolean isLoopback(InetSocketAddress address) {
    return address.getAddress().isLoopbackAddress();
  }
}
