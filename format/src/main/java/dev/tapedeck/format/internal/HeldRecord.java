// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

/**
 * A part of a file that was read into memory before.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class HeldRecord implements RecordSource {
  private byte[] bytes = new byte[0];
  private long start;

  /**
   * Holds other bytes.
   *
   * @param bytes which must not change any more
   * @param start where they stand in the file
   */
  public void hold(byte[] bytes, long start) {
    this.bytes = bytes;
    this.start = start;
  }

  /** {@inheritDoc} Not to be changed. */
  @Override
  public byte[] held() {
    return bytes;
  }

  @Override
  public int heldAt(long offset, int count) {
    long from = offset - start;
    return from >= 0 && from <= bytes.length - count ? (int) from : -1;
  }

  @Override
  public int read(long offset, byte[] target, int targetOffset, int count) {
    long from = offset - start;
    if (from < 0 || from >= bytes.length) {
      return 0;
    }
    int got = (int) Math.min(count, bytes.length - from);
    System.arraycopy(bytes, (int) from, target, targetOffset, got);
    return got;
  }
}
