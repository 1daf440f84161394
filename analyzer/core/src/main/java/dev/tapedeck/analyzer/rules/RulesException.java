// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.rules;

/** A rules file that is not as it should be. The message names file, line and what is wrong. */
public final class RulesException extends Exception {
  private static final long serialVersionUID = 1;

  /** Says what is wrong, and where. */
  public RulesException(String message) {
    super(message);
  }

  /** Says what is wrong, where, and what showed it. */
  public RulesException(String message, Throwable cause) {
    super(message, cause);
  }
}
