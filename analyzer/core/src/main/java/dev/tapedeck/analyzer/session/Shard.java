// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.analyzer.stream.StreamAssembler;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.StreamEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some of a capture's channels, both ends of a connection in the same shard, and what is being
 * built of them.
 *
 * <p><b>Lifecycle:</b> {@link #add} for events, {@link #detach} now and then; {@link #end} for what
 * the capture leaves open. What is found stands in {@link #out}.
 *
 * <p><b>Threads:</b> one at a time; which one does not matter.
 */
final class Shard {
  /** Attached to a channel that has ended. */
  private static final Object ENDED = new Object();

  /** Orders what relief gives behind all else. */
  private static final long BEHIND = Long.MAX_VALUE / 2;

  private static final long FAR_BEHIND = BEHIND + Integer.MAX_VALUE;

  private final AnalyzerOptions options;
  private final CaptureIndex index;
  private final List<SessionBuilder> open = new ArrayList<>();
  private final Map<Integer, PairFolder> pairs = new HashMap<>(0);
  private final Deque<Recent> recent = new ArrayDeque<>();
  private final Outbox out = new Outbox();

  /**
   * Who took events since the last {@link #detach}: not builders, which end with their channels.
   */
  private List<Channel> touched = new ArrayList<>();

  private long heldBytes;
  private long sharedHeldBytes;

  /** Who took events up to a place, and may have kept what they can be compared with. */
  private record Recent(long place, List<Channel> channels) {}

  Shard(AnalyzerOptions options, CaptureIndex index) {
    this.options = options;
    this.index = index;
  }

  /** Returns what was found. */
  Outbox out() {
    return out;
  }

  /** Returns how many bytes of open messages were kept when {@link #detach} was called last. */
  long heldBytes() {
    return heldBytes + sharedHeldBytes;
  }

  /** Returns how many channels are open. */
  int openChannels() {
    return open.size();
  }

  /**
   * Takes an event.
   *
   * @param ordinal the event's number in the capture
   * @param place as in {@link StreamAssembler}
   */
  void add(Channel channel, StreamEvent event, long ordinal, long place) {
    SessionBuilder builder = builder(channel);
    if (builder != null) {
      out.at(ordinal);
      if (builder.add(event, place)) {
        finish(channel, builder);
      }
    }
  }

  /** Takes a data event from its block. */
  void add(Channel channel, DataRow row, long ordinal, long place) {
    add(
        channel,
        row.stream().direction(),
        row.position(),
        row.originalLength(),
        row.capturedLength(),
        row.payload(),
        row.startNanos(),
        row.exitNanos(),
        ordinal,
        place);
  }

  /** Takes the values of a data event, as {@link StreamAssembler} does. */
  void add(
      Channel channel,
      Direction direction,
      long position,
      long originalLength,
      int capturedLength,
      @Nullable Bytes payload,
      long startNanos,
      long exitNanos,
      long ordinal,
      long place) {
    SessionBuilder builder = builder(channel);
    if (builder != null) {
      out.at(ordinal);
      if (builder.add(
          direction,
          position,
          originalLength,
          capturedLength,
          payload,
          startNanos,
          exitNanos,
          place)) {
        finish(channel, builder);
      }
    }
  }

  /** Returns the channel's builder; null when the channel has ended. */
  private @Nullable SessionBuilder builder(Channel channel) {
    Object attached = channel.attached();
    if (attached == ENDED) {
      return null;
    }
    SessionBuilder builder = attached instanceof SessionBuilder known ? known : begin(channel);
    if (!builder.touched) {
      builder.touched = true;
      touched.add(channel);
    }
    return builder;
  }

  private SessionBuilder begin(Channel channel) {
    PairFolder pair = pair(channel);
    ChannelSink sink;
    if (pair == null) {
      sink = new Outlet(out);
    } else {
      sink = isFirst(channel) ? pair.one() : pair.other();
    }
    SessionBuilder builder = new SessionBuilder(options, channel, index.clock(channel), sink);
    builder.pair = pair;
    builder.openIndex = open.size();
    open.add(builder);
    channel.attach(builder);
    return builder;
  }

  private @Nullable PairFolder pair(Channel channel) {
    return options.bothEnds() || channel.otherEnd() == null
        ? null
        : pairs.computeIfAbsent(Buckets.pairNumber(channel), unused -> new PairFolder(out));
  }

  private static boolean isFirst(Channel channel) {
    Channel other = channel.otherEnd();
    return other == null || channel.number() < other.number();
  }

  /**
   * Lets go of the blocks that the events up to here lie in, and looks how much is kept.
   *
   * @param place of the next event
   */
  void detach(long place) {
    for (Channel channel : touched) {
      if (channel.attached() instanceof SessionBuilder builder) {
        builder.touched = false;
        builder.detach();
        look(builder);
      }
      PairFolder pair = pairs.isEmpty() ? null : pairs.get(Buckets.pairNumber(channel));
      if (pair != null) {
        pair.detach();
        look(pair);
      }
    }
    if (!touched.isEmpty()) {
      recent.add(new Recent(place, touched));
      touched = new ArrayList<>();
    }
    for (Recent oldest = recent.peek();
        oldest != null && place - oldest.place() > StreamAssembler.COMPARABLE_WEIGHT;
        oldest = recent.peek()) {
      recent.remove();
      for (Channel channel : oldest.channels()) {
        if (channel.attached() instanceof SessionBuilder builder) {
          builder.forget(place);
        }
      }
    }
  }

  private void look(SessionBuilder builder) {
    long held = builder.heldBytes();
    heldBytes += held - builder.heldBefore;
    builder.heldBefore = held;
  }

  private void look(PairFolder pair) {
    long held = pair.waitingBytes();
    sharedHeldBytes += held - pair.heldBefore;
    pair.heldBefore = held;
  }

  /**
   * Frees what open messages keep, of each channel that keeps more than so many bytes; what that
   * gives stands behind all else, by the channels' numbers.
   */
  void relieve(long keptBytes) {
    List<SessionBuilder> holders = new ArrayList<>();
    for (SessionBuilder builder : open) {
      if (builder.heldBefore > keptBytes) {
        holders.add(builder);
      }
    }
    holders.sort(Comparator.comparingInt(builder -> builder.channel().number()));
    for (SessionBuilder builder : holders) {
      out.at(BEHIND + builder.channel().number());
      builder.relieve(keptBytes);
      look(builder);
    }
    List<Integer> waiting = new ArrayList<>(0);
    pairs.forEach(
        (number, pair) -> {
          look(pair);
          if (pair.heldBefore > keptBytes) {
            waiting.add(number);
          }
        });
    waiting.sort(null);
    for (Integer number : waiting) {
      PairFolder pair = pairs.get(number);
      if (pair != null) {
        out.at(FAR_BEHIND + number);
        pair.relieve();
        look(pair);
      }
    }
  }

  /** Ends a channel whose last event has not come, if it has not ended. */
  void end(Channel channel, long ordinal) {
    Object attached = channel.attached();
    if (attached != ENDED) {
      out.at(ordinal);
      finish(channel, attached instanceof SessionBuilder known ? known : begin(channel));
    }
  }

  private void finish(Channel channel, SessionBuilder builder) {
    channel.attach(ENDED);
    SessionBuilder last = open.remove(open.size() - 1);
    if (last != builder) {
      open.set(builder.openIndex, last);
      last.openIndex = builder.openIndex;
    }
    heldBytes -= builder.heldBefore;
    builder.finish();
    PairFolder pair = builder.pair;
    if (pair != null && pair.isFinished()) {
      sharedHeldBytes -= pair.heldBefore;
      pair.heldBefore = 0;
      pairs.remove(Buckets.pairNumber(channel));
    }
  }
}
