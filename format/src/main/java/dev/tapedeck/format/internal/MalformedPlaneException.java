// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

/** A plane's bytes are not what the specification asks for, though their checksums may hold. */
public final class MalformedPlaneException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final boolean tampered;

  /** Says what is wrong, without captured content. */
  public MalformedPlaneException(String message) {
    super(message);
    this.reason = message;
    this.tampered = false;
  }

  /** Says what is wrong and what showed it. */
  public MalformedPlaneException(String message, Exception cause) {
    super(message, cause);
    this.reason = message;
    this.tampered = false;
  }

  private MalformedPlaneException(String message, boolean tampered) {
    super(message);
    this.reason = message;
    this.tampered = tampered;
  }

  /** Says what encryption showed to be changed, though checksums hold. */
  public static MalformedPlaneException tampered(String message) {
    return new MalformedPlaneException(message, true);
  }

  /** Returns what is wrong. */
  public String reason() {
    return reason;
  }

  /** Returns true when no accident explains it. */
  public boolean isTampered() {
    return tampered;
  }
}
