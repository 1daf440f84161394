// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.jspecify.annotations.Nullable;

/**
 * A file as it is, or what it unpacks to when it is gzip or zstd. What is damaged in a compressed
 * file ends it there.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the caller closes the file.
 */
public final class UnpackedInput extends InputStream {
  private static final int MAGIC_BYTES = 4;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int UNPACKED_AT_ONCE = 1 << 9;
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int ZSTD_MAGIC = 0x28b52ffd;

  private final Source source;
  private final InputStream in;
  private final boolean isPacked;
  private @Nullable String damage;

  /** The file, which may fail in its own right. */
  private static final class Source extends FilterInputStream {
    private boolean failed;

    Source(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      try {
        return super.read(target, from, length);
      } catch (IOException e) {
        failed = true;
        throw e;
      }
    }
  }

  /**
   * Looks at the first bytes of a file.
   *
   * @throws IOException when it cannot be read, or its first bytes cannot be unpacked
   */
  public UnpackedInput(InputStream file) throws IOException {
    source = new Source(file);
    BufferedInputStream buffered = new BufferedInputStream(source, BUFFER_BYTES);
    buffered.mark(MAGIC_BYTES);
    byte[] magic = buffered.readNBytes(MAGIC_BYTES);
    buffered.reset();
    int first =
        magic.length < MAGIC_BYTES ? 0 : (int) PacketInput.u32(magic, 0, ByteOrder.BIG_ENDIAN);
    if (first >>> 16 == GZIP_MAGIC) {
      in = unpacking(CompressorStreamFactory.GZIP, buffered);
    } else if (first == ZSTD_MAGIC) {
      in = unpacking(CompressorStreamFactory.ZSTANDARD, buffered);
    } else {
      in = buffered;
    }
    isPacked = in != buffered;
  }

  /** Members that follow one another are one file. */
  private static InputStream unpacking(String format, InputStream packed) throws IOException {
    try {
      return new CompressorStreamFactory(true).createCompressorInputStream(format, packed);
    } catch (CompressorException e) {
      throw new IOException("the beginning of the compressed file is damaged", e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (damage != null) {
      return -1;
    }
    try {
      // What a failing call has unpacked is lost: little at a time.
      return in.read(target, from, isPacked ? Math.min(length, UNPACKED_AT_ONCE) : length);
    } catch (IOException e) {
      if (source.failed) {
        throw e;
      }
      String detail = e.getMessage() == null ? "it ends early" : e.getMessage();
      damage = "the compressed file is damaged or cut: " + detail;
      return -1;
    }
  }

  /** Returns what is wrong with the compressed file; null when nothing was found. */
  public @Nullable String damage() {
    return damage;
  }
}
