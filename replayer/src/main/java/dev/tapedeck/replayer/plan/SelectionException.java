// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

/** A selection that names nothing, or more than one server. The message says what to do. */
public final class SelectionException extends Exception {
  private static final long serialVersionUID = 1;

  SelectionException(String message) {
    super(message);
  }
}
