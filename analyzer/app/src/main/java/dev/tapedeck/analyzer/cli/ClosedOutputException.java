// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.IOException;

/** The reader of standard output has gone away. */
final class ClosedOutputException extends IOException {
  private static final long serialVersionUID = 1;

  ClosedOutputException(IOException cause) {
    super("standard output was closed", cause);
  }
}
