// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** How a writer compresses; every choice makes zstd frames and reads alike. */
public enum Codec {
  /** Compressed at the level of {@link WriterOptions#zstdLevel()}. */
  ZSTD,
  /** Not compressed: zstd frames of raw blocks, for when there is no CPU time to spare. */
  STORE,
  /**
   * As the pressure allows: stored while whoever writes cannot keep up, compressed harder while
   * there is next to nothing to do, else as {@link #ZSTD}. See {@link CaptureWriter#followBacklog}.
   */
  ADAPTIVE
}
