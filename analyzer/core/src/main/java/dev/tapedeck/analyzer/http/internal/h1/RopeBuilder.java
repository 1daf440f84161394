// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects byte runs: large ones as views, small ones behind others copied together, so that a body
 * that came byte by byte does not become as many objects.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class RopeBuilder {
  private static final int COPY_BELOW_BYTES = 256;
  private static final int BUFFER_BYTES = 4096;
  private static final byte[] EMPTY = new byte[0];

  private @Nullable Bytes only;
  private final List<Bytes> runs = new ArrayList<>();
  private byte[] copied = EMPTY;
  private int copiedLength;
  private long length;

  public void clear() {
    only = null;
    runs.clear();
    copied = EMPTY;
    copiedLength = 0;
    length = 0;
  }

  public long length() {
    return length;
  }

  public void add(Bytes source, int from, int to) {
    int count = to - from;
    if (count <= 0) {
      return;
    }
    if (length == 0) {
      only = source.slice(from, to);
      length = count;
      return;
    }
    length += count;
    if (only != null) {
      runs.add(only);
      only = null;
    }
    if (count < COPY_BELOW_BYTES) {
      if (copiedLength + count > copied.length) {
        flush();
        copied = new byte[BUFFER_BYTES];
      }
      source.copyTo(from, copied, copiedLength, count);
      copiedLength += count;
    } else {
      flush();
      runs.add(source.slice(from, to));
    }
  }

  private void flush() {
    if (copiedLength > 0) {
      runs.add(Bytes.wrap(copied, 0, copiedLength));
      copied = EMPTY;
      copiedLength = 0;
    }
  }

  /** Returns what was collected. */
  public ByteRope build() {
    if (only != null) {
      return new ByteRope(List.of(only));
    }
    flush();
    return runs.isEmpty() ? ByteRope.EMPTY : new ByteRope(runs);
  }
}
