// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;

/**
 * Makes the zstd frames of planes (RFC 8878).
 *
 * <p><b>Lifecycle:</b> {@link #close} frees native memory; twice is safe. <b>Threads:</b> confined
 * to one thread.
 */
public final class FrameWriter implements AutoCloseable {
  private static final int MAGIC = 0xFD2FB528;

  /** Frame_Header_Descriptor: content size of 4 bytes, single segment, no checksum. */
  private static final byte STORED_DESCRIPTOR = (byte) 0xA0;

  private static final int STORED_HEADER_BYTES = 9;
  private static final int BLOCK_HEADER_BYTES = 3;
  private static final int MAX_BLOCK_BYTES = 128 << 10;

  /** 8 MiB: what every decoder must take (RFC 8878, section 3.1.1.1.2), and more than a block. */
  private static final int FAR_WINDOW_LOG = 23;

  private final ZstdCompressCtx compressor = new ZstdCompressCtx();
  private int level;
  private boolean farBack;
  private boolean closed;

  /** Makes frames with checksum and content size. */
  public FrameWriter() {
    compressor.setChecksum(true).setContentSize(true);
  }

  /** Returns the bytes that a frame of {@code rawBytes} takes at most. */
  public static int maxFrameBytes(int rawBytes) {
    int blocks = rawBytes / MAX_BLOCK_BYTES + 1;
    return Math.max(
        Math.toIntExact(Zstd.compressBound(rawBytes)),
        STORED_HEADER_BYTES + blocks * BLOCK_HEADER_BYTES + rawBytes);
  }

  /**
   * Appends the first {@code rawBytes} of {@code raw} as one compressed frame.
   *
   * @param lookFarBack whether zstd's long distance matching is on
   */
  public int compress(
      int zstdLevel, boolean lookFarBack, byte[] raw, int rawBytes, PlaneBuffer target) {
    if (zstdLevel != level) {
      compressor.setLevel(zstdLevel);
      level = zstdLevel;
    }
    if (lookFarBack != farBack) {
      compressor.setLong(lookFarBack ? FAR_WINDOW_LOG : 0);
      farBack = lookFarBack;
    }
    int room = maxFrameBytes(rawBytes);
    target.reserve(room);
    int stored =
        compressor.compressByteArray(target.array(), target.length(), room, raw, 0, rawBytes);
    target.advance(stored);
    return stored;
  }

  /** Appends the first {@code rawBytes} of {@code raw} as one frame of raw blocks. */
  public static int store(byte[] raw, int rawBytes, PlaneBuffer target) {
    int before = target.length();
    target.reserve(maxFrameBytes(rawBytes));
    putLittleEndian(target, MAGIC, 4);
    putLittleEndian(target, STORED_DESCRIPTOR, 1);
    putLittleEndian(target, rawBytes, 4);
    int at = 0;
    do {
      int count = Math.min(MAX_BLOCK_BYTES, rawBytes - at);
      int last = at + count == rawBytes ? 1 : 0;
      // Block_Header: Last_Block, Block_Type 0 (raw), Block_Size (RFC 8878, section 3.1.1.2).
      putLittleEndian(target, last | count << 3, BLOCK_HEADER_BYTES);
      target.bytes(raw, at, count);
      at += count;
    } while (at < rawBytes);
    return target.length() - before;
  }

  private static void putLittleEndian(PlaneBuffer target, int value, int count) {
    for (int i = 0; i < count; i++) {
      target.array()[target.length()] = (byte) (value >>> (8 * i));
      target.advance(1);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      compressor.close();
    }
  }
}
