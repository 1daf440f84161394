// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A file that counts how many of its bytes are read. */
final class CountingChannel implements SeekableByteChannel {
  private final InMemoryChannel file;
  private long bytesRead;

  CountingChannel(byte[] content) {
    file = new InMemoryChannel(content);
  }

  long bytesRead() {
    return bytesRead;
  }

  @Override
  public int read(ByteBuffer target) {
    int count = file.read(target);
    bytesRead += Math.max(0, count);
    return count;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    throw new IOException("read only");
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
  public SeekableByteChannel truncate(long size) throws IOException {
    throw new IOException("read only");
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
