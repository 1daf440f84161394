// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

/**
 * Something odd in traffic, kept on the value it concerns.
 *
 * @param kind what is odd
 * @param detail numbers and names that explain it; never captured content
 */
public record Anomaly(AnomalyKind kind, String detail) {
  /** Bytes of the message are missing. */
  public static Anomaly missingBytes(long count) {
    return new Anomaly(AnomalyKind.MISSING_BYTES, count < 0 ? "unknown" : Long.toString(count));
  }
}
