// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.security.MessageDigest;
import java.util.List;

/**
 * Byte runs one after another, without copying them together.
 *
 * @param segments the runs
 */
public record ByteRope(List<Bytes> segments) {
  /** No bytes. */
  public static final ByteRope EMPTY = new ByteRope(List.of());

  public ByteRope {
    segments = List.copyOf(segments);
  }

  /** Returns a rope of one run. */
  public static ByteRope of(Bytes run) {
    return run.isEmpty() ? EMPTY : new ByteRope(List.of(run));
  }

  /** Returns the total length in bytes. */
  public long length() {
    long sum = 0;
    for (Bytes segment : segments) {
      sum += segment.length();
    }
    return sum;
  }

  /** Returns the same bytes in storage of their own. */
  public ByteRope detached() {
    return segments.isEmpty()
        ? EMPTY
        : new ByteRope(segments.stream().map(Bytes::detached).toList());
  }

  /** Feeds all bytes to the digest. */
  public void updateDigest(MessageDigest digest) {
    for (Bytes segment : segments) {
      segment.updateDigest(digest);
    }
  }

  /**
   * Returns all bytes as one run, copying unless there is a single segment.
   *
   * @throws ArithmeticException when there are more than 2 GiB
   */
  public Bytes toBytes() {
    if (segments.isEmpty()) {
      return Bytes.empty();
    }
    if (segments.size() == 1) {
      return segments.get(0);
    }
    byte[] all = new byte[Math.toIntExact(length())];
    int at = 0;
    for (Bytes segment : segments) {
      segment.copyTo(0, all, at, segment.length());
      at += segment.length();
    }
    return Bytes.wrap(all, 0, all.length);
  }
}
