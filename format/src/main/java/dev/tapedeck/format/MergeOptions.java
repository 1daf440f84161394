// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * How captures are merged.
 *
 * <p><b>Limits:</b> {@code maxHeldBytes} bounds the events that wait for earlier ones of other
 * captures. When it is reached the earliest one goes, and is counted.
 *
 * @param maxHeldBytes at least 1 MiB; {@value #DEFAULT_HELD_BYTES} by default
 */
public record MergeOptions(long maxHeldBytes) {
  /** Bytes that wait by default at most. */
  public static final long DEFAULT_HELD_BYTES = 256L << 20;

  private static final long MIN_HELD_BYTES = 1 << 20;

  public MergeOptions {
    if (maxHeldBytes < MIN_HELD_BYTES) {
      throw new IllegalArgumentException("maxHeldBytes=" + maxHeldBytes);
    }
  }

  /** Returns the default options. */
  public static MergeOptions defaults() {
    return new MergeOptions(DEFAULT_HELD_BYTES);
  }
}
