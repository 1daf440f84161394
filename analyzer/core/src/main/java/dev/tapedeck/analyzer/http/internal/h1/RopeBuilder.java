// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects byte runs: large ones as views, those that lie behind one another as one, small ones
 * behind others copied together, so that a body that came byte by byte does not become as many
 * objects.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class RopeBuilder {
  private static final int COPY_BELOW_BYTES = 256;
  private static final int BUFFER_BYTES = 4096;
  private static final int MANY_RUNS = 256;
  private static final byte[] EMPTY = new byte[0];

  /** The shared empty list until there is more than the last run, as in few messages. */
  private List<Bytes> runs = List.of();

  private boolean ownsRuns;

  /** The last run, while nothing but what follows it at once has come behind it. */
  private byte[] last = EMPTY;

  private int lastFrom;
  private int lastTo;

  /** Small runs behind the others; none while there is a last run. */
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
    maxKeptBytes = maxBytes;
    if (length == 0) {
      return;
    }
    if (runs.size() > MANY_RUNS) {
      runs = List.of();
      ownsRuns = false;
    } else if (!runs.isEmpty()) {
      runs.clear();
    }
    last = EMPTY;
    lastFrom = 0;
    lastTo = 0;
    copied = EMPTY;
    copiedLength = 0;
    length = 0;
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
    runs = kept;
    ownsRuns = true;
    last = EMPTY;
    lastFrom = 0;
    lastTo = 0;
    detachedRuns = kept.size();
    keptBytes = bytes;
    maxKeptBytes = bytes;
  }

  /** Copies what is kept out of the runs it came in. */
  public void detach() {
    if (lastTo > lastFrom) {
      Bytes own = Bytes.wrap(last, lastFrom, lastTo - lastFrom).detached();
      last = own.sharedArray();
      lastFrom = 0;
      lastTo = own.length();
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
    int count = (int) Math.min(end - from, maxKeptBytes - keptBytes);
    if (count <= 0) {
      return;
    }
    keptBytes += count;
    byte[] array = source.sharedArray();
    int start = source.sharedOffset() + from;
    if (lastTo > lastFrom && array == last && start == lastTo) {
      lastTo += count;
    } else if (first || count >= COPY_BELOW_BYTES) {
      flush();
      last = array;
      lastFrom = start;
      lastTo = start + count;
    } else {
      copy(source, from, count);
    }
  }

  private void copy(Bytes source, int from, int count) {
    if (lastTo > lastFrom || copiedLength + count > copied.length) {
      flush();
      copied = new byte[BUFFER_BYTES];
    }
    source.copyTo(from, copied, copiedLength, count);
    copiedLength += count;
  }

  private void flush() {
    if (lastTo > lastFrom) {
      addRun(Bytes.wrap(last, lastFrom, lastTo - lastFrom));
      last = EMPTY;
      lastFrom = 0;
      lastTo = 0;
    }
    if (copiedLength > 0) {
      addRun(Bytes.wrap(copied, 0, copiedLength));
      copied = EMPTY;
      copiedLength = 0;
    }
  }

  private void addRun(Bytes run) {
    if (!ownsRuns) {
      runs = new ArrayList<>();
      ownsRuns = true;
    }
    runs.add(run);
  }

  /** Returns whether what is kept lies in one run; that of no bytes does. */
  boolean isOneRun() {
    return runs.isEmpty() && copiedLength == 0;
  }

  /** Returns whether what is kept lies in one run, in that array from that index on. */
  boolean liesAt(byte[] array, int index) {
    return isOneRun() && last == array && lastFrom == index;
  }

  /** Returns whether what is kept lies in one run in that array. */
  boolean liesIn(byte[] array) {
    return isOneRun() && last == array;
  }

  /** Returns the index of the first byte in the array of the one run. */
  int from() {
    return lastFrom;
  }

  /** Returns what was collected. */
  public ByteRope build() {
    if (isOneRun()) {
      return ByteRope.of(Bytes.wrap(last, lastFrom, lastTo - lastFrom));
    }
    flush();
    return new ByteRope(runs);
  }
}
