// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request that cannot be answered, with what is wrong with it. */
final class BadRequestException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  BadRequestException(String problem, @Nullable Throwable cause) {
    this(400, problem, cause);
  }

  private BadRequestException(int status, String problem, @Nullable Throwable cause) {
    super(problem, cause);
    this.status = status;
  }

  /** Of something that was there, and can be asked for anew. */
  static BadRequestException gone(String problem) {
    return new BadRequestException(410, problem, null);
  }

  /** Returns the answer's status. */
  int status() {
    return status;
  }
}
