// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.Locale;

/** What a difference is about. Names in JSON are these in lower case. */
public enum DifferenceKind {
  /** The status code. Headers and body are not compared then. */
  STATUS,
  /** A header or trailer field, or a cookie. */
  HEADER,
  /** A value in a JSON body. */
  JSON,
  /** A line of a text body, the first that differs. */
  TEXT,
  /** Bytes of any other body, from the first that differs. */
  BYTES;

  /** Returns the name used in JSON. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
