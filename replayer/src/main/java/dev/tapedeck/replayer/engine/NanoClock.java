// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

/** A clock that never jumps. */
@FunctionalInterface
public interface NanoClock {
  /** The Java platform's. */
  NanoClock SYSTEM = System::nanoTime;

  /** Returns nanoseconds from a fixed moment. */
  long nanoTime();
}
