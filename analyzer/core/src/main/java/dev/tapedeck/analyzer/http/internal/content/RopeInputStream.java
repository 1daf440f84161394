// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.content;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/**
 * Reads a rope's bytes, no more than a given number; what is available is exact.
 *
 * <p>Reads are as long as was asked for while there are bytes, so that it makes no difference to
 * the reader which of them lie together.
 */
final class RopeInputStream extends InputStream {
  private final List<Bytes> segments;
  private int segment;
  private int offset;
  private long remaining;

  RopeInputStream(ByteRope rope, long limit) {
    segments = rope.segments();
    remaining = Math.min(limit, rope.length());
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int targetOffset, int length) {
    Objects.checkFromIndexSize(targetOffset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (remaining == 0) {
      return -1;
    }
    int done = 0;
    while (done < length && remaining > 0) {
      while (offset == segments.get(segment).length()) {
        segment++;
        offset = 0;
      }
      Bytes run = segments.get(segment);
      int count = (int) Math.min(Math.min(length - done, run.length() - offset), remaining);
      run.copyTo(offset, target, targetOffset + done, count);
      offset += count;
      remaining -= count;
      done += count;
    }
    return done;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, remaining);
  }
}
