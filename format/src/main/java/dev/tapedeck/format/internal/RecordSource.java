// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import java.io.IOException;

/** Where the bytes of records come from: a file, or a record that was read whole before. */
public interface RecordSource {
  /** Reads up to {@code count} bytes at {@code offset}; fewer only where the source ends. */
  int read(long offset, byte[] target, int targetOffset, int count) throws IOException;

  /** Returns the array that holds the source; an empty one when it is not in memory. */
  default byte[] held() {
    return new byte[0];
  }

  /** Returns where in {@link #held} these bytes stand, all of them; −1 when they don't. */
  default int heldAt(long offset, int count) {
    return -1;
  }
}
