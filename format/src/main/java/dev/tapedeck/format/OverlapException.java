// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;

/** Captures cannot be merged, because two of them hold the same events. */
public final class OverlapException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Names both.
   *
   * @param one name of a capture
   * @param other name of another
   * @param reason how they overlap
   */
  OverlapException(String one, String other, String reason) {
    super(one + " and " + other + ": " + reason);
  }
}
