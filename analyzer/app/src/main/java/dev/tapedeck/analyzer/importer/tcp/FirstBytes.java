// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

import dev.tapedeck.format.Bytes;

/**
 * What the first bytes of a direction look like; the rules are the recorder's ({@code
 * docs/RECORDER.md}), so that both keep the same connections.
 */
enum FirstBytes {
  /** Too few to tell. */
  UNDECIDED,
  REQUEST,
  RESPONSE,
  HTTP2,
  WEBSOCKET,
  TLS,
  OTHER;

  /** How many bytes are looked at. */
  static final int ENOUGH = 64;

  private static final int LONGEST_METHOD = 20;
  private static final int MAX_EMPTY_LINE_BYTES = 4;
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int MAX_FRAME_BYTES = 16_384;
  private static final int MAX_SETTINGS_BYTES = 240;
  private static final int LONGEST_PROXY_LINE = 107;
  private static final int PROXY_HEADER_BYTES = 16;
  private static final String PROXY_SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

  /** The flags that each type of HTTP/2 frame may have (RFC 9113, section 6). */
  private static final int[] FRAME_FLAGS = {0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04};

  boolean isHttp() {
    return this == REQUEST || this == RESPONSE || this == HTTP2 || this == WEBSOCKET;
  }

  /**
   * Judges what a direction, or a turn of it, begins with.
   *
   * @param late whether the connection began before it was seen
   * @param turnLength length of the turn so far, for protocols whose frames fill one
   */
  static FirstBytes of(Bytes head, boolean late, long turnLength) {
    int from = proxyHeader(head);
    if (from < 0 || from >= head.length()) {
      return UNDECIDED;
    }
    int empty = 0;
    while (empty < MAX_EMPTY_LINE_BYTES
        && from < head.length()
        && (head.get(from) == '\r' || head.get(from) == '\n')) {
      from++;
      empty++;
    }
    if (from == head.length()) {
      return UNDECIDED;
    }
    Bytes rest = head.slice(from, head.length());
    int first = u8(rest, 0);
    if (first >= 20 && first <= 24) {
      return rest.length() == 1 ? UNDECIDED : rest.get(1) == 3 ? TLS : OTHER;
    }
    FirstBytes line = startLine(rest);
    if (line != OTHER) {
      return line;
    }
    FirstBytes frame = frame(rest, late);
    return frame == OTHER && late && isWebSocketFrame(rest, turnLength) ? WEBSOCKET : frame;
  }

  /** Returns the length of a whole PROXY header, 0 for none, −1 when that cannot be told yet. */
  private static int proxyHeader(Bytes head) {
    String text = head.slice(0, Math.min(head.length(), LONGEST_PROXY_LINE)).toLatin1();
    if (text.startsWith("PROXY ")) {
      int end = text.indexOf('\n');
      return end >= 0 ? end + 1 : head.length() < LONGEST_PROXY_LINE ? -1 : 0;
    }
    if (text.length() >= PROXY_HEADER_BYTES && text.startsWith(PROXY_SIGNATURE)) {
      int length = PROXY_HEADER_BYTES + (u8(head, 14) << 8 | u8(head, 15));
      return length < head.length() ? length : -1;
    }
    return 0;
  }

  private static FirstBytes startLine(Bytes head) {
    if (head.length() >= 5 && head.slice(0, 5).toLatin1().equals("HTTP/")) {
      return RESPONSE;
    }
    int at = 0;
    while (at < head.length() && isMethodByte(head.get(at), at) && at < LONGEST_METHOD) {
      at++;
    }
    if (at == head.length() && at < LONGEST_METHOD) {
      return UNDECIDED;
    }
    if (at < 2 || at == LONGEST_METHOD || head.get(at) != ' ') {
      return OTHER;
    }
    if (at + 1 == head.length()) {
      return UNDECIDED;
    }
    char target = (char) head.get(at + 1);
    String method = head.slice(0, at).toLatin1();
    if (method.equals("PRI") && target == '*') {
      return HTTP2;
    }
    boolean fits = target == '/' || target == '*' || target == 'h' || target == 'H';
    return fits || method.equals("CONNECT") ? REQUEST : OTHER;
  }

  private static boolean isMethodByte(byte value, int at) {
    return (value >= 'A' && value <= 'Z') || ((value == '-' || value == '_') && at > 0);
  }

  /** A frame header that no rule of RFC 9113, section 6, forbids. */
  private static FirstBytes frame(Bytes head, boolean late) {
    if (head.length() < FRAME_HEADER_BYTES) {
      return head.get(0) == 0 ? UNDECIDED : OTHER;
    }
    int length = u8(head, 0) << 16 | u8(head, 1) << 8 | u8(head, 2);
    int type = u8(head, 3);
    int flags = u8(head, 4);
    int stream = u8(head, 6) << 16 | u8(head, 7) << 8 | u8(head, 8);
    if (type >= FRAME_FLAGS.length
        || length > MAX_FRAME_BYTES
        || head.get(5) != 0
        || (flags & ~FRAME_FLAGS[type]) != 0
        || (!late && type != 4)) {
      return OTHER;
    }
    boolean fits =
        switch (type) {
          case 0 -> stream != 0 && (length > 0 || flags != 0);
          case 2 -> stream != 0 && length == 5;
          case 3 -> stream != 0 && length == 4;
          case 4 ->
              stream == 0
                  && (flags != 0 ? length == 0 : length <= MAX_SETTINGS_BYTES && length % 6 == 0);
          case 6 -> stream == 0 && length == 8;
          case 7 -> stream == 0 && length >= 8;
          case 8 -> length == 4;
          default -> stream != 0 && length > 0;
        };
    return fits ? HTTP2 : OTHER;
  }

  /** One whole frame that fills a turn (RFC 6455, section 5.2). */
  private static boolean isWebSocketFrame(Bytes head, long turnLength) {
    if (head.length() < 4 || (u8(head, 0) & 0xb0) != 0x80) {
      return false;
    }
    int opcode = u8(head, 0) & 0x0f;
    int length = u8(head, 1) & 0x7f;
    int mask = (u8(head, 1) & 0x80) != 0 ? 4 : 0;
    if (opcode >= 8) {
      return opcode <= 10
          && (u8(head, 0) & 0x40) == 0
          && length < 126
          && turnLength == 2 + mask + length;
    }
    if (opcode != 1 && opcode != 2) {
      return false;
    }
    return length < 126
        ? turnLength == 2 + mask + length
        : length == 126 && turnLength == 4 + mask + (u8(head, 2) << 8 | u8(head, 3));
  }

  private static int u8(Bytes bytes, int at) {
    return bytes.get(at) & 0xff;
  }
}
