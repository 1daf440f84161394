// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.target;

import java.io.IOException;

/** A target that a guard refuses. The message says why, not how to send there all the same. */
public final class RefusedTargetException extends IOException {
  private static final long serialVersionUID = 1;

  RefusedTargetException(String message) {
    super(message);
  }
}
