// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A file in memory of a size known before, so that a benchmark measures no disk. */
final class MemoryFile implements SeekableByteChannel {
  private final byte[] array;
  private int size;
  private int position;

  MemoryFile(int capacityBytes) {
    array = new byte[capacityBytes];
  }

  /** Returns to the start; the content stays. */
  void rewind() {
    position = 0;
  }

  /** Forgets the content. */
  void clear() {
    position = 0;
    size = 0;
  }

  @Override
  public int read(ByteBuffer target) {
    if (position >= size) {
      return -1;
    }
    int count = Math.min(target.remaining(), size - position);
    target.put(array, position, count);
    position += count;
    return count;
  }

  @Override
  public int write(ByteBuffer source) {
    int count = source.remaining();
    source.get(array, position, count);
    position += count;
    size = Math.max(size, position);
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    position = Math.toIntExact(newPosition);
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    size = (int) Math.min(size, newSize);
    position = Math.min(position, size);
    return this;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {
    rewind();
  }
}
