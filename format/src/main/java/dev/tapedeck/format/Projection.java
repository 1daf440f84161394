// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** How much of each event a reader reads. */
public enum Projection {
  /**
   * Everything but the bytes of data events, whose {@link StreamEvent.Data#payload()} is null. The
   * payload planes, some 99 % of a file, are not read.
   */
  METADATA,
  /** Whole events. */
  ALL
}
