// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;

/**
 * Reads parts of a channel, whole or as far as it goes.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> closes the channel.
 */
public final class RecordChannel implements RecordSource, AutoCloseable {
  private final SeekableByteChannel channel;

  /** Reads from the channel. */
  public RecordChannel(SeekableByteChannel channel) {
    this.channel = channel;
  }

  /** Returns the bytes that the channel has now. */
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public int read(long offset, byte[] target, int targetOffset, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(target, targetOffset, count);
    while (buffer.hasRemaining()) {
      long at = offset + buffer.position() - targetOffset;
      int got;
      if (channel instanceof FileChannel file) {
        got = file.read(buffer, at);
      } else {
        channel.position(at);
        got = channel.read(buffer);
      }
      if (got < 0) {
        break;
      }
    }
    return buffer.position() - targetOffset;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
