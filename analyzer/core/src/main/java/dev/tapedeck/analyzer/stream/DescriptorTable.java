// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.ProcessKey;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which socket was behind which descriptor at which time, whatever the order in which that was
 * read.
 */
final class DescriptorTable {
  private final Map<DescriptorRef, TreeMap<Long, Use>> uses = new HashMap<>();
  private final Map<ProcessKey, Birth> births = new HashMap<>();
  private final Map<ProcessKey, Long> execs = new HashMap<>();

  private record Birth(ProcessKey parent, long nanos) {}

  /** What happened to a descriptor at a moment; an opening counts more than a close. */
  private record Use(@Nullable ConnectionId opened, boolean ambiguous) {
    static final Use CLOSED = new Use(null, false);

    Use and(Use other) {
      if (opened == null || opened.equals(other.opened)) {
        return other;
      }
      return other.opened == null ? this : new Use(null, true);
    }
  }

  void opened(DescriptorRef descriptor, ConnectionId connection, long nanos) {
    add(descriptor, nanos, new Use(connection, false));
  }

  void closed(DescriptorRef descriptor, long nanos) {
    add(descriptor, nanos, Use.CLOSED);
  }

  private void add(DescriptorRef descriptor, long nanos, Use use) {
    if (descriptor.fd() >= 0) {
      uses.computeIfAbsent(descriptor, unused -> new TreeMap<>()).merge(nanos, use, Use::and);
    }
  }

  /** Takes that a child got the descriptors that its parent had. */
  void forked(ProcessKey parent, ProcessKey child, long nanos) {
    births.merge(
        child, new Birth(parent, nanos), (one, two) -> one.nanos() <= two.nanos() ? one : two);
  }

  /** Takes that a process began another program, which closes descriptors unseen. */
  void executed(ProcessKey process, long nanos) {
    execs.merge(process, nanos, Math::min);
  }

  /**
   * Returns the socket behind a descriptor at a time; where there was none, the first one until a
   * later time, because a descriptor may be named to a TLS library before it is connected. What a
   * child has not opened or closed itself is its parent's, as long as it runs the same program.
   */
  @Nullable ConnectionId at(DescriptorRef descriptor, long nanos, long untilNanos) {
    TreeMap<Long, Use> known = uses.get(descriptor);
    Map.Entry<Long, Use> before = known == null ? null : known.floorEntry(nanos);
    if (before != null && before.getValue().opened() != null) {
      return before.getValue().opened();
    }
    if (before == null) {
      ConnectionId inherited = inherited(descriptor, nanos);
      if (inherited != null) {
        return inherited;
      }
    }
    return known == null || (before != null && before.getValue().ambiguous())
        ? null
        : firstOpened(known, nanos, untilNanos);
  }

  private static @Nullable ConnectionId firstOpened(
      NavigableMap<Long, Use> known, long afterNanos, long untilNanos) {
    for (Map.Entry<Long, Use> later : known.tailMap(afterNanos, false).entrySet()) {
      if (later.getKey() > untilNanos || later.getValue().ambiguous()) {
        return null;
      }
      if (later.getValue().opened() != null) {
        return later.getValue().opened();
      }
    }
    return null;
  }

  private @Nullable ConnectionId inherited(DescriptorRef descriptor, long nanos) {
    Birth birth = births.get(descriptor.process());
    Long exec = execs.get(descriptor.process());
    if (birth == null || birth.nanos() > nanos || (exec != null && exec <= nanos)) {
      return null;
    }
    TreeMap<Long, Use> parents = uses.get(new DescriptorRef(birth.parent(), descriptor.fd()));
    Map.Entry<Long, Use> held = parents == null ? null : parents.floorEntry(birth.nanos());
    return held == null ? null : held.getValue().opened();
  }
}
