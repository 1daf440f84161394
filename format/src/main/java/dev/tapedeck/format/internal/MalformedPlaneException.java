// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

/** A plane's bytes are not what the specification asks for, though their checksums may hold. */
public final class MalformedPlaneException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /** Says what is wrong, without captured content. */
  public MalformedPlaneException(String message) {
    super(message);
    this.reason = message;
  }

  /** Says what is wrong and what showed it. */
  public MalformedPlaneException(String message, Exception cause) {
    super(message, cause);
    this.reason = message;
  }

  /** Returns what is wrong. */
  public String reason() {
    return reason;
  }
}
