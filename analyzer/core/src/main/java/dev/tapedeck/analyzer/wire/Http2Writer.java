// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.wire;

import dev.tapedeck.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes messages as frames of HTTP/2 (RFC 9113) that every peer takes. */
public final class Http2Writer {
  /** Longest payload of a frame unless a peer agrees to more (RFC 9113, section 4.2). */
  public static final int MAX_FRAME_BYTES = 16_384;

  /** RFC 9113, section 3.4. */
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  // RFC 9113, sections 6.1, 6.2, 6.5 and 6.10.
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  private Http2Writer() {}

  /** Returns what an end of a connection begins with: the client's has the preface. */
  public static Bytes opening(boolean client) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (client) {
      out.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
    }
    header(out, SETTINGS, 0, 0, 0);
    return Bytes.copyOf(out.toByteArray());
  }

  /** Returns a head, or trailers: a HEADERS frame, and CONTINUATION frames where it is long. */
  public static Bytes section(FieldSection fields, int streamId, boolean endsStream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] block = fields.toBytes();
    int from = 0;
    do {
      int length = Math.min(MAX_FRAME_BYTES, block.length - from);
      int flags = from + length == block.length ? END_HEADERS : 0;
      if (from == 0) {
        header(out, HEADERS, flags | (endsStream ? END_STREAM : 0), streamId, length);
      } else {
        header(out, CONTINUATION, flags, streamId, length);
      }
      out.write(block, from, length);
      from += length;
    } while (from < block.length);
    return Bytes.copyOf(out.toByteArray());
  }

  /** Returns content as DATA frames; none when it is empty. */
  public static Bytes data(Bytes content, int streamId, boolean endsStream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int from = 0; from < content.length(); from += MAX_FRAME_BYTES) {
      int length = Math.min(MAX_FRAME_BYTES, content.length() - from);
      boolean last = from + length == content.length();
      header(out, DATA, endsStream && last ? END_STREAM : 0, streamId, length);
      out.write(content.sharedArray(), content.sharedOffset() + from, length);
    }
    return Bytes.copyOf(out.toByteArray());
  }

  /** Returns the header of a DATA frame, for a payload whose bytes are not known. */
  public static Bytes dataHeader(int lengthBytes, int streamId, boolean endsStream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    header(out, DATA, endsStream ? END_STREAM : 0, streamId, lengthBytes);
    return Bytes.copyOf(out.toByteArray());
  }

  /** RFC 9113, section 4.1. */
  private static void header(
      ByteArrayOutputStream out, int type, int flags, int streamId, int lengthBytes) {
    out.write(lengthBytes >>> 16);
    out.write(lengthBytes >>> 8);
    out.write(lengthBytes);
    out.write(type);
    out.write(flags);
    out.write(streamId >>> 24);
    out.write(streamId >>> 16);
    out.write(streamId >>> 8);
    out.write(streamId);
  }
}
