// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.Channel;
import java.util.List;

/** The end of the capture, for some of the channels. */
final class EndWork extends PieceWork {
  /** What a channel's summary and its last exchange take, about. */
  private static final long CHANNEL_BYTES = 4096;

  private final List<Channel> channels;
  private final int shards;

  /**
   * Prepares to end channels.
   *
   * @param channels some that follow each other by number
   */
  EndWork(ShardedReading reading, List<Channel> channels, int shards) {
    super(reading);
    this.channels = channels;
    this.shards = shards;
  }

  @Override
  public long bytes() {
    return CHANNEL_BYTES * channels.size();
  }

  @Override
  public void run() {
    reading().end(this);
    admitted();
  }

  @Override
  boolean concerns(int shard) {
    return true;
  }

  @Override
  void give(Shard shard, int number, long endPlace) {
    for (Channel channel : channels) {
      if (StreamSlot.shardOf(channel, shards) == number) {
        shard.end(channel, reading().events() + channel.number());
      }
    }
  }
}
