// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.StreamEvent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some of a capture's channels, both ends of a connection in the same shard, and what is being
 * built of them.
 *
 * <p><b>Lifecycle:</b> events in batches: {@link #add} for each, or {@link #enqueue} for each and
 * {@link #work}; {@link #endBatch}; {@link #end} for what the capture leaves open.
 *
 * <p><b>Threads:</b> one at a time; which one does not matter.
 */
final class Shard {
  private final AnalyzerOptions options;
  private final CaptureIndex index;
  private final Map<Integer, SessionBuilder> building = new HashMap<>();
  private final Map<Integer, PairFolder> pairs = new HashMap<>(0);
  private final List<SessionBuilder> touched = new ArrayList<>();
  private final BitSet ended = new BitSet();
  private final Outbox out = new Outbox();
  private final ShardQueue queue = new ShardQueue();
  private long heldBytes;
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

  /** Returns how many bytes of open messages were kept at the end of the last batch. */
  long heldBytes() {
    return heldBytes;
  }

  /** Returns how many channels are open. */
  int openChannels() {
    return building.size();
  }

  /** Puts an event aside for {@link #work}. */
  void enqueue(Channel channel, StreamEvent event, long ordinal) {
    queue.add(channel, event, ordinal);
  }

  /** Takes the events that were put aside, and ends the batch. */
  void work() {
    for (int i = 0; i < queue.size(); i++) {
      add(queue.channel(i), queue.event(i), queue.ordinal(i));
    }
    queue.clear();
    endBatch();
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
      if (!builder.touched) {
        builder.touched = true;
        touched.add(builder);
      }
      lastChannel = channel;
      lastBuilder = builder;
    }
    out.at(ordinal);
    if (builder.add(event)) {
      finish(channel, builder);
    }
  }

  /** Lets go of the blocks that the batch's events lie in. */
  void endBatch() {
    for (SessionBuilder builder : touched) {
      builder.touched = false;
      if (!builder.isFinished()) {
        builder.detach();
        long held = builder.heldBytes();
        heldBytes += held - builder.heldAtBatchEnd;
        builder.heldAtBatchEnd = held;
      }
    }
    touched.clear();
    lastChannel = null;
    for (PairFolder pair : pairs.values()) {
      pair.detach();
    }
  }

  /** Adds the numbers of the channels that keep more than so many bytes. */
  void addHolders(long bytes, List<Integer> numbers) {
    building.forEach(
        (number, builder) -> {
          if (builder.heldAtBatchEnd > bytes) {
            numbers.add(number);
          }
        });
  }

  /**
   * Frees what a channel's open messages keep.
   *
   * @param keptBytes what they may keep
   */
  void relieve(int number, long keptBytes, long ordinal) {
    SessionBuilder builder = building.get(number);
    if (builder != null) {
      out.at(ordinal);
      builder.relieve(keptBytes);
      long held = builder.heldBytes();
      heldBytes += held - builder.heldAtBatchEnd;
      builder.heldAtBatchEnd = held;
    }
  }

  /** Ends a channel whose last event has not come, if it has not ended. */
  void end(Channel channel, long ordinal) {
    if (!ended.get(channel.number())) {
      SessionBuilder builder = building.get(channel.number());
      out.at(ordinal);
      finish(channel, builder == null ? begin(channel) : builder);
    }
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
    heldBytes -= builder.heldAtBatchEnd;
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
