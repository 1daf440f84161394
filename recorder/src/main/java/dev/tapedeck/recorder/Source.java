// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.util.Locale;

/** Where bytes are taken from. */
public enum Source {
  /** TLS libraries, after decryption and before encryption. */
  TLS,
  /** Sockets that carry plain-text HTTP. */
  SOCKETS;

  /** Returns the name that users type. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
