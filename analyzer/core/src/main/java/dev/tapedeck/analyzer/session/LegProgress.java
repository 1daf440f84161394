// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Up to which time all exchanges have come that may be outer legs.
 *
 * <p>A connection's exchanges come in the order of their requests: once one has come, those still
 * to come did not begin earlier. Before the first one, the connection's first byte is as good.
 *
 * <p><b>Threads:</b> confined to one. <b>Limits:</b> a small record for each connection of a
 * process that may have forwarded requests.
 */
final class LegProgress {
  private final Map<Integer, Source> sources = new HashMap<>();
  private final Map<LegProcess, PriorityQueue<Place>> byProcess = new HashMap<>();
  private final PriorityQueue<Place> all = new PriorityQueue<>();
  private final BitSet ended = new BitSet();

  /** A connection from which outer exchanges come. */
  private static final class Source {
    private long reachedNanos;
    private boolean ended;
  }

  /** A source in a queue, by what it had reached when it was put there. */
  private record Place(Source source, long nanos) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      return Long.compare(nanos, other.nanos);
    }
  }

  /** Takes which connections there are; again when the capture is read again. */
  void use(CaptureIndex index, LegCandidates candidates) {
    byProcess.clear();
    all.clear();
    for (Channel channel : index.channels()) {
      if (!candidates.mayBeOuter(channel) || ended.get(channel.number())) {
        continue;
      }
      Source source = sources.computeIfAbsent(channel.number(), unused -> new Source());
      source.reachedNanos =
          Math.max(
              source.reachedNanos, index.clock(channel).toEpochNanos(channel.firstStartNanos()));
      Place place = new Place(source, source.reachedNanos);
      all.add(place);
      byProcess.computeIfAbsent(LegProcess.of(channel), unused -> new PriorityQueue<>()).add(place);
    }
  }

  /** Takes that an exchange came that may be an outer one. */
  void came(Exchange exchange) {
    Source source = sources.get(exchange.sessionNumber());
    if (source != null) {
      source.reachedNanos = Math.max(source.reachedNanos, exchange.startedEpochNanos());
    }
  }

  /** Takes that no more comes of a session. */
  void ended(int number) {
    ended.set(number);
    Source source = sources.remove(number);
    if (source != null) {
      source.ended = true;
    }
  }

  /**
   * Returns whether all exchanges came that began before a time.
   *
   * @param process the one that served them; null for any
   */
  boolean isComplete(@Nullable LegProcess process, long epochNanos) {
    PriorityQueue<Place> places = process == null ? all : byProcess.get(process);
    if (places == null) {
      return true;
    }
    while (true) {
      Place first = places.peek();
      if (first == null || first.nanos() >= epochNanos) {
        return true;
      }
      Source source = first.source();
      if (!source.ended && source.reachedNanos == first.nanos()) {
        return false;
      }
      places.remove();
      if (!source.ended) {
        places.add(new Place(source, source.reachedNanos));
      }
    }
  }
}
