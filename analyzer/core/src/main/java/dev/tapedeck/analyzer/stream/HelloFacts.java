// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.StreamEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the hellos say that were seen on sockets; the first of each end counts.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class HelloFacts {
  private final Map<ConnectionId, TlsHello.Client> clients = new HashMap<>();
  private final Map<ConnectionId, TlsHello.Server> servers = new HashMap<>();

  void add(StreamEvent.CipherRecord seen) {
    if (!(seen.stream().owner() instanceof ConnectionId socket)) {
      return;
    }
    TlsHello hello = TlsHello.read(seen.prefix());
    if (hello instanceof TlsHello.Client client) {
      clients.putIfAbsent(socket, client);
    } else if (hello instanceof TlsHello.Server server) {
      servers.putIfAbsent(socket, server);
    }
  }

  /**
   * Returns what is known of the session on a socket.
   *
   * @param tls what the recorder said of the session itself, which counts more; null when nothing
   * @param socket null when it is not known
   */
  TlsInfo of(@Nullable TlsFacts tls, @Nullable ConnectionId socket) {
    TlsHello.Client client = socket == null ? null : clients.get(socket);
    TlsHello.Server server = socket == null ? null : servers.get(socket);
    return new TlsInfo(
        first(tls == null ? "" : tls.version, server == null ? null : server.version()),
        first(tls == null ? "" : tls.cipher, server == null ? null : server.cipher()),
        first(tls == null ? "" : tls.serverName, client == null ? null : client.serverName()),
        first(tls == null ? "" : tls.alpn, server == null ? null : server.protocol()),
        client == null ? null : client.protocols());
  }

  private static @Nullable String first(String said, @Nullable String seen) {
    return said.isEmpty() ? seen : said;
  }
}
