// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.SessionSummary;
import java.util.Arrays;

/**
 * What a shard has found since it was emptied, with the number of the event at which each was
 * complete.
 *
 * <p><b>Threads:</b> one at a time.
 */
final class Outbox {
  private static final int INITIAL_ITEMS = 64;

  /** Exchanges, session summaries, and numbers without a session. */
  private Object[] items = new Object[INITIAL_ITEMS];

  private long[] ordinals = new long[INITIAL_ITEMS];
  private int size;
  private long ordinal;
  private long foldedExchanges;
  private long otherStreams;
  private long otherBytes;
  private long lostBytes;

  /** Sets the place in the capture of what is added from now on. */
  void at(long now) {
    ordinal = now;
  }

  void add(Exchange exchange) {
    addItem(exchange);
  }

  void add(SessionSummary session, long itsLostBytes) {
    lostBytes += itsLostBytes;
    addItem(session);
  }

  /** Adds that a number is no session's. */
  void addNone(int number) {
    addItem(Integer.valueOf(number));
  }

  private void addItem(Object item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, 2 * size);
      ordinals = Arrays.copyOf(ordinals, 2 * size);
    }
    items[size] = item;
    ordinals[size++] = ordinal;
  }

  /** Counts a channel that carries no HTTP. */
  void other(int number, long capturedBytes) {
    addNone(number);
    otherStreams++;
    otherBytes += capturedBytes;
  }

  /** Counts an exchange that is shown from the other end. */
  void folded() {
    foldedExchanges++;
  }

  /** Returns what was found, and is empty then. */
  Found take() {
    if (size == 0) {
      return Found.NOTHING;
    }
    Found found = new Found(items, ordinals, size);
    int expected = size + INITIAL_ITEMS; // As much as last time, and some more.
    items = new Object[expected];
    ordinals = new long[expected];
    size = 0;
    return found;
  }

  int size() {
    return size;
  }

  Object item(int index) {
    return items[index];
  }

  void clear() {
    Arrays.fill(items, 0, size, null);
    size = 0;
  }

  long foldedExchanges() {
    return foldedExchanges;
  }

  long otherStreams() {
    return otherStreams;
  }

  long otherBytes() {
    return otherBytes;
  }

  long lostBytes() {
    return lostBytes;
  }
}
