// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsSessionId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the TLS records that were seen twice, on a socket and inside a session of the same process:
 * the ciphertext at their beginning is like no other.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Limits:</b> of {@value #MAX_PENDING} records, the
 * latest, it is known that they were seen once: the second sight comes within a call or two.
 */
final class CipherEvidence {
  private static final int MAX_PENDING = 32_768;

  /** Sockets of one session beyond this many only show that the evidence is worth nothing. */
  private static final int MAX_CANDIDATES = 8;

  /**
   * Header and 11 bytes: shorter ones, such as change_cipher_spec, are alike everywhere. Of a hello
   * the recorder keeps more on a socket than in a session.
   */
  private static final int TELLING_PREFIX_BYTES = 16;

  private static final int HEADER_BYTES = 5;
  private static final int HANDSHAKE = 22;
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int SERVER_HELLO = 2;

  private final Map<RecordKey, Sight> pending =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RecordKey, Sight> eldest) {
          return size() > MAX_PENDING;
        }
      };
  private final Map<TlsSessionId, Map<ConnectionId, Matches>> bySession = new HashMap<>();

  private record RecordKey(ProcessKey process, Direction direction, Bytes prefix) {}

  /** Who has shown a record so far; null when several of a kind have, so that it proves nothing. */
  private record Sight(@Nullable StreamOwner owner) {}

  /** How many records of a session were seen on one socket. */
  static final class Matches {
    private int egress;
    private int ingress;

    int count() {
      return egress + ingress;
    }

    boolean bothDirections() {
      return egress > 0 && ingress > 0;
    }
  }

  void add(StreamEvent.CipherRecord seen) {
    if (!isTelling(seen.prefix())) {
      return;
    }
    StreamOwner owner = seen.stream().owner();
    Direction direction = seen.stream().direction();
    RecordKey key =
        new RecordKey(
            seen.stamp().process(), direction, seen.prefix().slice(0, TELLING_PREFIX_BYTES));
    Sight before = pending.get(key);
    if (before == null) {
      pending.put(key, new Sight(owner));
    } else if (before.owner() instanceof ConnectionId socket
        && owner instanceof TlsSessionId session) {
      match(session, socket, direction);
      pending.remove(key);
    } else if (before.owner() instanceof TlsSessionId session
        && owner instanceof ConnectionId socket) {
      match(session, socket, direction);
      pending.remove(key);
    } else if (before.owner() != null && !before.owner().equals(owner)) {
      pending.put(key, new Sight(null));
    }
  }

  /**
   * Whether no two records begin like this. Of handshake messages in plain text (RFC 8446, 4) only
   * the hellos have random bytes there; certificates are the same in all connections of a server.
   */
  private static boolean isTelling(Bytes prefix) {
    if (prefix.length() < TELLING_PREFIX_BYTES) {
      return false;
    }
    return switch (prefix.get(0)) {
      case CHANGE_CIPHER_SPEC -> false;
      case HANDSHAKE -> prefix.get(HEADER_BYTES) <= SERVER_HELLO;
      default -> true;
    };
  }

  private void match(TlsSessionId session, ConnectionId socket, Direction direction) {
    Map<ConnectionId, Matches> sockets =
        bySession.computeIfAbsent(session, unused -> new LinkedHashMap<>(2));
    Matches matches = sockets.get(socket);
    if (matches == null) {
      if (sockets.size() >= MAX_CANDIDATES) {
        return;
      }
      matches = new Matches();
      sockets.put(socket, matches);
    }
    if (direction == Direction.EGRESS) {
      matches.egress++;
    } else {
      matches.ingress++;
    }
  }

  /** Returns the sockets on which records of a session were seen. */
  Map<ConnectionId, Matches> of(TlsSessionId session) {
    return bySession.getOrDefault(session, Map.of());
  }
}
