// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import java.util.Locale;

/** How sure a flow is. */
public enum FlowConfidence {
  /** The value is random, or clients send it back by themselves, as browsers do cookies. */
  PROVEN,
  /** The value is too long for chance, or short with names on both sides that agree. */
  LIKELY,
  /** The value is short and new, and both places say that it is an id; the names do not agree. */
  GUESSED;

  /** Returns the name used in JSON. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
