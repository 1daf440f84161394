// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.IOException;

/** Ends a reading whose further results nobody wants; has no stack trace, as it is no error. */
final class EnoughException extends IOException {
  private static final long serialVersionUID = 1;

  EnoughException() {
    super("enough was read");
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
