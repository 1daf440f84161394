// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Bytes and gaps of one direction that wait for the other. */
final class HeldBytes {
  private final long maxBytes;
  private final ArrayDeque<Item> items = new ArrayDeque<>(0);
  private long bytes;

  HeldBytes(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * A run, or a gap.
   *
   * @param run null for a gap
   * @param turn whether the other direction moved since the item before
   * @param length bytes that are missing; −1 when not known
   */
  record Item(
      @Nullable Bytes run,
      boolean turn,
      long position,
      long startNanos,
      long endNanos,
      long length,
      MissingCause cause) {}

  void add(Bytes run, boolean turn, long position, long startNanos, long endNanos) {
    items.add(new Item(run, turn, position, startNanos, endNanos, run.length(), MissingCause.LOST));
    bytes += run.length();
  }

  void addGap(long lengthBytes, MissingCause cause) {
    items.add(new Item(null, false, 0, 0, 0, lengthBytes, cause));
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  boolean isFull() {
    return bytes > maxBytes;
  }

  /** Returns how many bytes wait. */
  long bytes() {
    return bytes;
  }

  /** Copies what waits out of the runs it came in. */
  void detach() {
    for (int i = items.size(); i > 0; i--) {
      Item item = items.removeFirst();
      Bytes run = item.run();
      items.addLast(
          new Item(
              run == null ? null : run.detached(),
              item.turn(),
              item.position(),
              item.startNanos(),
              item.endNanos(),
              item.length(),
              item.cause()));
    }
  }

  Item peek() {
    return items.getFirst();
  }

  void remove() {
    items.removeFirst();
  }

  /** Removes so many bytes of the first run, and the run when nothing is left of it. */
  void take(int count) {
    Item item = items.removeFirst();
    Bytes run = item.run();
    bytes -= count;
    if (run != null && count < run.length()) {
      items.addFirst(
          new Item(
              run.slice(count, run.length()),
              false,
              item.position() + count,
              item.startNanos(),
              item.endNanos(),
              run.length() - count,
              item.cause()));
    }
  }
}
