// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.StreamEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reading of a capture with its payload: has the channels' events parsed, and hands out what is
 * complete.
 *
 * <p>Events come in batches whose ends depend on the events alone. Between two batches blocks are
 * let go of, and memory is freed when open messages keep too much; so neither depends on the number
 * of threads. One thread parses events as they come; several parse a batch at a time, each
 * channel's on one of them, and what they find is put back into the order of the events.
 *
 * <p><b>Threads:</b> that of the analysis, and helpers of its own.
 */
final class SecondReading implements CaptureVisitor, AutoCloseable {
  private static final int BATCH_EVENTS = 8192;
  private static final long BATCH_BYTES = 2 << 20;

  /** More shards than threads: connections differ in how much work they are. */
  private static final int SHARDS_PER_THREAD = 4;

  private final CaptureIndex index;
  private final Delivery delivery;
  private final Shard[] shards;
  private final @Nullable Team team;
  private final long maxOpenBytes;
  private long relieveAbove;
  private @Nullable Channel lastChannel;
  private int batchEvents;
  private long batchBytes;
  private long events;
  private int damages;

  /** Something is damaged that the index does not know of: what follows differs from it. */
  private boolean isStale;

  SecondReading(AnalyzerOptions options, CaptureIndex index, Delivery delivery) {
    this.index = index;
    this.delivery = delivery;
    this.maxOpenBytes = options.maxOpenBytes();
    this.relieveAbove = maxOpenBytes;
    boolean alone = options.threads() == 1;
    this.shards = new Shard[alone ? 1 : options.threads() * SHARDS_PER_THREAD];
    Arrays.setAll(shards, unused -> new Shard(options, index));
    this.team = alone ? null : new Team(shards, options.threads() - 1);
  }

  @Override
  public void event(CaptureEvent event) throws IOException {
    if (isStale) {
      return;
    }
    events++;
    if (!(event instanceof StreamEvent stream) || event instanceof StreamEvent.CipherRecord) {
      return;
    }
    Channel channel = lastChannel;
    if (channel == null || !channel.isOf(stream.stream().owner())) {
      channel = index.channel(stream.stream().owner());
      if (channel == null) {
        return;
      }
      lastChannel = channel;
    }
    Shard shard = shards[shardOf(channel)];
    if (team == null) {
      shard.add(channel, stream, events);
      if (shard.out().size() > 0) {
        delivery.handOut(shard.out());
      }
    } else {
      shard.enqueue(channel, stream, events);
    }
    batchBytes += stream instanceof StreamEvent.Data data ? data.capturedLength() : 0;
    if (++batchEvents >= BATCH_EVENTS || batchBytes >= BATCH_BYTES) {
      endBatch();
    }
  }

  private int shardOf(Channel channel) {
    Channel other = channel.otherEnd();
    int number = other == null ? channel.number() : Math.min(channel.number(), other.number());
    return number % shards.length;
  }

  private void endBatch() throws IOException {
    int inBatch = batchEvents;
    batchEvents = 0;
    batchBytes = 0;
    if (team == null) {
      shards[0].endBatch();
    } else {
      team.work(Shard::work, inBatch);
      delivery.handOut(shards);
    }
    relieve();
  }

  /** Frees memory when open messages keep too much, as much as it takes to go on for a while. */
  private void relieve() throws IOException {
    if (heldBytes() <= relieveAbove) {
      relieveAbove = Math.max(maxOpenBytes, Math.min(relieveAbove, 2 * heldBytes()));
      return;
    }
    int open = 0;
    for (Shard shard : shards) {
      open += shard.openChannels();
    }
    long each = maxOpenBytes / 2 / Math.max(1, open);
    List<Integer> holders = new ArrayList<>();
    for (Shard shard : shards) {
      shard.addHolders(each, holders);
    }
    holders.sort(null);
    for (int number : holders) {
      Shard shard = shards[shardOf(index.channels().get(number - 1))];
      shard.relieve(number, each, events);
      delivery.handOut(shard.out());
    }
    relieveAbove = Math.max(maxOpenBytes, 2 * heldBytes());
  }

  private long heldBytes() {
    long held = 0;
    for (Shard shard : shards) {
      held += shard.heldBytes();
    }
    return held;
  }

  @Override
  public void damage(Damage damage) throws IOException {
    if (isStale) {
      return;
    }
    endBatch();
    boolean foreseen =
        damages < index.damages().size() && index.damages().get(damages).equals(damage);
    damages++;
    delivery.damage(damage, damages);
    isStale = !foreseen;
  }

  boolean isStale() {
    return isStale;
  }

  AnalysisStats finish() throws IOException {
    endBatch();
    for (Channel channel : index.channels()) {
      Shard shard = shards[shardOf(channel)];
      shard.end(channel, events + channel.number());
      delivery.handOut(shard.out());
    }
    long folded = 0;
    long otherStreams = 0;
    long otherBytes = 0;
    long lostBytes = 0;
    for (Shard shard : shards) {
      folded += shard.out().foldedExchanges();
      otherStreams += shard.out().otherStreams();
      otherBytes += shard.out().otherBytes();
      lostBytes += shard.out().lostBytes();
    }
    return new AnalysisStats(
        events,
        delivery.sessions(),
        delivery.exchanges(),
        folded,
        otherStreams,
        otherBytes,
        index.lostEvents(),
        lostBytes,
        damages);
  }

  @Override
  public void close() {
    if (team != null) {
      team.close();
    }
  }
}
