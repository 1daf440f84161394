// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import java.util.Locale;

/** What is written of a message's body. */
public enum BodyMode {
  /** Its lengths only. */
  NONE,
  /** Its lengths and SHA-256. */
  SHA256,
  /** All of it, in base64. */
  BASE64,
  /** All of it: text where it is text, else base64. */
  TEXT;

  /** Returns the name used on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
