// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Runs of bytes that are added once and read often, in memory or in a file.
 *
 * <p><b>Threads:</b> any; one of them adds.
 */
abstract sealed class Chunks implements Closeable {
  /** Adds what the buffer holds; returns its number, from 0 on. */
  abstract int add(ByteBuffer chunk) throws IOException;

  /**
   * Fills the target from a place in a chunk.
   *
   * @throws EOFException when the chunk ends before
   */
  abstract void read(int chunk, int offset, ByteBuffer target) throws IOException;

  /** Returns how many bytes a chunk has. */
  abstract int length(int chunk);

  @Override
  public void close() throws IOException {}

  /** Chunks that are gone with the process: what was encrypted is never written elsewhere. */
  static final class InMemory extends Chunks {
    private final List<byte[]> chunks = new ArrayList<>();

    @Override
    synchronized int add(ByteBuffer chunk) {
      byte[] copy = new byte[chunk.remaining()];
      chunk.get(copy);
      chunks.add(copy);
      return chunks.size() - 1;
    }

    @Override
    synchronized int length(int chunk) {
      return chunks.get(chunk).length;
    }

    @Override
    void read(int chunk, int offset, ByteBuffer target) throws EOFException {
      byte[] bytes;
      synchronized (this) {
        bytes = chunks.get(chunk);
      }
      if (offset < 0 || offset > bytes.length - target.remaining()) {
        throw new EOFException("chunk=" + chunk + " offset=" + offset);
      }
      target.put(bytes, offset, target.remaining());
    }
  }

  /** Chunks one behind the other in a file, each with a checksum. */
  static final class InFile extends Chunks {
    private final FileChannel channel;

    /** Where each begins, and behind them where the next one will; guarded by this. */
    private long[] offsets;

    /** CRC32C of each; guarded by this. */
    private int[] sums;

    /** Those that are known to be as they were written; guarded by this. */
    private final BitSet sound = new BitSet();

    /** Guarded by this. */
    private int count;

    /** Starts with none, behind {@code from} bytes of the file. */
    InFile(FileChannel channel, long from) {
      this(channel, new long[] {from}, new int[0]);
    }

    /**
     * Takes chunks that are there.
     *
     * @param offsets one more than there are chunks
     */
    InFile(FileChannel channel, long[] offsets, int[] sums) {
      this.channel = channel;
      this.count = sums.length;
      this.offsets = Arrays.copyOf(offsets, Math.max(64, count + 1));
      this.sums = Arrays.copyOf(sums, Math.max(64, count));
    }

    /** Returns where each begins, and behind them where the last one ends. */
    synchronized long[] offsets() {
      return Arrays.copyOf(offsets, count + 1);
    }

    /** Returns the checksum of each. */
    synchronized int[] sums() {
      return Arrays.copyOf(sums, count);
    }

    @Override
    int add(ByteBuffer chunk) throws IOException {
      long at;
      synchronized (this) {
        at = offsets[count];
      }
      int length = chunk.remaining();
      int sum = sum(chunk);
      long next = at;
      while (chunk.hasRemaining()) {
        next += channel.write(chunk, next);
      }
      synchronized (this) {
        if (count + 2 > offsets.length) {
          offsets = Arrays.copyOf(offsets, 2 * offsets.length);
          sums = Arrays.copyOf(sums, offsets.length);
        }
        offsets[count + 1] = at + length;
        sums[count] = sum;
        sound.set(count);
        return count++;
      }
    }

    static int sum(ByteBuffer bytes) {
      CRC32C crc = new CRC32C();
      crc.update(bytes.duplicate());
      return (int) crc.getValue();
    }

    @Override
    synchronized int length(int chunk) {
      return (int) (offsets[chunk + 1] - offsets[chunk]);
    }

    @Override
    void read(int chunk, int offset, ByteBuffer target) throws IOException {
      long at;
      boolean isSound;
      synchronized (this) {
        if (offset < 0 || offset > length(chunk) - target.remaining()) {
          throw new EOFException("chunk=" + chunk + " offset=" + offset);
        }
        at = offsets[chunk] + offset;
        isSound = sound.get(chunk);
      }
      if (!isSound) {
        check(chunk);
      }
      fill(target, at);
    }

    private void check(int chunk) throws IOException {
      long from;
      int sum;
      synchronized (this) {
        from = offsets[chunk];
        sum = sums[chunk];
      }
      ByteBuffer whole = ByteBuffer.allocate(length(chunk));
      fill(whole, from);
      if (sum(whole.flip()) != sum) {
        throw new DamagedIndexException();
      }
      synchronized (this) {
        sound.set(chunk);
      }
    }

    private void fill(ByteBuffer target, long from) throws IOException {
      long at = from;
      while (target.hasRemaining()) {
        int read = channel.read(target, at);
        if (read < 0) {
          throw new DamagedIndexException();
        }
        at += read;
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
