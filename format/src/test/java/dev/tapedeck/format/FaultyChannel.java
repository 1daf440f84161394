// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A file on a disk that is full, or breaks: it takes a number of bytes, then no more. */
final class FaultyChannel implements SeekableByteChannel {
  private final InMemoryChannel file = new InMemoryChannel();
  private long freeBytes;
  private int maxWriteBytes = Integer.MAX_VALUE;
  private boolean truncateFails;

  FaultyChannel(long freeBytes) {
    this.freeBytes = freeBytes;
  }

  /** Sets how many bytes the disk takes from now on. */
  void free(long bytes) {
    freeBytes = bytes;
  }

  /** Sets how many bytes one call takes at most. */
  void shortWrites(int bytes) {
    maxWriteBytes = bytes;
  }

  void truncateFails(boolean fails) {
    truncateFails = fails;
  }

  byte[] toByteArray() {
    return file.toByteArray();
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (freeBytes == 0) {
      throw new IOException("No space left on device");
    }
    int count = (int) Math.min(Math.min(freeBytes, maxWriteBytes), source.remaining());
    ByteBuffer part = source.slice().limit(count);
    file.write(part);
    source.position(source.position() + count);
    freeBytes -= count;
    return count;
  }

  @Override
  public SeekableByteChannel truncate(long size) throws IOException {
    if (truncateFails) {
      throw new IOException("Input/output error");
    }
    freeBytes += Math.max(0, file.size() - size);
    file.truncate(size);
    return this;
  }

  @Override
  public int read(ByteBuffer target) {
    return file.read(target);
  }

  @Override
  public long position() {
    return file.position();
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    file.position(newPosition);
    return this;
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() {
    file.close();
  }
}
