// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.Channel;
import java.util.List;

/** The end of the capture, for some of the channels. */
final class EndPiece extends Piece {
  private final List<Channel> channels;
  private final Buckets buckets;
  private final long events;

  /**
   * Makes a piece.
   *
   * @param events how many the capture has
   */
  EndPiece(PieceWork work, List<Channel> channels, Buckets buckets, long events) {
    super(work, buckets.shards());
    this.channels = channels;
    this.buckets = buckets;
    this.events = events;
  }

  @Override
  boolean concerns(int shard) {
    return true;
  }

  @Override
  void give(Shard shard, int number) {
    for (Channel channel : channels) {
      if (buckets.shardOf(channel) == number) {
        shard.end(channel, events + channel.number());
      }
    }
  }
}
