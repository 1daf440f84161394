// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** Which way bytes went, seen from the traced process. */
public enum Direction {
  /** Out of the process: written, sent. */
  EGRESS,
  /** Into the process: read, received. */
  INGRESS;

  /** Returns the other direction. */
  public Direction opposite() {
    return this == EGRESS ? INGRESS : EGRESS;
  }
}
