// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.Objects;

/**
 * How a capture is read.
 *
 * <p><b>Limits:</b> {@code maxBlockBytes} bounds what one plane of a block may need in memory,
 * stored or decompressed; larger ones are damage. It is checked before memory is taken.
 *
 * @param strict true to throw at the first damage instead of reporting and skipping it
 * @param maxBlockBytes at least 1 KiB, at most {@value #MAX_BLOCK_BYTES}, which is the default
 * @param identities keys for encrypted captures; others are read without
 */
public record ReaderOptions(boolean strict, int maxBlockBytes, Identities identities) {
  /** Bytes that a plane of a block never exceeds. */
  public static final int MAX_BLOCK_BYTES = 16 << 20;

  private static final int MIN_BLOCK_BYTES = 1 << 10;

  public ReaderOptions {
    if (maxBlockBytes < MIN_BLOCK_BYTES || maxBlockBytes > MAX_BLOCK_BYTES) {
      throw new IllegalArgumentException("maxBlockBytes=" + maxBlockBytes);
    }
    Objects.requireNonNull(identities, "identities");
  }

  /** Returns the options that skip damage. */
  public static ReaderOptions defaults() {
    return new ReaderOptions(false, MAX_BLOCK_BYTES, Identities.none());
  }

  /** Returns these options with {@code strict} changed. */
  public ReaderOptions withStrict(boolean strict) {
    return new ReaderOptions(strict, maxBlockBytes, identities);
  }

  /** Returns these options with {@code identities} changed. */
  public ReaderOptions withIdentities(Identities identities) {
    return new ReaderOptions(strict, maxBlockBytes, identities);
  }
}
