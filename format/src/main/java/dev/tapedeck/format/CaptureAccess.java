// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** How much of a capture a reader can read with the keys that it has. */
public enum CaptureAccess {
  /** Counts, times and losses, which stand in record headers; no event. */
  HEADERS,
  /** All events, but of data events no bytes. */
  METADATA,
  /** Everything; so it is when the capture is not encrypted. */
  ALL
}
