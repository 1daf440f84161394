// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.websocket;

import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Takes apart and makes the frames of clients (RFC 6455, section 5.2). */
public final class WebSocketFrames {
  private static final int CLOSE = 0x88;
  private static final int PONG = 0x8a;
  private static final int MASKED = 0x80;
  private static final int KEY_BYTES = 4;
  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;
  private static final int MAX_CONTROL_BYTES = 125;

  private WebSocketFrames() {}

  /**
   * Returns the frames that lie one after another.
   *
   * @throws IllegalArgumentException when they are not whole
   */
  static List<Bytes> split(Bytes framed) {
    List<Bytes> frames = new ArrayList<>(1);
    int at = 0;
    while (at < framed.length()) {
      int head = headBytes(framed, at);
      long payload = payloadBytes(framed, at);
      if (payload < 0 || at + head + payload > framed.length()) {
        throw new IllegalArgumentException("at=" + at + " lengthBytes=" + framed.length());
      }
      int end = Math.toIntExact(at + head + payload);
      frames.add(framed.slice(at, end));
      at = end;
    }
    return frames;
  }

  private static int lengthBytes(Bytes framed, int at) {
    int length = framed.get(at + 1) & 0x7f;
    return length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
  }

  private static int headBytes(Bytes framed, int at) {
    return 2 + lengthBytes(framed, at) + (isMasked(framed, at) ? KEY_BYTES : 0);
  }

  private static boolean isMasked(Bytes framed, int at) {
    return (framed.get(at + 1) & MASKED) != 0;
  }

  private static long payloadBytes(Bytes framed, int at) {
    int count = lengthBytes(framed, at);
    if (count == 0) {
      return framed.get(at + 1) & 0x7f;
    }
    long length = 0;
    for (int i = 0; i < count; i++) {
      length = (length << 8) | (framed.get(at + 2 + i) & 0xff);
    }
    return length;
  }

  /** Returns the masking key of a frame; 0, which changes nothing, when it has none. */
  static int key(Bytes frame) {
    int key = 0;
    if (isMasked(frame, 0)) {
      int from = headBytes(frame, 0) - KEY_BYTES;
      for (int i = 0; i < KEY_BYTES; i++) {
        key = (key << 8) | (frame.get(from + i) & 0xff);
      }
    }
    return key;
  }

  /** Returns the pong that answers a ping (section 5.5.3), masked with that key. */
  public static Bytes pong(Bytes payload, int key) {
    return control(PONG, payload, key);
  }

  /** Returns the close that answers one with that code (section 5.5.1), masked with that key. */
  public static Bytes close(int code, int key) {
    return control(CLOSE, Bytes.copyOf(new byte[] {(byte) (code >> 8), (byte) code}), key);
  }

  private static Bytes control(int first, Bytes payload, int key) {
    int length = Math.min(payload.length(), MAX_CONTROL_BYTES);
    byte[] frame = new byte[2 + KEY_BYTES + length];
    frame[0] = (byte) first;
    frame[1] = (byte) (MASKED | length);
    for (int i = 0; i < KEY_BYTES; i++) {
      frame[2 + i] = (byte) (key >> (24 - 8 * i));
    }
    for (int i = 0; i < length; i++) {
      frame[2 + KEY_BYTES + i] = (byte) (payload.get(i) ^ frame[2 + (i & 3)]);
    }
    return Bytes.wrap(frame, 0, frame.length);
  }
}
