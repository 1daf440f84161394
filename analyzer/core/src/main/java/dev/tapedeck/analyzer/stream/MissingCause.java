// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

/** Why bytes are missing. */
public enum MissingCause {
  /** They were lost. */
  LOST,
  /** A limit of the recorder, or a way of sending that it cannot see into, left them out. */
  CAPPED,
  /** The same, of a call of which the rest is there: they moved with that, not later. */
  CUT
}
