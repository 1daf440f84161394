// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

/**
 * What an event loop wakes when it is time.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
abstract class Sleeper {
  private long wakeNanos;

  /** Returns when it is to be woken, from the replay's origin. */
  final long wakeNanos() {
    return wakeNanos;
  }

  final void wakeNanos(long nanos) {
    wakeNanos = nanos;
  }

  /** It is time, or the replay was stopped. */
  abstract void wake();
}
