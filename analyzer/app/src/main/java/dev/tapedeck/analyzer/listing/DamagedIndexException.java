// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import java.io.IOException;

/** An index that is not as it was written. */
public final class DamagedIndexException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedIndexException() {
    super("the index is damaged");
  }
}
