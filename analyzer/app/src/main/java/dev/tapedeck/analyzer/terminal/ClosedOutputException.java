// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import java.io.IOException;

/** The reader of standard output has gone away. */
public final class ClosedOutputException extends IOException {
  private static final long serialVersionUID = 1;

  public ClosedOutputException(IOException cause) {
    super("standard output was closed", cause);
  }
}
