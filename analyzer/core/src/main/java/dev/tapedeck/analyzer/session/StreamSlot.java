// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Direction;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of a stream of a block go.
 *
 * @param number among the slots of the section
 * @param channel null when they go nowhere, because the first reading did not know of them
 * @param direction of the stream
 * @param plane the payload of the block; null where events have none, or bring their own
 * @param bucket the channel's, as in {@link Buckets}
 */
record StreamSlot(
    int number, @Nullable Channel channel, Direction direction, @Nullable Bytes plane, int bucket) {
  /** Returns the number of the shard that has the channel. */
  int shard() {
    return bucket / Buckets.OF_A_SHARD;
  }
}
