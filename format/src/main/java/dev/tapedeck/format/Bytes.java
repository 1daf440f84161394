// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable run of bytes, equal by content.
 *
 * <p><b>Ownership:</b> {@link #copyOf(byte[])} copies; {@link #wrap(byte[], int, int)} takes the
 * array over and the caller must not change it afterwards. {@link #slice} shares the storage.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class Bytes {
  private static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;

  private Bytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Returns the run of no bytes. */
  public static Bytes empty() {
    return EMPTY;
  }

  /** Returns a copy of the whole array. */
  public static Bytes copyOf(byte[] array) {
    return wrap(array.clone(), 0, array.length);
  }

  /** Returns a copy of the buffer's remaining bytes; the buffer's position does not move. */
  public static Bytes copyOf(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.duplicate().get(copy);
    return wrap(copy, 0, copy.length);
  }

  /** Returns a view of the array, which the caller hands over and no longer changes. */
  public static Bytes wrap(byte[] array, int offset, int length) {
    if (offset < 0 || length < 0 || offset > array.length - length) {
      throw new IllegalArgumentException(
          "offset=" + offset + " length=" + length + " arrayLength=" + array.length);
    }
    return length == 0 ? EMPTY : new Bytes(array, offset, length);
  }

  /** Returns the text's UTF-8 bytes. */
  public static Bytes utf8(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    return wrap(encoded, 0, encoded.length);
  }

  /** Returns the text's ISO 8859-1 bytes: one byte a character. */
  public static Bytes latin1(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
    return wrap(encoded, 0, encoded.length);
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** Returns the byte at {@code index}, 0-based. */
  public byte get(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException("index=" + index + " length=" + length);
    }
    return array[offset + index];
  }

  /** Returns the bytes {@code [from, to)} as a view that shares this run's storage. */
  public Bytes slice(int from, int to) {
    if (from < 0 || to < from || to > length) {
      throw new IndexOutOfBoundsException("from=" + from + " to=" + to + " length=" + length);
    }
    return from == 0 && to == length ? this : wrap(array, offset + from, to - from);
  }

  /** Returns these bytes and those behind them: a copy, unless either is empty. */
  public Bytes plus(Bytes behind) {
    if (isEmpty() || behind.isEmpty()) {
      return isEmpty() ? behind : this;
    }
    byte[] both = new byte[length + behind.length];
    copyTo(0, both, 0, length);
    behind.copyTo(0, both, length, behind.length);
    return wrap(both, 0, both.length);
  }

  /**
   * Returns the same bytes in storage of their own, so that keeping them does not keep the storage
   * of others.
   */
  public Bytes detached() {
    return array.length == length ? this : wrap(toArray(), 0, length);
  }

  /** Copies the bytes {@code [from, from + count)} into {@code target} at {@code targetOffset}. */
  public void copyTo(int from, byte[] target, int targetOffset, int count) {
    if (from < 0 || count < 0 || from > length - count) {
      throw new IndexOutOfBoundsException("from=" + from + " count=" + count + " length=" + length);
    }
    System.arraycopy(array, offset + from, target, targetOffset, count);
  }

  /**
   * Returns the array that holds these bytes, from {@link #sharedOffset()} on, for parsers that
   * scan many bytes.
   *
   * <p><b>Ownership:</b> shared with other runs and never to be changed.
   */
  public byte[] sharedArray() {
    return array;
  }

  /** Returns where these bytes begin in {@link #sharedArray()}. */
  public int sharedOffset() {
    return offset;
  }

  /** Returns a new array with these bytes. */
  public byte[] toArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** Returns a read-only buffer over these bytes, position 0. */
  public ByteBuffer asBuffer() {
    return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
  }

  /** Feeds these bytes to the digest. */
  public void updateDigest(MessageDigest digest) {
    digest.update(array, offset, length);
  }

  /** Returns these bytes as ISO 8859-1 text: one character a byte, nothing lost. */
  public String toLatin1() {
    return new String(array, offset, length, StandardCharsets.ISO_8859_1);
  }

  /** Returns the bytes {@code [from, to)} as ISO 8859-1 text. */
  public String toLatin1(int from, int to) {
    if (from < 0 || to < from || to > length) {
      throw new IndexOutOfBoundsException("from=" + from + " to=" + to + " length=" + length);
    }
    return new String(array, offset + from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Returns these bytes as UTF-8 text; malformed input becomes U+FFFD. */
  public String toUtf8() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  /** Returns these bytes in lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(array, offset, offset + length);
  }
}
