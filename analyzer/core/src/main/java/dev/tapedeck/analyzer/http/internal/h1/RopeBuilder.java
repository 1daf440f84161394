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
  private static final int MANY_RUNS = 256;
  private static final byte[] EMPTY = new byte[0];

  private @Nullable Bytes only;
  private List<Bytes> runs = new ArrayList<>(0);
  private byte[] copied = EMPTY;
  private int copiedLength;
  private long length;
  private long maxKeptBytes = Long.MAX_VALUE;
  private long keptBytes;
  private int detachedRuns;

  /** Forgets what was collected. */
  public void clear() {
    clear(Long.MAX_VALUE);
  }

  /** Forgets what was collected, and keeps so many bytes of what comes. */
  public void clear(long maxBytes) {
    only = null;
    if (runs.size() > MANY_RUNS) {
      runs = new ArrayList<>();
    } else if (!runs.isEmpty()) {
      runs.clear();
    }
    copied = EMPTY;
    copiedLength = 0;
    length = 0;
    maxKeptBytes = maxBytes;
    keptBytes = 0;
    detachedRuns = 0;
  }

  /** Returns how many bytes have come. */
  public long length() {
    return length;
  }

  /** Returns how many of them are kept: the first ones. */
  public long keptBytes() {
    return keptBytes;
  }

  /** Keeps the first bytes alone, of what has come and of what comes. */
  public void keepAtMost(long bytes) {
    if (bytes >= keptBytes) {
      maxKeptBytes = Math.min(maxKeptBytes, bytes);
      return;
    }
    List<Bytes> kept = new ArrayList<>();
    long left = bytes;
    for (Bytes run : build().segments()) {
      int count = (int) Math.min(left, run.length());
      if (count > 0) {
        kept.add(run.slice(0, count).detached());
        left -= count;
      }
    }
    only = null;
    runs = kept;
    detachedRuns = kept.size();
    keptBytes = bytes;
    maxKeptBytes = bytes;
  }

  /** Copies what is kept out of the runs it came in. */
  public void detach() {
    if (only != null) {
      only = only.detached();
    }
    for (; detachedRuns < runs.size(); detachedRuns++) {
      runs.set(detachedRuns, runs.get(detachedRuns).detached());
    }
  }

  public void add(Bytes source, int from, int end) {
    if (end <= from) {
      return;
    }
    boolean first = length == 0;
    length += end - from;
    int to = from + (int) Math.min(end - from, maxKeptBytes - keptBytes);
    int count = to - from;
    if (count <= 0) {
      return;
    }
    keptBytes += count;
    if (first) {
      only = source.slice(from, to);
      return;
    }
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
