// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.Channel;

/**
 * Divides channels among shards, and those of a shard among buckets: a shard takes a section bucket
 * by bucket, so that it works on few connections at a time, whose state is at hand then.
 *
 * <p>Both ends of a connection are in the same bucket. Those of a shard follow each other.
 *
 * @param shards how many there are
 */
record Buckets(int shards) {
  /** Enough for a connection each where few are busy. */
  static final int OF_A_SHARD = 32;

  int count() {
    return shards * OF_A_SHARD;
  }

  /** Returns the number of a channel's bucket. */
  int of(Channel channel) {
    int number = pairNumber(channel);
    return number % shards * OF_A_SHARD + number / shards % OF_A_SHARD;
  }

  /** Returns the number of the shard that has a channel. */
  int shardOf(Channel channel) {
    return pairNumber(channel) % shards;
  }

  /** Returns a number that both ends of a connection share. */
  static int pairNumber(Channel channel) {
    Channel other = channel.otherEnd();
    return other == null ? channel.number() : Math.min(channel.number(), other.number());
  }
}
