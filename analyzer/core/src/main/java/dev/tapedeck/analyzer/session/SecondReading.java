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
import org.jspecify.annotations.Nullable;

/**
 * The reading of a capture with its payload, on one thread: parses, and hands out what is complete.
 */
final class SecondReading implements CaptureVisitor {
  private final CaptureIndex index;
  private final Delivery delivery;
  private final Shard shard;
  private @Nullable Channel lastChannel;
  private long events;
  private int damages;

  /** Something is damaged that the index does not know of: what follows differs from it. */
  private boolean isStale;

  SecondReading(AnalyzerOptions options, CaptureIndex index, Delivery delivery) {
    this.index = index;
    this.delivery = delivery;
    this.shard = new Shard(options, index);
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
    shard.add(channel, stream, events);
    if (shard.out().size() > 0) {
      delivery.handOut(shard.out());
    }
  }

  @Override
  public void damage(Damage damage) throws IOException {
    if (isStale) {
      return;
    }
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
    for (Channel channel : index.channels()) {
      if (!shard.hasEnded(channel)) {
        shard.end(channel, events + channel.number());
        delivery.handOut(shard.out());
      }
    }
    Outbox out = shard.out();
    return new AnalysisStats(
        events,
        delivery.sessions(),
        delivery.exchanges(),
        out.foldedExchanges(),
        out.otherStreams(),
        out.otherBytes(),
        index.lostEvents(),
        out.lostBytes(),
        damages);
  }
}
