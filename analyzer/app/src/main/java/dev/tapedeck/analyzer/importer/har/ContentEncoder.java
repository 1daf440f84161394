// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

  /** RFC 1952; a comment in the header fills up to the wanted length. */
  private static byte[] gzip(byte[] content, long wantedLength) {
    byte[] deflated = deflate(content, true);
    CRC32 crc = new CRC32();
    crc.update(content);
    long padding = wantedLength - GZIP_HEADER_BYTES - deflated.length - 8;
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
    littleEndian(out, crc.getValue(), 4);
    littleEndian(out, content.length, 4);
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] content, boolean raw) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, raw);
    try {
      deflater.setInput(content);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 13];
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
