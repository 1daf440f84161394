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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the TLS records that were seen twice: on a socket and inside a session of the same process,
 * or leaving one socket and arriving on another. The ciphertext at their beginning is like no
 * other.
 *
 * <p><b>Lifecycle:</b> {@link #add} for all records, {@link #finish}, then the questions.
 * <b>Threads:</b> confined to one thread. <b>Limits:</b> those of two {@link SightTable}s, and
 * {@value #MAX_CANDIDATES} partners of one session or socket.
 */
final class CipherEvidence {
  /** More partners than this only show that the evidence is worth nothing. */
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

  private final List<StreamOwner> owners = new ArrayList<>();
  private final Map<StreamOwner, Integer> numbers = new HashMap<>();
  private final Map<StreamOwner, Map<ConnectionId, Matches>> bySession = new HashMap<>();
  private final Map<StreamOwner, Map<ConnectionId, Matches>> bySender = new HashMap<>();
  private final SightTable outgoing =
      new SightTable((session, socket, nanos) -> match(bySession, session, socket, nanos, true));
  private final SightTable incoming =
      new SightTable((session, socket, nanos) -> match(bySession, session, socket, nanos, false));
  private final SightTable between =
      new SightTable((sender, receiver, nanos) -> match(bySender, sender, receiver, nanos, true));

  /** How many records both showed. */
  static final class Matches {
    private int egress;
    private int ingress;
    private long firstNanos = Long.MAX_VALUE;

    int count() {
      return egress + ingress;
    }

    boolean bothDirections() {
      return egress > 0 && ingress > 0;
    }

    long firstNanos() {
      return firstNanos;
    }
  }

  void add(StreamEvent.CipherRecord seen) {
    Bytes prefix = seen.prefix();
    if (!isTelling(prefix)) {
      return;
    }
    StreamOwner owner = seen.stream().owner();
    boolean out = seen.stream().direction() == Direction.EGRESS;
    int number = number(owner);
    long nanos = seen.stamp().exitNanos();
    long hash = hash(prefix);
    boolean ofSession = owner instanceof TlsSessionId;
    (out ? outgoing : incoming)
        .seen(mix(hash ^ hash(seen.stamp().process())), ofSession, number, nanos);
    if (!ofSession) {
      between.seen(hash, out, number, nanos);
    }
  }

  private int number(StreamOwner owner) {
    return numbers.computeIfAbsent(
        owner,
        added -> {
          owners.add(added);
          return owners.size() - 1;
        });
  }

  private static long hash(Bytes prefix) {
    long first = 0;
    long second = 0;
    for (int i = 0; i < 8; i++) {
      first = first << 8 | (prefix.get(i) & 0xff);
      second = second << 8 | (prefix.get(i + 8) & 0xff);
    }
    return mix(mix(first) + second);
  }

  private static long hash(ProcessKey process) {
    return mix(mix(process.hostId() + process.pid()) + process.startNanos());
  }

  /** Spreads every bit over all others, so that two inputs hardly ever give the same. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
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

  private void match(
      Map<StreamOwner, Map<ConnectionId, Matches>> found,
      int left,
      int right,
      long nanos,
      boolean out) {
    if (left < 0 || right < 0 || !(owners.get(right) instanceof ConnectionId socket)) {
      return;
    }
    Matches matches =
        found
            .computeIfAbsent(owners.get(left), unused -> new HashMap<>(2))
            .computeIfAbsent(socket, unused -> new Matches());
    matches.firstNanos = Math.min(matches.firstNanos, nanos);
    if (out) {
      matches.egress++;
    } else {
      matches.ingress++;
    }
  }

  /** Says that all records were seen. */
  void finish() {
    outgoing.finish();
    incoming.finish();
    between.finish();
  }

  /** Returns the sockets on which records of a session were seen. */
  Map<ConnectionId, Matches> of(TlsSessionId session) {
    return few(bySession.getOrDefault(session, Map.of()));
  }

  /** Returns the sockets at which records arrived that had left this one. */
  Map<ConnectionId, Matches> receiversOf(ConnectionId sender) {
    return few(bySender.getOrDefault(sender, Map.of()));
  }

  private static Map<ConnectionId, Matches> few(Map<ConnectionId, Matches> found) {
    return found.size() > MAX_CANDIDATES ? Map.of() : found;
  }
}
