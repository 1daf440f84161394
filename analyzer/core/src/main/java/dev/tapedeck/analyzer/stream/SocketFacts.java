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
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the events of a capture say about one socket. Confined to the thread that reads them. */
final class SocketFacts {
  final ConnectionId id;
  final long firstOrdinal;
  FlowKey flow = FlowKey.UNKNOWN;
  @Nullable Role role;
  @Nullable ProcessKey process;
  long firstNanos = Long.MAX_VALUE;

  /** When it was connected or accepted; 0 when that was not seen. */
  long openedNanos;

  /** When it was closed; 0 when that was not seen. */
  long closedNanos;

  boolean contradictoryRole;
  private final Set<DescriptorRef> descriptors = new HashSet<>();

  SocketFacts(ConnectionId id, long firstOrdinal) {
    this.id = id;
    this.firstOrdinal = firstOrdinal;
  }

  void add(SocketEvent event) {
    EventStamp stamp = event.stamp();
    firstNanos = Math.min(firstNanos, stamp.exitNanos());
    if (event instanceof SocketEvent.Connect connect) {
      opened(stamp, connect.descriptor(), connect.flow(), Role.CLIENT);
      openedNanos = stamp.exitNanos();
    } else if (event instanceof SocketEvent.Accept accept) {
      opened(stamp, accept.descriptor(), accept.flow(), Role.SERVER);
      openedNanos = stamp.exitNanos();
    } else if (event instanceof SocketEvent.Existing existing) {
      opened(stamp, existing.descriptor(), existing.flow(), existing.role());
    } else if (event instanceof SocketEvent.Dup dup) {
      descriptors.add(dup.descriptor());
    } else if (event instanceof SocketEvent.Close close) {
      boolean lastDescriptor = descriptors.remove(close.descriptor()) && descriptors.isEmpty();
      if (close.end().last() || lastDescriptor) {
        closedNanos = stamp.exitNanos();
      }
    }
  }

  private void opened(
      EventStamp stamp, DescriptorRef descriptor, FlowKey seen, @Nullable Role seenRole) {
    descriptors.add(descriptor);
    if (process == null) {
      process = stamp.process();
    }
    flow =
        new FlowKey(
            flow.local().equals(Endpoint.UNKNOWN) ? seen.local() : flow.local(),
            flow.remote().equals(Endpoint.UNKNOWN) ? seen.remote() : flow.remote(),
            flow.netns() == 0 ? seen.netns() : flow.netns());
    if (seenRole != null) {
      contradictoryRole |= role != null && role != seenRole;
      role = role == null ? seenRole : role;
    }
  }

  /** Returns the client's end as far as known. */
  Endpoint client(Role side) {
    return side == Role.CLIENT ? flow.local() : flow.remote();
  }

  /** Returns the server's end as far as known. */
  Endpoint server(Role side) {
    return side == Role.SERVER ? flow.local() : flow.remote();
  }
}
