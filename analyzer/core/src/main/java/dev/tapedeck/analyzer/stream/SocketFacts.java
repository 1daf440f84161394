// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.SocketEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the events of a capture say about one socket, whatever the order in which they were read.
 * Confined to the thread that reads them.
 */
final class SocketFacts {
  final ConnectionId id;
  final long firstOrdinal;
  private Endpoint local = Endpoint.UNKNOWN;
  private Endpoint remote = Endpoint.UNKNOWN;
  private long netns;
  private long flowNanos = Long.MAX_VALUE;
  private @Nullable Role openedAs;
  private @Nullable Role existedAs;
  private boolean contradictoryRole;
  @Nullable ProcessKey process;
  private long processNanos = Long.MAX_VALUE;

  /** When it was connected or accepted; 0 when that was not seen. */
  long openedNanos;

  private long lastNanos;
  private long closeNanos;
  private boolean saidToBeLast;

  /** The connection was given up before the peer had ended its stream. */
  private boolean reset;

  private Map<DescriptorRef, Held> descriptors = new HashMap<>(2);

  /** When a descriptor was last opened and last closed. */
  private static final class Held {
    private long openedNanos = Long.MIN_VALUE;
    private long closedNanos = Long.MIN_VALUE;
  }

  SocketFacts(ConnectionId id, long firstOrdinal) {
    this.id = id;
    this.firstOrdinal = firstOrdinal;
  }

  void add(SocketEvent event) {
    EventStamp stamp = event.stamp();
    if (event instanceof SocketEvent.Connect connect) {
      opened(stamp, Role.CLIENT);
      exists(stamp, connect.descriptor(), connect.flow());
    } else if (event instanceof SocketEvent.Accept accept) {
      opened(stamp, Role.SERVER);
      exists(stamp, accept.descriptor(), accept.flow());
    } else if (event instanceof SocketEvent.Existing existing) {
      existed(existing.role());
      exists(stamp, existing.descriptor(), existing.flow());
    } else if (event instanceof SocketEvent.Dup dup) {
      held(dup.descriptor(), stamp.exitNanos());
    } else if (event instanceof SocketEvent.Close close) {
      Held held = descriptors.computeIfAbsent(close.descriptor(), unused -> new Held());
      held.closedNanos = Math.max(held.closedNanos, stamp.exitNanos());
      closeNanos = Math.max(closeNanos, stamp.exitNanos());
      if (close.end().last()) {
        saidToBeLast = true;
        reset = stamp.exitNanos() >= lastNanos ? close.end().reset() : reset;
        lastNanos = Math.max(lastNanos, stamp.exitNanos());
      }
    }
  }

  private void opened(EventStamp stamp, Role role) {
    openedNanos = openedNanos == 0 ? stamp.exitNanos() : Math.min(openedNanos, stamp.exitNanos());
    contradictoryRole |= openedAs != null && openedAs != role;
    openedAs = openedAs == null || role == Role.SERVER ? role : openedAs;
  }

  private void existed(@Nullable Role role) {
    if (role != null) {
      contradictoryRole |= existedAs != null && existedAs != role;
      existedAs = existedAs == null || role == Role.SERVER ? role : existedAs;
    }
  }

  private void exists(EventStamp stamp, DescriptorRef descriptor, FlowKey seen) {
    long nanos = stamp.exitNanos();
    held(descriptor, nanos);
    ProcessKey owner = stamp.process();
    if (process == null
        || nanos < processNanos
        || (nanos == processNanos && owner.pid() < process.pid())) {
      process = owner;
      processNanos = nanos;
    }
    boolean earlier = nanos < flowNanos;
    flowNanos = Math.min(flowNanos, nanos);
    local = merge(local, seen.local(), earlier);
    remote = merge(remote, seen.remote(), earlier);
    netns = netns == 0 || (earlier && seen.netns() != 0) ? seen.netns() : netns;
  }

  private void held(DescriptorRef descriptor, long nanos) {
    Held held = descriptors.computeIfAbsent(descriptor, unused -> new Held());
    held.openedNanos = Math.max(held.openedNanos, nanos);
  }

  private static Endpoint merge(Endpoint known, Endpoint seen, boolean earlier) {
    return known.equals(Endpoint.UNKNOWN) || (earlier && !seen.equals(Endpoint.UNKNOWN))
        ? seen
        : known;
  }

  /** Returns the addresses as they were seen first. */
  FlowKey flow() {
    return new FlowKey(local, remote, netns);
  }

  /**
   * Returns the process's end: how it was opened, or else what was found of it; null if neither.
   */
  @Nullable Role role() {
    return openedAs != null ? openedAs : existedAs;
  }

  boolean isRoleContradictory() {
    return contradictoryRole || (openedAs != null && existedAs != null && openedAs != existedAs);
  }

  /** Says that no event comes any more: keeps of the descriptors only what follows from them. */
  void finish() {
    lastNanos = closedNanos();
    saidToBeLast = true;
    descriptors = Map.of();
  }

  /** Returns when its last descriptor was closed; 0 when that was not seen. */
  long closedNanos() {
    if (saidToBeLast) {
      return lastNanos;
    }
    boolean opened = false;
    for (Held held : descriptors.values()) {
      if (held.openedNanos > held.closedNanos) {
        return 0;
      }
      opened |= held.openedNanos != Long.MIN_VALUE;
    }
    return opened ? closeNanos : 0;
  }

  /** Returns whether the connection was given up before the peer had ended its stream. */
  boolean isReset() {
    return reset;
  }

  /** Returns the client's end as far as known. */
  Endpoint client(Role side) {
    return side == Role.CLIENT ? local : remote;
  }

  /** Returns the server's end as far as known. */
  Endpoint server(Role side) {
    return side == Role.SERVER ? local : remote;
  }
}
