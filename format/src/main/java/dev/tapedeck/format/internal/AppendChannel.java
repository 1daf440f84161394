// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;

/**
 * Appends whole records to a channel: a record that cannot be written whole leaves no trace.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> closes the channel.
 */
public final class AppendChannel implements AutoCloseable {
  private final SeekableByteChannel channel;
  private final String name;
  private long length;
  private boolean tailSuspect;

  /** Appends from the start of an empty channel. */
  public AppendChannel(SeekableByteChannel channel, String name) {
    this.channel = channel;
    this.name = name;
  }

  /** Returns the bytes of all whole records. */
  public long length() {
    return length;
  }

  /**
   * Appends one record.
   *
   * @param what the record's name, for the message
   * @throws IOException naming file, record and offset, when the record cannot be written whole;
   *     the file then ends after the record before, and a later call may succeed
   */
  public void append(byte[] bytes, int count, String what) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count);
    try {
      if (tailSuspect) {
        cutTail();
      }
      while (rest.hasRemaining()) {
        if (channel.write(rest) <= 0) {
          throw new IOException("the channel takes no more bytes");
        }
      }
      length += count;
    } catch (IOException e) {
      IOException failure =
          new IOException(
              name
                  + ": cannot write a "
                  + what
                  + " of "
                  + count
                  + " bytes at offset "
                  + length
                  + ": "
                  + e.getMessage(),
              e);
      tailSuspect = true;
      try {
        cutTail();
      } catch (IOException alsoFailed) {
        failure.addSuppressed(alsoFailed);
      }
      throw failure;
    }
  }

  private void cutTail() throws IOException {
    channel.truncate(length);
    channel.position(length);
    tailSuspect = false;
  }

  /**
   * Makes the content that was written durable, where the channel is a file; fdatasync(2).
   *
   * <p>Any thread may call it while another writes: a {@link FileChannel} is "safe for use by
   * multiple concurrent threads" (its class comment), and only operations that change position or
   * size wait for one another.
   */
  public void sync() throws IOException {
    force(false);
  }

  /** Makes the file's content and its metadata durable, where the channel is a file. */
  public void force() throws IOException {
    force(true);
  }

  private void force(boolean withMetadata) throws IOException {
    if (channel instanceof FileChannel file) {
      try {
        file.force(withMetadata);
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        throw new IOException(name + ": cannot be made durable: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
