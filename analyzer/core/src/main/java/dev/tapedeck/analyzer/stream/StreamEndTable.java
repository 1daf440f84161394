// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsSessionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Where streams ended, as events of their owners' ends say.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class StreamEndTable {
  private final Map<StreamOwner, List<StreamEnds>> ends = new HashMap<>();
  private final List<Unseen> unseen = new ArrayList<>(0);

  /**
   * An end of streams of which the capture may have no byte.
   *
   * @param ordinal of the event, in the capture
   */
  record Unseen(StreamOwner owner, StreamEnds ends, EventStamp stamp, long ordinal) {
    /** Returns how many bytes of a direction were lost, not left out; 0 when not known. */
    private long lost(Direction direction) {
      long skipped = ends.skippedBytes(direction);
      return skipped < 0 ? 0 : Math.max(0, ends.lostBytes(direction) - skipped);
    }

    /**
     * Whether it may be a session's: of sockets most are no HTTP and so left out, a TLS session is
     * one whatever was left out of it.
     */
    private boolean mayBeSession() {
      boolean known = ends.egressSkippedBytes() >= 0 && ends.ingressSkippedBytes() >= 0;
      return known
          && isAll(Direction.EGRESS)
          && isAll(Direction.INGRESS)
          && (owner instanceof TlsSessionId || isLoss());
    }

    /** Others have bytes elsewhere: in an earlier file of the recording. */
    private boolean isAll(Direction direction) {
      return ends.lostBytes(direction) >= ends.position(direction);
    }

    private boolean isLoss() {
      return lost(Direction.EGRESS) + lost(Direction.INGRESS) > 0;
    }

    /** Tells the channel's streams why they have no bytes. */
    void explain(Channel channel) {
      for (Direction direction : Direction.values()) {
        boolean lost = lost(direction) > 0;
        boolean leftOut = ends.skippedBytes(direction) > 0;
        if (lost != leftOut) {
          channel.facts(direction).nothingCame(leftOut);
        }
      }
    }
  }

  /** Takes an end. */
  void add(StreamOwner owner, StreamEnds end, EventStamp stamp, long ordinal) {
    if (end.egressPosition() <= 0 && end.ingressPosition() <= 0) {
      return;
    }
    ends.computeIfAbsent(owner, unused -> new ArrayList<>(1)).add(end);
    Unseen added = new Unseen(owner, end, stamp, ordinal);
    if (added.mayBeSession()) {
      unseen.add(added);
    }
  }

  /** Returns the ends of an owner's streams, in the order of the capture. */
  List<StreamEnds> of(StreamOwner owner) {
    return ends.getOrDefault(owner, List.of());
  }

  /**
   * Returns the last end of each session of which the capture has no byte at all.
   *
   * @param seen whether the capture has bytes of an owner
   * @param toldOf whether more is told of a TLS session than its end
   */
  List<Unseen> withoutBytes(Predicate<StreamOwner> seen, Predicate<TlsSessionId> toldOf) {
    Map<StreamOwner, Unseen> last = new LinkedHashMap<>();
    for (Unseen end : unseen) {
      boolean told =
          end.isLoss() || (end.owner() instanceof TlsSessionId session && toldOf.test(session));
      if (told && !seen.test(end.owner())) {
        last.put(end.owner(), end);
      }
    }
    return List.copyOf(last.values());
  }
}
