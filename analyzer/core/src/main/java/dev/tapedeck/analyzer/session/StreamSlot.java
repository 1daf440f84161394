// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.StreamId;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of a stream go.
 *
 * @param channel null when they go nowhere, because the first reading did not know of them
 * @param direction of the stream
 * @param shard the number of the shard that has the channel
 */
record StreamSlot(@Nullable Channel channel, Direction direction, int shard) {
  /** Returns the slot of a stream; both ends of a connection are in the same shard. */
  static StreamSlot of(StreamId stream, CaptureIndex index, int shards) {
    Channel channel = index.channel(stream.owner());
    return new StreamSlot(
        channel, stream.direction(), channel == null ? 0 : shardOf(channel, shards));
  }

  /** Returns the number of the shard that has a channel. */
  static int shardOf(Channel channel, int shards) {
    Channel other = channel.otherEnd();
    int number = other == null ? channel.number() : Math.min(channel.number(), other.number());
    return number % shards;
  }
}
