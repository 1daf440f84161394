// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Codes content as a Content-Encoding field says, for an archive holds it decoded. The bytes are
 * not those that were sent, but decode to the same.
 */
final class ContentEncoder {
  private static final int GZIP_HEADER_BYTES = 10;
  private static final int BUFFER_BYTES = 1 << 13;
  private static final int MAX_STORED_BYTES = 0xffff;
  private static final int GZIP_TRAILER_BYTES = 8;
  private static final int GZIP_COMMENT_FLAG = 0x10;
  private static final int BROTLI_BLOCK_BYTES = 1 << 16;
  private static final int ZSTD_BLOCK_BYTES = 1 << 17;

  private ContentEncoder() {}

  /**
   * Returns the coded content; null when a coding is none that can be made.
   *
   * @param codings the field's value
   * @param wantedLength of the result, which gzip is padded to when it is shorter; −1 for any
   */
  static byte @Nullable [] encode(byte[] content, String codings, long wantedLength) {
    List<String> names = new ArrayList<>();
    for (String coding : codings.split(",", -1)) {
      String name = coding.strip().toLowerCase(Locale.ROOT);
      if (!name.isEmpty() && !name.equals("identity")) {
        names.add(name);
      }
    }
    byte[] coded = content;
    for (int i = 0; i < names.size(); i++) {
      long wanted = i + 1 == names.size() ? wantedLength : -1;
      switch (names.get(i)) {
        case "gzip", "x-gzip" -> coded = gzip(coded, wanted);
        case "deflate" -> coded = deflate(coded, false);
        case "br" -> coded = brotli(coded);
        case "zstd" -> coded = zstd(coded);
        default -> {
          return null;
        }
      }
    }
    return coded;
  }

  /**
   * Returns ways to code content so that it has that length, the likeliest first; which of them
   * have it, and are understood, is left to be seen.
   *
   * @param codings values of Content-Encoding fields
   */
  static List<byte[]> candidates(byte[] content, List<String> codings, long wantedLength) {
    List<byte[]> candidates = new ArrayList<>();
    List<String> names = Arrays.asList(String.join(",", codings).split(",", -1));
    byte[] inner = content;
    for (int i = 0; i + 1 < names.size(); i++) {
      inner = names.get(i).isBlank() ? inner : gzip(inner, -1);
    }
    byte[] named = encode(inner, names.get(names.size() - 1), wantedLength);
    if (named != null) {
      candidates.add(named);
    }
    // Whatever the label says, decoders see what this is.
    candidates.add(gzip(inner, wantedLength));
    candidates.add(deflate(inner, true));
    candidates.add(deflate(inner, false));
    candidates.add(gzipFrame(deflateOpen(inner), new byte[0], wantedLength));
    candidates.add(gzipFrame(stored(inner), new byte[0], wantedLength));
    return candidates;
  }

  /** Returns data that goes on: its end is missing, which is taken for damage. */
  private static byte[] deflateOpen(byte[] content) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    try {
      deflater.setInput(content);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      int length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
      while (length > 0) {
        out.write(buffer, 0, length);
        length =
            length < buffer.length
                ? 0
                : deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /** RFC 1951, section 3.2.4: blocks that are no last one. */
  private static byte[] stored(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 8);
    for (int from = 0; from < content.length; from += MAX_STORED_BYTES) {
      int length = Math.min(MAX_STORED_BYTES, content.length - from);
      out.write(0);
      littleEndian(out, length, 2);
      littleEndian(out, ~length, 2);
      out.write(content, from, length);
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] content, long wantedLength) {
    CRC32 crc = new CRC32();
    crc.update(content);
    ByteArrayOutputStream trailer = new ByteArrayOutputStream(GZIP_TRAILER_BYTES);
    littleEndian(trailer, crc.getValue(), 4);
    littleEndian(trailer, content.length, 4);
    return gzipFrame(deflate(content, true), trailer.toByteArray(), wantedLength);
  }

  /** RFC 1952; a comment in the header fills up to the wanted length. */
  private static byte[] gzipFrame(byte[] deflated, byte[] trailer, long wantedLength) {
    long padding = wantedLength - GZIP_HEADER_BYTES - deflated.length - trailer.length;
    boolean padded = padding > 0 && padding < Integer.MAX_VALUE / 4;
    ByteArrayOutputStream out = new ByteArrayOutputStream(deflated.length + 18);
    out.writeBytes(
        new byte[] {
          0x1f, (byte) 0x8b, 8, (byte) (padded ? GZIP_COMMENT_FLAG : 0), 0, 0, 0, 0, 0, (byte) 255
        });
    if (padded) {
      out.writeBytes(" ".repeat((int) padding - 1).getBytes(StandardCharsets.US_ASCII));
      out.write(0);
    }
    out.writeBytes(deflated);
    out.writeBytes(trailer);
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] content, boolean raw) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, raw);
    try {
      deflater.setInput(content);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /** RFC 7932, section 9: uncompressed meta-blocks. */
  private static byte[] brotli(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 16);
    // A window of 16 bits is the single bit 0, so that the first block's header begins at bit 1.
    int window = 1;
    for (int from = 0; from < content.length; from += BROTLI_BLOCK_BYTES) {
      int length = Math.min(BROTLI_BLOCK_BYTES, content.length - from);
      // Not the last one, four nibbles of length, the length less one, uncompressed.
      long header = (long) (length - 1) << 3 | 1L << 19;
      littleEndian(out, header << window, 3);
      window = 0;
      out.write(content, from, length);
    }
    // The last one, and empty.
    out.write(3 << window);
    return out.toByteArray();
  }

  /** RFC 8878, section 3.1.1: one frame of raw blocks. */
  private static byte[] zstd(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 16);
    littleEndian(out, 0xfd2fb528L, 4);
    // A single segment, its length in 8 bytes.
    out.write(0xe0);
    littleEndian(out, content.length, 8);
    int from = 0;
    do {
      int length = Math.min(ZSTD_BLOCK_BYTES, content.length - from);
      boolean last = from + length == content.length;
      littleEndian(out, (long) length << 3 | (last ? 1 : 0), 3);
      out.write(content, from, length);
      from += length;
    } while (from < content.length);
    return out.toByteArray();
  }

  private static void littleEndian(ByteArrayOutputStream out, long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> (8 * i)));
    }
  }
}
