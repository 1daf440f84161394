// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import org.jspecify.annotations.Nullable;

/**
 * A replay that cannot be held as it is configured: nothing to send, a rules file that is none, a
 * target that must not be sent to, a damaged capture. The message says what to do.
 */
public final class ReplayTestException extends Exception {
  private static final long serialVersionUID = 1;

  ReplayTestException(String message) {
    this(message, null);
  }

  ReplayTestException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
