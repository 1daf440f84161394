// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame (RFC 9113, section 4.1), whole or with bytes missing.
 *
 * <pre>
 * byte  what
 * 0     length of the payload, 3 bytes, big-endian
 * 3     type
 * 4     flags
 * 5     stream, 4 bytes, the highest bit reserved
 * 9     payload
 * </pre>
 *
 * @param type as sent; names below
 * @param flags as sent
 * @param streamId 0 for the connection
 * @param lengthBytes of the payload as announced
 * @param raw header and payload as recorded
 * @param payload what was recorded of it
 * @param intactBytes how many bytes of the payload lie before the first missing one
 * @param missingBytes how many bytes of the payload are missing
 * @param capped whether a limit of the recorder cut them
 * @param position of the header's first byte in its stream
 * @param firstNanos when the first byte moved, monotonic
 * @param lastNanos when the last byte moved
 */
public record Frame(
    int type,
    int flags,
    int streamId,
    int lengthBytes,
    ByteRope raw,
    ByteRope payload,
    int intactBytes,
    int missingBytes,
    boolean capped,
    long position,
    long firstNanos,
    long lastNanos) {
  public static final int HEADER_BYTES = 9;

  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PUSH_PROMISE = 5;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  static final int ALTSVC = 0xa;
  static final int ORIGIN = 0xc;
  static final int PRIORITY_UPDATE = 0x10;

  /** Of SETTINGS and PING. */
  static final int ACK = 0x1;

  static final int END_STREAM = 0x1;
  static final int END_HEADERS = 0x4;
  static final int PADDED = 0x8;
  static final int HAS_PRIORITY = 0x20;

  private static final int PRIORITY_BYTES = 5;

  public boolean endsStream() {
    return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
  }

  public boolean endsHeaders() {
    return (flags & END_HEADERS) != 0;
  }

  public boolean isAck() {
    return (flags & ACK) != 0;
  }

  public boolean isWhole() {
    return missingBytes == 0;
  }

  private boolean isPadded() {
    return (flags & PADDED) != 0 && (type == DATA || type == HEADERS || type == PUSH_PROMISE);
  }

  /**
   * Returns the payload without padding and without the fields that stand before a header block:
   * data, or a fragment of a block. Where bytes are missing it ends before the first one, unless it
   * is data that is not padded.
   *
   * @return null when the padding is longer than the payload (RFC 9113, section 6.1)
   */
  public @Nullable ByteRope content() {
    boolean simple = type == DATA || type == CONTINUATION;
    if (simple && !isPadded() && (isWhole() || type == DATA)) {
      return payload;
    }
    Bytes known = payload.toBytes().slice(0, intactBytes);
    int from = 0;
    int to = lengthBytes;
    if (isPadded()) {
      if (known.isEmpty()) {
        return isWhole() ? null : ByteRope.EMPTY;
      }
      to -= known.get(0) & 0xff;
      from = 1;
    }
    if (type == HEADERS && (flags & HAS_PRIORITY) != 0) {
      from += PRIORITY_BYTES;
    } else if (type == PUSH_PROMISE) {
      from += Integer.BYTES;
    }
    if (from > to) {
      return null;
    }
    int knownTo = Math.min(to, known.length());
    return knownTo <= from ? ByteRope.EMPTY : new ByteRope(List.of(known.slice(from, knownTo)));
  }

  /** Returns the same frame in storage of its own, which keeps no block of the capture. */
  public Frame detached() {
    return new Frame(
        type,
        flags,
        streamId,
        lengthBytes,
        raw.detached(),
        payload.detached(),
        intactBytes,
        missingBytes,
        capped,
        position,
        firstNanos,
        lastNanos);
  }

  /** Returns how many bytes of data a DATA frame carries; −1 when it is not known. */
  public int dataBytes() {
    if (!isPadded()) {
      return lengthBytes;
    }
    return intactBytes == 0 ? -1 : Math.max(0, lengthBytes - 1 - (payload.toBytes().get(0) & 0xff));
  }

  /** Returns the stream that a PUSH_PROMISE promises; 0 when it is not known. */
  public int promisedStreamId() {
    int at = isPadded() ? 1 : 0;
    return intactBytes < at + Integer.BYTES ? 0 : int32(at) & Integer.MAX_VALUE;
  }

  /** Returns the error code of RST_STREAM or GOAWAY; −1 when it is not known. */
  public long errorCode() {
    int at = type == GOAWAY ? Integer.BYTES : 0;
    return intactBytes < at + Integer.BYTES ? -1 : int32(at) & 0xffffffffL;
  }

  /** Returns four bytes of the payload. */
  int int32(int at) {
    Bytes bytes = payload.toBytes();
    return (bytes.get(at) & 0xff) << 24
        | (bytes.get(at + 1) & 0xff) << 16
        | (bytes.get(at + 2) & 0xff) << 8
        | (bytes.get(at + 3) & 0xff);
  }

  /**
   * Returns the value of a setting, the last one where it is repeated; −1 when it is not in the
   * frame (RFC 9113, section 6.5.1).
   */
  public long setting(int identifier) {
    long found = -1;
    Bytes bytes = payload.toBytes();
    for (int at = 0; at + 6 <= intactBytes; at += 6) {
      if (((bytes.get(at) & 0xff) << 8 | (bytes.get(at + 1) & 0xff)) == identifier) {
        found = int32(at + 2) & 0xffffffffL;
      }
    }
    return found;
  }
}
