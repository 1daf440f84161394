// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import java.io.IOException;

/** Ends a reading early, because what it looked for was found. */
final class EnoughFoundException extends IOException {
  private static final long serialVersionUID = 1;

  EnoughFoundException() {
    super("enough");
  }
}
