// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.StreamEvent;
import java.util.Arrays;

/** The events of one batch that a shard is to work on. One thread at a time. */
final class ShardQueue {
  private static final int INITIAL_EVENTS = 256;

  private Channel[] channels = new Channel[INITIAL_EVENTS];
  private StreamEvent[] events = new StreamEvent[INITIAL_EVENTS];
  private long[] ordinals = new long[INITIAL_EVENTS];
  private int size;

  void add(Channel channel, StreamEvent event, long ordinal) {
    if (size == events.length) {
      channels = Arrays.copyOf(channels, 2 * size);
      events = Arrays.copyOf(events, 2 * size);
      ordinals = Arrays.copyOf(ordinals, 2 * size);
    }
    channels[size] = channel;
    events[size] = event;
    ordinals[size++] = ordinal;
  }

  int size() {
    return size;
  }

  Channel channel(int index) {
    return channels[index];
  }

  StreamEvent event(int index) {
    return events[index];
  }

  long ordinal(int index) {
    return ordinals[index];
  }

  /** Forgets the events, but not the room for as many. */
  void clear() {
    Arrays.fill(events, 0, size, null);
    size = 0;
  }
}
