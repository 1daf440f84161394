// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

/**
 * Opens the zstd frames of planes (RFC 8878).
 *
 * <p><b>Lifecycle:</b> {@link #close} frees native memory; twice is safe. <b>Threads:</b> confined
 * to one thread.
 */
public final class FrameReader implements AutoCloseable {
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
  private boolean closed;

  /** Opens a frame that must give exactly {@code rawBytes}. */
  public byte[] decompress(byte[] stored, int offset, int storedBytes, int rawBytes)
      throws MalformedPlaneException {
    // The frame's own size is compared first, so that a lying header takes no memory.
    long contentBytes = Zstd.getFrameContentSize(stored, offset, storedBytes);
    if (contentBytes != rawBytes) {
      throw new MalformedPlaneException("a frame's content size differs from the header's");
    }
    byte[] raw = new byte[rawBytes];
    try {
      int count = decompressor.decompressByteArray(raw, 0, rawBytes, stored, offset, storedBytes);
      if (count != rawBytes) {
        throw new MalformedPlaneException("a frame gives fewer bytes than it says");
      }
    } catch (ZstdException e) {
      throw new MalformedPlaneException("a frame cannot be decompressed: " + e.getMessage(), e);
    }
    return raw;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      decompressor.close();
    }
  }
}
