// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.format.Bytes;

/** Bytes that were looked at, and come again before all others. */
final class Unread {
  private Bytes bytes = Bytes.empty();
  private long position;

  boolean isEmpty() {
    return bytes.isEmpty();
  }

  /** Returns the position of the first byte. */
  long position() {
    return position;
  }

  /** Puts bytes before those that are there. */
  void putBefore(Bytes first, long firstPosition) {
    if (!first.isEmpty()) {
      bytes = first.plus(bytes);
      position = firstPosition;
    }
  }

  /** Puts bytes behind those that are there. */
  void putBehind(Bytes last, long lastPosition) {
    position = bytes.isEmpty() ? lastPosition : position;
    bytes = bytes.plus(last);
  }

  Bytes take() {
    Bytes taken = bytes;
    bytes = Bytes.empty();
    return taken;
  }
}
