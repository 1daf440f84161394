// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

/** A rules file that is not as it should be. The message names file, line and what is wrong. */
public final class RulesException extends Exception {
  private static final long serialVersionUID = 1;

  RulesException(String message) {
    super(message);
  }

  RulesException(String message, Throwable cause) {
    super(message, cause);
  }
}
