// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.format.Endpoint;
import dev.tapedeck.replayer.target.Addresses;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One recorded server, as users name it.
 *
 * @param address in canonical form; empty for any
 * @param port the port it listened on
 */
public record ServerPattern(String address, int port) {
  private static final Pattern SYNTAX =
      Pattern.compile("(?:\\[(?<six>[0-9A-Fa-f:.]+)]|(?<four>[^:\\[\\]]*)):(?<port>[0-9]{1,5})");

  /**
   * Returns the pattern of {@code IP:PORT}, {@code [IPV6]:PORT} or {@code :PORT}.
   *
   * @throws IllegalArgumentException when the text is none of these
   */
  public static ServerPattern parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > 65535) {
      throw new IllegalArgumentException(
          "server '" + text + "': expected IP:PORT, [IPV6]:PORT or :PORT");
    }
    String address = matcher.group("six") != null ? matcher.group("six") : matcher.group("four");
    return new ServerPattern(Addresses.canonical(address), Integer.parseInt(matcher.group("port")));
  }

  /** Returns the pattern of one end. */
  public static ServerPattern of(Endpoint server) {
    return new ServerPattern(Addresses.canonical(server.address()), server.port());
  }

  /** Returns whether the end is the one that is named. */
  public boolean matches(Endpoint server) {
    return server.port() == port
        && (address.isEmpty() || address.equals(Addresses.canonical(server.address())));
  }
}
