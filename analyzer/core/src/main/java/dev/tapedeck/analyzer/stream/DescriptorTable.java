// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which socket was behind which descriptor at which time. */
final class DescriptorTable {
  private final Map<DescriptorRef, TreeMap<Long, Optional<ConnectionId>>> uses = new HashMap<>();

  void opened(DescriptorRef descriptor, ConnectionId connection, long nanos) {
    if (descriptor.fd() < 0) {
      return;
    }
    uses.computeIfAbsent(descriptor, unused -> new TreeMap<>()).put(nanos, Optional.of(connection));
  }

  void closed(DescriptorRef descriptor, long nanos) {
    if (descriptor.fd() < 0) {
      return;
    }
    uses.computeIfAbsent(descriptor, unused -> new TreeMap<>())
        .putIfAbsent(nanos, Optional.empty());
  }

  /**
   * Returns the socket behind a descriptor at a time; where there was none, the first one until a
   * later time, because a descriptor may be named to a TLS library before it is connected.
   */
  @Nullable ConnectionId at(DescriptorRef descriptor, long nanos, long untilNanos) {
    TreeMap<Long, Optional<ConnectionId>> known = uses.get(descriptor);
    if (known == null) {
      return null;
    }
    Map.Entry<Long, Optional<ConnectionId>> before = known.floorEntry(nanos);
    if (before != null && before.getValue().isPresent()) {
      return before.getValue().get();
    }
    for (Map.Entry<Long, Optional<ConnectionId>> later : known.tailMap(nanos, false).entrySet()) {
      if (later.getKey() > untilNanos) {
        return null;
      }
      if (later.getValue().isPresent()) {
        return later.getValue().get();
      }
    }
    return null;
  }
}
