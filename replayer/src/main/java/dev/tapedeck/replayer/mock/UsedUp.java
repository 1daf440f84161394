// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import java.util.Locale;

/** What a request gets that comes more often than it was recorded. */
public enum UsedUp {
  /**
   * The last answer again when the method is safe and all recorded answers are alike; else none.
   */
  AUTO,
  /** The first answer again, and so on. */
  AGAIN,
  /** The last answer again. */
  LAST,
  /** None: a miss. */
  MISS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
