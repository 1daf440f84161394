// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.Channel;
import java.util.List;

/** Ends some of the channels at the end of the capture. */
final class EndWork extends PieceWork {
  /** What a channel's summary and its last exchange take, about. */
  private static final long CHANNEL_BYTES = 4096;

  private final List<Channel> channels;

  /**
   * Prepares to end channels.
   *
   * @param channels some that follow each other by number
   */
  EndWork(ShardedReading reading, List<Channel> channels) {
    super(reading);
    this.channels = channels;
  }

  @Override
  public long bytes() {
    return CHANNEL_BYTES * channels.size();
  }

  @Override
  public void run() {
    reading().end(this, channels);
    done();
  }
}
