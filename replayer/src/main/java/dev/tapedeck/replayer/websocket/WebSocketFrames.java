// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.websocket;

import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Takes apart the frames of clients, and makes frames (RFC 6455, section 5.2). */
public final class WebSocketFrames {
  private static final int TEXT = 0x81;
  private static final int BINARY = 0x82;
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
  public static int key(Bytes frame) {
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

  /**
   * Returns a frame as servers send them, not masked (section 5.1).
   *
   * @param kind of the message that it holds
   * @param payload of a close code and reason
   */
  public static Bytes ofServer(StreamMessage.Kind kind, Bytes payload) {
    int opcode =
        switch (kind) {
          case TEXT -> TEXT;
          case BINARY -> BINARY;
          case CLOSE -> CLOSE;
          case PONG -> PONG;
          default -> throw new IllegalArgumentException("kind=" + kind);
        };
    int length = payload.length();
    int extended = length <= MAX_CONTROL_BYTES ? 0 : length <= 0xffff ? 2 : 8;
    byte[] frame = new byte[2 + extended + length];
    frame[0] = (byte) opcode;
    frame[1] = (byte) (extended == 0 ? length : extended == 2 ? LENGTH_16 : LENGTH_64);
    for (int i = 0; i < extended; i++) {
      frame[2 + i] = (byte) ((long) length >>> (8 * (extended - 1 - i)));
    }
    System.arraycopy(payload.sharedArray(), payload.sharedOffset(), frame, 2 + extended, length);
    return Bytes.wrap(frame, 0, frame.length);
  }

  /** Returns a text or bytes in one frame as clients send them, masked with that key. */
  public static Bytes ofClient(StreamMessage.Kind kind, Bytes payload, int key) {
    Bytes plain = ofServer(kind, payload);
    int head = plain.length() - payload.length();
    byte[] frame = new byte[plain.length() + KEY_BYTES];
    plain.copyTo(0, frame, 0, head);
    frame[1] |= (byte) MASKED;
    for (int i = 0; i < KEY_BYTES; i++) {
      frame[head + i] = (byte) (key >> (24 - 8 * i));
    }
    for (int i = 0; i < payload.length(); i++) {
      frame[head + KEY_BYTES + i] = (byte) (payload.get(i) ^ frame[head + (i & 3)]);
    }
    return Bytes.wrap(frame, 0, frame.length);
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
