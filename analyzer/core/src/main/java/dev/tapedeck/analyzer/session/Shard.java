// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.StreamEvent;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some of a capture's channels, both ends of a connection in the same shard, and what is being
 * built of them.
 *
 * <p><b>Threads:</b> one at a time; which one does not matter.
 */
final class Shard {
  private final AnalyzerOptions options;
  private final CaptureIndex index;
  private final Map<Integer, SessionBuilder> building = new HashMap<>();
  private final Map<Integer, PairFolder> pairs = new HashMap<>(0);
  private final Outbox out = new Outbox();
  private final BitSet ended = new BitSet();
  private @Nullable Channel lastChannel;
  private @Nullable SessionBuilder lastBuilder;

  Shard(AnalyzerOptions options, CaptureIndex index) {
    this.options = options;
    this.index = index;
  }

  /** Returns what was found. */
  Outbox out() {
    return out;
  }

  /**
   * Takes an event.
   *
   * @param ordinal the event's place in the capture
   */
  void add(Channel channel, StreamEvent event, long ordinal) {
    SessionBuilder builder = lastBuilder;
    if (channel != lastChannel || builder == null) {
      builder = building.get(channel.number());
      if (builder == null) {
        builder = begin(channel);
        building.put(channel.number(), builder);
      }
      lastChannel = channel;
      lastBuilder = builder;
    }
    out.at(ordinal);
    if (builder.add(event)) {
      finish(channel, builder);
    }
  }

  /** Ends a channel whose last event has not come. */
  void end(Channel channel, long ordinal) {
    SessionBuilder builder = building.get(channel.number());
    out.at(ordinal);
    finish(channel, builder == null ? begin(channel) : builder);
  }

  boolean hasEnded(Channel channel) {
    return ended.get(channel.number());
  }

  private SessionBuilder begin(Channel channel) {
    return new SessionBuilder(options, channel, index.clock(channel), sink(channel));
  }

  private ChannelSink sink(Channel channel) {
    Channel other = options.bothEnds() ? null : channel.otherEnd();
    if (other == null) {
      return new Outlet(out);
    }
    boolean isFirst = channel.number() < other.number();
    int first = isFirst ? channel.number() : other.number();
    PairFolder pair = pairs.computeIfAbsent(first, unused -> new PairFolder(out));
    return isFirst ? pair.one() : pair.other();
  }

  private void finish(Channel channel, SessionBuilder builder) {
    building.remove(channel.number());
    ended.set(channel.number());
    lastChannel = null;
    lastBuilder = null;
    builder.finish();
    Channel other = channel.otherEnd();
    if (other != null) {
      int first = Math.min(channel.number(), other.number());
      PairFolder pair = pairs.get(first);
      if (pair != null && pair.isFinished()) {
        pairs.remove(first);
      }
    }
  }
}
