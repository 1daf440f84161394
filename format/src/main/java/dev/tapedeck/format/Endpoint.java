// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * One end of a connection as the kernel names it.
 *
 * @param address an IP address in its canonical text form (RFC 5952 for IPv6, without brackets), or
 *     a Unix socket's path; empty when not known or, for Unix sockets, unnamed
 * @param port 0 to 65535; 0 when not known and for Unix sockets
 */
public record Endpoint(String address, int port) {
  /** An end that nothing is known of. */
  public static final Endpoint UNKNOWN = new Endpoint("", 0);

  public Endpoint {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port=" + port);
    }
  }

  /** Returns {@code address:port}, with brackets around an IPv6 address. */
  @Override
  public String toString() {
    return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
  }
}
