// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the hellos say that were seen on sockets; the first of each end counts, by its position.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class HelloFacts {
  private final Map<ConnectionId, Seen<TlsHello.Client>> clients = new HashMap<>();
  private final Map<ConnectionId, Seen<TlsHello.Server>> servers = new HashMap<>();

  private record Seen<T>(T hello, long position, Direction direction) {
    Seen<T> first(Seen<T> other) {
      return other.position < position ? other : this;
    }
  }

  void add(StreamEvent.CipherRecord seen) {
    if (!(seen.stream().owner() instanceof ConnectionId socket)) {
      return;
    }
    TlsHello hello = TlsHello.read(seen.prefix());
    Direction direction = seen.stream().direction();
    if (hello instanceof TlsHello.Client client) {
      clients.merge(socket, new Seen<>(client, seen.position(), direction), Seen::first);
    } else if (hello instanceof TlsHello.Server server) {
      servers.merge(socket, new Seen<>(server, seen.position(), direction), Seen::first);
    }
  }

  /**
   * Returns what is known of the session on a socket.
   *
   * @param tls what the recorder said of the session itself, which counts more; null when nothing
   * @param socket null when it is not known
   */
  TlsInfo of(@Nullable TlsFacts tls, @Nullable ConnectionId socket) {
    Seen<TlsHello.Client> asked = socket == null ? null : clients.get(socket);
    Seen<TlsHello.Server> chosen = socket == null ? null : servers.get(socket);
    TlsHello.Client client = asked == null ? null : asked.hello();
    TlsHello.Server server = chosen == null ? null : chosen.hello();
    return new TlsInfo(
        first(tls == null ? "" : tls.version, server == null ? null : server.version()),
        first(tls == null ? "" : tls.cipher, server == null ? null : server.cipher()),
        first(tls == null ? "" : tls.serverName, client == null ? null : client.serverName()),
        first(tls == null ? "" : tls.alpn, server == null ? null : server.protocol()),
        client == null ? null : client.protocols());
  }

  /** Returns the end that a socket's process has in the handshake; null when none was seen. */
  @Nullable Role role(ConnectionId socket) {
    Seen<TlsHello.Client> asked = clients.get(socket);
    if (asked != null) {
      return asked.direction() == Direction.EGRESS ? Role.CLIENT : Role.SERVER;
    }
    Seen<TlsHello.Server> chosen = servers.get(socket);
    if (chosen == null) {
      return null;
    }
    return chosen.direction() == Direction.EGRESS ? Role.SERVER : Role.CLIENT;
  }

  private static @Nullable String first(String said, @Nullable String seen) {
    return said.isEmpty() ? seen : said;
  }
}
