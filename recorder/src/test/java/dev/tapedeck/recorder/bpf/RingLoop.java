// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A ring in plain memory whose records are read again and again, as if they were always new. */
public final class RingLoop {
  private static final int LENGTH_BYTES = RingCursor.HEADER_BYTES;

  private final ByteBuffer producer = direct(Long.BYTES);
  private final ByteBuffer data;
  private final RingCursor cursor;
  private final int sizeBytes;
  private int filledBytes;

  /** An empty ring of a power of two. */
  public RingLoop(int sizeBytes) {
    this.sizeBytes = sizeBytes;
    this.data = direct(2 * sizeBytes);
    this.cursor = new RingCursor(direct(Long.BYTES), producer, data, sizeBytes);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** Returns whether there is room for a record of so many bytes, a multiple of 8. */
  public boolean hasRoom(int lengthBytes) {
    return filledBytes + LENGTH_BYTES + lengthBytes <= sizeBytes;
  }

  /** Adds a record; returns where its bytes are to be put in {@link #memory}. */
  public int add(int lengthBytes) {
    data.putInt(filledBytes, lengthBytes);
    int at = filledBytes + LENGTH_BYTES;
    filledBytes = at + lengthBytes;
    return at;
  }

  /** Marks what is left of the ring as discarded, so that it can be read in a circle. */
  public void close() {
    int rest = sizeBytes - filledBytes;
    if (rest >= LENGTH_BYTES) {
      data.putInt(filledBytes, (rest - LENGTH_BYTES) | RingCursor.DISCARDED);
    }
    data.put(sizeBytes, data, 0, sizeBytes);
  }

  /** Returns the data area. */
  public ByteBuffer memory() {
    return data;
  }

  /** Reads the whole ring once; returns how many records that were. */
  public int drainOnce(RingRecordHandler handler) throws IOException {
    producer.putLong(0, producer.getLong(0) + sizeBytes);
    return cursor.drain(handler, Integer.MAX_VALUE);
  }
}
