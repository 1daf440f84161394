// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** Takes everything and keeps nothing. */
final class DiscardingChannel implements SeekableByteChannel {
  private long length;
  private boolean open = true;

  @Override
  public int write(ByteBuffer source) {
    int count = source.remaining();
    source.position(source.limit());
    length += count;
    return count;
  }

  @Override
  public int read(ByteBuffer target) {
    return -1;
  }

  @Override
  public long position() {
    return length;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    return this;
  }

  @Override
  public long size() {
    return length;
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    length = Math.min(length, size);
    return this;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
