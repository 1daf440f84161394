// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Writes WebSocket frames of one sender, also wrong ones. */
public final class Frames {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final boolean masks;
  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private int key = 0x1234abcd;

  private Frames(boolean masks) {
    this.masks = masks;
  }

  /** Begins frames of a client. */
  public static Frames client() {
    return new Frames(true);
  }

  /** Begins frames of a server. */
  public static Frames server() {
    return new Frames(false);
  }

  /** Adds a frame of which the first byte is given as it is. */
  public Frames frame(int firstByte, byte[] payload) {
    return frame(firstByte, payload, masks);
  }

  /** Adds a frame with or without mask. */
  public Frames frame(int firstByte, byte[] payload, boolean masked) {
    out.write(firstByte);
    int mask = masked ? 0x80 : 0;
    if (payload.length < 126) {
      out.write(mask | payload.length);
    } else if (payload.length < 1 << 16) {
      out.write(mask | 126);
      out.write(payload.length >> 8);
      out.write(payload.length);
    } else {
      out.write(mask | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.write((int) ((long) payload.length >> shift));
      }
    }
    if (!masked) {
      out.writeBytes(payload);
      return this;
    }
    key = key * 31 + 7;
    byte[] keyBytes = {(byte) (key >> 24), (byte) (key >> 16), (byte) (key >> 8), (byte) key};
    out.writeBytes(keyBytes);
    for (int i = 0; i < payload.length; i++) {
      out.write(payload[i] ^ keyBytes[i % 4]);
    }
    return this;
  }

  /** Adds a whole text message. */
  public Frames text(String text) {
    return frame(0x81, utf8(text));
  }

  /** Adds a whole message of bytes. */
  public Frames binary(byte[] bytes) {
    return frame(0x82, bytes);
  }

  /** Adds a ping. */
  public Frames ping(String text) {
    return frame(0x89, utf8(text));
  }

  /** Adds a close. */
  public Frames close(int code, String reason) {
    byte[] text = utf8(reason);
    byte[] payload = new byte[text.length + 2];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, text.length);
    return frame(0x88, payload);
  }

  /** Adds a compressed text message in so many frames; the window goes on. */
  public Frames deflated(String text, int frames) {
    byte[] all = compress(utf8(text));
    int size = (all.length + frames - 1) / frames;
    for (int i = 0; i < frames; i++) {
      int from = Math.min(all.length, i * size);
      int to = Math.min(all.length, from + size);
      int fin = i == frames - 1 ? 0x80 : 0;
      frame(fin | (i == 0 ? 0x41 : 0), Arrays.copyOfRange(all, from, to));
    }
    return this;
  }

  /** Begins a new window. */
  public Frames newWindow() {
    deflater.reset();
    return this;
  }

  /** RFC 7692, section 7.2.1. */
  private byte[] compress(byte[] payload) {
    deflater.setInput(payload);
    byte[] buffer = new byte[payload.length + 1024];
    int length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
    return Arrays.copyOf(buffer, length - 4);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns how long the frames are so far. */
  public int length() {
    return out.size();
  }

  /** Returns the frames. */
  public byte[] bytes() {
    return out.toByteArray();
  }
}
