// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.replayer.mock.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * Where on its way to the mock a connection is.
 *
 * @param origin the service that the listener stands for; null at the proxy
 * @param tunnel whom a CONNECT named; null outside of tunnels
 * @param tls whether the bytes came through TLS
 */
record Place(@Nullable Upstream origin, @Nullable Upstream tunnel, boolean tls) {
  Place inTunnel(Upstream named) {
    return new Place(origin, named, false);
  }

  Place inTls() {
    return new Place(origin, tunnel, true);
  }

  /**
   * Returns whom a request is for that names an authority: the listener's service, else that, else
   * the tunnel's; null when nothing says.
   */
  @Nullable Upstream meant(@Nullable String authority, boolean absolute, boolean https) {
    if (origin != null) {
      return origin;
    }
    // Without a port the authority means the tunnel's (RFC 9110, section 7.2).
    int port = tunnel != null && !absolute ? tunnel.port() : Upstream.defaultPort(https || tls);
    Upstream named = authority == null ? null : Upstream.parse(authority, port);
    return named == null ? tunnel : named;
  }
}
