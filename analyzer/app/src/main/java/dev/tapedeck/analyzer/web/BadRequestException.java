// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request that cannot be answered, with what is wrong with it. */
final class BadRequestException extends IOException {
  private static final long serialVersionUID = 1;

  BadRequestException(String problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
