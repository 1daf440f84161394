// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.analyzer.stream.StreamAssembler;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.StreamEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The reading of a capture with its payload by one thread: has the channels' events parsed as they
 * come, and hands out what is complete. {@link ShardedReading} does the same with several.
 *
 * <p><b>Threads:</b> that of the analysis.
 */
final class SecondReading implements CaptureVisitor {
  private final CaptureIndex index;
  private final Delivery delivery;
  private final Shard shard;
  private final Relief relief;
  private @Nullable Channel lastChannel;
  private long keepBytes = Relief.NONE;
  private long nextCheckpoint = Relief.STRETCH;
  private long events;
  private long place;
  private int damages;

  /** Something is damaged that the index does not know of: what follows differs from it. */
  private boolean isStale;

  private SecondReading(AnalyzerOptions options, CaptureIndex index, Delivery delivery) {
    this.index = index;
    this.delivery = delivery;
    this.shard = new Shard(options, index);
    this.relief = new Relief(options.maxOpenBytes());
  }

  /** Reads a source; returns null when it is damaged in a way that the index does not know of. */
  static @Nullable AnalysisStats read(
      EventSource source, AnalyzerOptions options, CaptureIndex index, Delivery delivery)
      throws IOException {
    SecondReading reading = new SecondReading(options, index, delivery);
    source.read(Projection.ALL, reading);
    return reading.isStale ? null : reading.finish();
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
    shard.add(channel, stream, events, place);
    added(StreamAssembler.weight(stream));
  }

  @Override
  public void data(DataRow row) throws IOException {
    if (isStale) {
      return;
    }
    events++;
    Channel channel = (Channel) row.attached();
    if (channel == null) {
      channel = index.channel(row.stream().owner());
      if (channel == null) {
        return;
      }
      row.attach(channel);
    }
    shard.add(channel, row, events, place);
    added(StreamAssembler.weight(row.capturedLength()));
  }

  private void added(long weight) throws IOException {
    delivery.handOut(shard.out());
    place += weight;
    while (place >= nextCheckpoint) {
      nextCheckpoint += Relief.STRETCH;
      shard.detach(place);
      boolean relieved = keepBytes != Relief.NONE;
      if (relieved) {
        shard.relieve(keepBytes);
        delivery.handOut(shard.out());
      }
      keepBytes = relief.after(shard.heldBytes(), shard.openChannels(), relieved);
    }
  }

  @Override
  public void damage(Damage damage) throws IOException {
    if (isStale) {
      return;
    }
    isStale = !index.isForeseen(damage, damages);
    damages++;
    delivery.damage(damage, damages);
  }

  private AnalysisStats finish() throws IOException {
    for (Channel channel : index.channels()) {
      shard.end(channel, events + channel.number());
      delivery.handOut(shard.out());
    }
    return stats(events, delivery, index, damages, shard);
  }

  /** Returns what a whole reading found. */
  static AnalysisStats stats(
      long events, Delivery delivery, CaptureIndex index, int damages, Shard... shards) {
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
}
