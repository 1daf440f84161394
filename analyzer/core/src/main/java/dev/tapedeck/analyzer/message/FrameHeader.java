// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import org.jspecify.annotations.Nullable;

/**
 * What stands before a WebSocket frame's payload (RFC 6455, section 5.2).
 *
 * <pre>
 * byte    bits
 * 0       FIN, RSV1, RSV2, RSV3, opcode (4)
 * 1       MASK, length (7): 126 means 2 more bytes of length, 127 means 8
 * 2..     length, if it is longer; then 4 bytes of masking key, if masked; big endian
 * </pre>
 *
 * @param headerBytes how long it is, 2 to 14
 * @param fin whether the message ends with this frame
 * @param reserved the three reserved bits, RSV1 being 4
 * @param opcode 0 to 15
 * @param masked whether there is a key
 * @param maskKey the key, 0 when there is none
 * @param payloadBytes how much payload follows; negative when the field's highest bit is set
 */
public record FrameHeader(
    int headerBytes,
    boolean fin,
    int reserved,
    int opcode,
    boolean masked,
    int maskKey,
    long payloadBytes) {
  static final int MAX_HEADER_BYTES = 14;

  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  static final int MAX_CONTROL_BYTES = 125;

  /** RSV1 says that a message is compressed (RFC 7692, section 6). */
  static final int RSV1 = 4;

  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;

  /** Returns the header that lies there, or null when it is not all there. */
  public static @Nullable FrameHeader read(byte[] array, int from, int end) {
    if (end - from < 2) {
      return null;
    }
    int first = array[from] & 0xff;
    boolean masked = array[from + 1] < 0;
    int shortLength = array[from + 1] & 0x7f;
    int headerBytes = lengthOf(array[from + 1]);
    int lengthBytes = headerBytes - 2 - (masked ? 4 : 0);
    if (end - from < headerBytes) {
      return null;
    }
    long length = lengthBytes == 0 ? shortLength : number(array, from + 2, from + 2 + lengthBytes);
    int key = masked ? (int) number(array, from + headerBytes - 4, from + headerBytes) : 0;
    return new FrameHeader(
        headerBytes, (first & 0x80) != 0, (first >> 4) & 7, first & 15, masked, key, length);
  }

  /** Returns how long a header with that second byte is. */
  static int lengthOf(byte second) {
    int shortLength = second & 0x7f;
    int lengthBytes = shortLength == LENGTH_16 ? 2 : shortLength == LENGTH_64 ? 8 : 0;
    return 2 + lengthBytes + (second < 0 ? 4 : 0);
  }

  private static long number(byte[] array, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = (value << 8) | (array[i] & 0xff);
    }
    return value;
  }

  /** Returns whether it may stand between the frames of a message (RFC 6455, section 5.5). */
  public boolean isControl() {
    return opcode >= CLOSE;
  }

  boolean isKnownOpcode() {
    return opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG);
  }

  /** Returns whether the length could have been written in fewer bytes, which is forbidden. */
  boolean isLengthPadded() {
    int without = headerBytes - (masked ? 4 : 0);
    return (without == 4 && payloadBytes < LENGTH_16)
        || (without == 10 && payloadBytes >= 0 && payloadBytes <= 0xffff);
  }
}
