// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

/** Puts something of the same length in place of a secret. */
interface Mask {
  /** Replaces a run of bytes. */
  void mask(byte[] bytes, int from, int to);
}
