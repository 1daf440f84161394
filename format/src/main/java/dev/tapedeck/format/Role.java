// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** Which end of a connection a process held. */
public enum Role {
  /** The end that connected. */
  CLIENT,
  /** The end that accepted. */
  SERVER;

  /** Returns the other end's role. */
  public Role opposite() {
    return this == CLIENT ? SERVER : CLIENT;
  }
}
