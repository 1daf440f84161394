// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** How much time is spent on compressing a block. */
enum Effort {
  /** Stored in zstd frames of raw blocks. */
  NONE,
  /** {@link WriterOptions#zstdLevel()}. */
  NORMAL,
  /** Level 3, where that is more. */
  THOROUGH
}
