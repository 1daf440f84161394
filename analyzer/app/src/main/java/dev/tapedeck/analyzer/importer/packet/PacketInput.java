// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;

/**
 * Bytes of a packet file, read forwards, with their offset.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> does not close the stream.
 */
final class PacketInput {
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int from;
  private int to;
  private long offset;

  PacketInput(InputStream in) {
    this.in = in;
  }

  /** Returns how many bytes were taken. */
  long offset() {
    return offset;
  }

  /**
   * Fills as much of the target as there are bytes.
   *
   * @return how many; less than asked for at the end of the file only
   */
  int read(byte[] target, int length) throws IOException {
    int done = 0;
    while (done < length && fill()) {
      int count = Math.min(length - done, to - from);
      System.arraycopy(buffer, from, target, done, count);
      from += count;
      done += count;
    }
    offset += done;
    return done;
  }

  /** Skips bytes; returns how many there were. */
  long skip(long length) throws IOException {
    long done = 0;
    while (done < length && fill()) {
      int count = (int) Math.min(length - done, to - from);
      from += count;
      done += count;
    }
    offset += done;
    return done;
  }

  private boolean fill() throws IOException {
    if (from == to) {
      from = 0;
      to = Math.max(0, in.read(buffer, 0, buffer.length));
    }
    return from < to;
  }

  /**
   * Fills the whole target.
   *
   * @throws EOFException when the file ends before
   */
  void readFully(byte[] target) throws IOException {
    if (read(target, target.length) < target.length) {
      throw new EOFException("offset " + offset);
    }
  }

  static int u16(byte[] bytes, int at, ByteOrder order) {
    int first = bytes[at] & 0xff;
    int second = bytes[at + 1] & 0xff;
    return order == ByteOrder.BIG_ENDIAN ? first << 8 | second : second << 8 | first;
  }

  static long u32(byte[] bytes, int at, ByteOrder order) {
    long first = u16(bytes, at, order);
    long second = u16(bytes, at + 2, order);
    return order == ByteOrder.BIG_ENDIAN ? first << 16 | second : second << 16 | first;
  }
}
