// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import java.util.Locale;

/** How results are written. */
enum OutputFormat {
  /** For people. */
  TABLE,
  /** One JSON object. */
  JSON,
  /** One JSON object for each exchange, one a line. */
  NDJSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
