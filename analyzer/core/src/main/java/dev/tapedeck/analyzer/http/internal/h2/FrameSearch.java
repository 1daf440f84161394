// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import dev.tapedeck.format.Bytes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds where frames begin among bytes of which nothing is known: at the start of a chain of frame
 * headers each of which is what senders write and says where the next one is.
 *
 * <p>Three headers in a row are a chain; two are when the first one begins a run, as what a process
 * wrote at once often does, or the second frame ends with one; one is when both hold.
 *
 * <p><b>Limits:</b> {@value #MAX_WINDOW_BYTES} bytes are looked at at a time, what comes before the
 * first chain that is still possible is given up.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class FrameSearch {
  static final int MAX_WINDOW_BYTES = 128 << 10;

  private static final int ENOUGH = 3;
  private static final int MAX_CANDIDATES = 32;

  private final boolean request;
  private final IntSupplier newestStream;
  private final ArrayDeque<Run> runs = new ArrayDeque<>();
  private byte[] window = new byte[1024];
  private int length;

  /** From here on nothing was looked at. */
  private int scanned;

  /** Places where a chain may begin, ascending; the array is full up to {@code candidates}. */
  private final int[] starts = new int[MAX_CANDIDATES];

  /** Whether these places begin a run. */
  private final boolean[] aligned = new boolean[MAX_CANDIDATES];

  private int candidates;
  private boolean firstRunIsCut;

  FrameSearch(boolean request, IntSupplier newestStream) {
    this.request = request;
    this.newestStream = newestStream;
  }

  /** Bytes that moved at once. */
  record Run(Bytes bytes, long position, long startNanos, long endNanos) {}

  /**
   * Adds a run.
   *
   * @return how many bytes lie before the first frame; −1 when none was found yet
   */
  int add(Bytes bytes, long position, long startNanos, long endNanos) {
    runs.add(new Run(bytes, position, startNanos, endNanos));
    int runStart = length;
    if (length + bytes.length() > window.length) {
      window = Arrays.copyOf(window, Math.max(length + bytes.length(), 2 * window.length));
    }
    bytes.copyTo(0, window, length, bytes.length());
    length += bytes.length();
    int maxStreamId = FrameRules.maxStreamId(newestStream.getAsInt());
    int found = extend(maxStreamId);
    if (found >= 0) {
      return found;
    }
    for (int at = scanned; at <= length - Frame.HEADER_BYTES; at++) {
      if (window[at] == 0 && mayBegin(at, maxStreamId)) {
        boolean startsRun = at == runStart || startsRun(at);
        Boolean chain = chain(at, startsRun, maxStreamId);
        if (chain == null) {
          if (candidates < MAX_CANDIDATES) {
            aligned[candidates] = startsRun;
            starts[candidates++] = at;
          }
        } else if (chain) {
          return at;
        }
      }
    }
    scanned = Math.max(scanned, length - Frame.HEADER_BYTES + 1);
    return -1;
  }

  private int extend(int maxStreamId) {
    int kept = 0;
    for (int i = 0; i < candidates; i++) {
      Boolean chain = chain(starts[i], aligned[i], maxStreamId);
      if (chain == null) {
        aligned[kept] = aligned[i];
        starts[kept++] = starts[i];
      } else if (chain) {
        return starts[i];
      }
    }
    candidates = kept;
    return -1;
  }

  private boolean startsRun(int at) {
    if (at == 0) {
      return !firstRunIsCut;
    }
    int start = 0;
    for (Run run : runs) {
      if (start >= at) {
        return start == at;
      }
      start += run.bytes().length();
    }
    return false;
  }

  /** Data without data ends many streams, but mostly zeros are no evidence where a chain begins. */
  private boolean mayBegin(int at, int maxStreamId) {
    return FrameRules.isPlausible(window, at, request, maxStreamId)
        && (window[at + 3] != Frame.DATA || FrameRules.length(window, at) > 0);
  }

  /** Returns whether a chain begins there; null when that depends on what comes. */
  private @Nullable Boolean chain(int from, boolean startsRun, int maxStreamId) {
    int headers = 0;
    int at = from;
    int lastOpened = 0;
    while (at <= length - Frame.HEADER_BYTES) {
      if (!FrameRules.isPlausible(window, at, request, maxStreamId)) {
        return false;
      }
      int streamId = FrameRules.streamId(window, at);
      if (request && window[at + 3] == Frame.HEADERS) {
        if (streamId < lastOpened) {
          return false; // streams are opened in ascending order (RFC 9113, section 5.1.1)
        }
        lastOpened = streamId;
      }
      headers++;
      at += Frame.HEADER_BYTES + FrameRules.length(window, at);
    }
    int evidence = headers + (startsRun ? 1 : 0) + (at == length ? 1 : 0);
    return evidence >= ENOUGH ? Boolean.TRUE : null;
  }

  /**
   * Gives up bytes that can no longer be part of a chain, so that memory stays bounded.
   *
   * @return how many were given up
   */
  int shrink() {
    if (length <= MAX_WINDOW_BYTES) {
      return 0;
    }
    if (candidates > 0 && starts[0] == 0) {
      candidates--;
      System.arraycopy(starts, 1, starts, 0, candidates);
      System.arraycopy(aligned, 1, aligned, 0, candidates);
    }
    int keepFrom = candidates > 0 ? starts[0] : Math.max(0, length - Frame.HEADER_BYTES + 1);
    drop(keepFrom);
    return keepFrom;
  }

  private void drop(int count) {
    int left = count;
    firstRunIsCut &= count == 0;
    while (left > 0) {
      Run first = runs.removeFirst();
      int size = first.bytes().length();
      if (size > left) {
        runs.addFirst(
            new Run(
                first.bytes().slice(left, size),
                first.position() + left,
                first.startNanos(),
                first.endNanos()));
        firstRunIsCut = true;
        break;
      }
      left -= size;
    }
    System.arraycopy(window, count, window, 0, length - count);
    length -= count;
    scanned = Math.max(0, scanned - count);
    for (int i = 0; i < candidates; i++) {
      starts[i] -= count;
    }
  }

  /** Copies what is held out of the runs that it came in. */
  void detach() {
    for (int i = runs.size(); i > 0; i--) {
      Run run = runs.removeFirst();
      runs.addLast(
          new Run(run.bytes().detached(), run.position(), run.startNanos(), run.endNanos()));
    }
  }

  /** Returns how many bytes are held. */
  int heldBytes() {
    return length;
  }

  /** Gives up everything; returns how many bytes that were. */
  int clear() {
    int count = length;
    runs.clear();
    firstRunIsCut = false;
    length = 0;
    scanned = 0;
    candidates = 0;
    return count;
  }

  /** Takes the runs from a place on out, and forgets the bytes before it. */
  ArrayDeque<Run> take(int from) {
    drop(from);
    ArrayDeque<Run> taken = new ArrayDeque<>(runs);
    clear();
    return taken;
  }
}
