// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

/**
 * What is done with the index file beside a capture; beside an encrypted one there never is any.
 */
public enum IndexUse {
  /** It is used, and written where there is none that fits. */
  KEPT,
  /** It is used if it fits, and never written. */
  READ,
  /** It is left alone. */
  NONE
}
