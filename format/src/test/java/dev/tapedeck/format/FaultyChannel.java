// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file on a disk that is full, or breaks: it takes a number of bytes, then no more; or fails at
 * one call; or cannot make durable what it took.
 */
public final class FaultyChannel extends FileChannel {
  private final InMemoryChannel file = new InMemoryChannel();
  private final AtomicInteger syncs = new AtomicInteger();
  private long freeBytes;
  private int maxWriteBytes = Integer.MAX_VALUE;
  private boolean truncateFails;
  private volatile boolean syncFails;
  private volatile Runnable onSync = () -> {};
  private int writes;
  private int faultyWrite = -1;
  private int faultyWriteTakes;

  /** A disk that takes so many bytes. */
  public FaultyChannel(long freeBytes) {
    this.freeBytes = freeBytes;
  }

  /** Sets how many bytes the disk takes from now on. */
  public void free(long bytes) {
    freeBytes = bytes;
  }

  /** Sets how many bytes one call takes at most. */
  void shortWrites(int bytes) {
    maxWriteBytes = bytes;
  }

  /** Makes one call, counted from 0, take so many bytes only, and the next one fail. */
  void failWrite(int call, int takes) {
    faultyWrite = call;
    faultyWriteTakes = takes;
  }

  void truncateFails(boolean fails) {
    truncateFails = fails;
  }

  /** Sets whether what was written cannot be made durable. */
  public void syncFails(boolean fails) {
    syncFails = fails;
  }

  /** Sets what happens before a sync returns or fails, on the thread that asked for it. */
  public void onSync(Runnable action) {
    onSync = action;
  }

  /** Returns how many calls wrote so far. */
  int writes() {
    return writes;
  }

  /** Returns how often the content was made durable. */
  public int syncs() {
    return syncs.get();
  }

  /** Returns a copy of the content. */
  public byte[] toByteArray() {
    return file.toByteArray();
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int limit = Math.min(maxWriteBytes, source.remaining());
    if (writes == faultyWrite) {
      if (faultyWriteTakes == 0) {
        writes++;
        throw new IOException("Input/output error");
      }
      limit = Math.min(limit, faultyWriteTakes);
      // The rest of the record comes with the next call, which fails.
      faultyWrite++;
      faultyWriteTakes = 0;
    }
    writes++;
    if (freeBytes == 0) {
      throw new IOException("No space left on device");
    }
    int count = (int) Math.min(freeBytes, limit);
    file.write(source.slice().limit(count));
    source.position(source.position() + count);
    freeBytes -= count;
    return count;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    if (truncateFails) {
      throw new IOException("Input/output error");
    }
    freeBytes += Math.max(0, file.size() - size);
    file.truncate(size);
    return this;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    syncs.incrementAndGet();
    onSync.run();
    if (syncFails) {
      throw new IOException("Input/output error");
    }
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
  public FileChannel position(long newPosition) {
    file.position(newPosition);
    return this;
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  protected void implCloseChannel() {
    file.close();
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer target, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer source, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
