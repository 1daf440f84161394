// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Bytes and gaps of one direction that wait for the other. */
final class HeldBytes {
  private static final ArrayDeque<Item> NONE = new ArrayDeque<>(0);

  private final long maxBytes;

  /** Without storage of its own while nothing waits, as nearly always. */
  private ArrayDeque<Item> items = NONE;

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

  private void add(Item item) {
    if (items == NONE) {
      items = new ArrayDeque<>();
    }
    items.add(item);
  }

  private Item removeFirst() {
    Item item = items.removeFirst();
    items = items.isEmpty() ? NONE : items;
    return item;
  }

  void add(Bytes run, boolean turn, long position, long startNanos, long endNanos) {
    add(new Item(run, turn, position, startNanos, endNanos, run.length(), MissingCause.LOST));
    bytes += run.length();
  }

  void addGap(long lengthBytes, MissingCause cause) {
    add(new Item(null, false, 0, 0, 0, lengthBytes, cause));
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
    removeFirst();
  }

  /** Removes so many bytes of the first run, and the run when nothing is left of it. */
  void take(int count) {
    Item item = items.getFirst();
    Bytes run = item.run();
    bytes -= count;
    if (run == null || count == run.length()) {
      removeFirst();
    } else {
      items.removeFirst();
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
