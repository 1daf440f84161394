// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.Locale;

/** How something differs. Names in JSON are these in lower case. */
public enum Change {
  /** Another value. */
  VALUE,
  /** Another type: of a JSON value, or of a whole body that is no JSON any more. */
  TYPE,
  /** Recorded, but not there now. */
  MISSING,
  /** There now, but not recorded. */
  ADDED,
  /** The same array elements in another order. */
  ORDER,
  /** A volatile value that is no longer what a rule says that it is. */
  FORMAT,
  /** The begin of what was recorded. */
  TRUNCATED;

  /** Returns the name used in JSON. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
