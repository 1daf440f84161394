// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.util.Locale;

/** How the rows of a query are written. */
enum QueryFormat {
  /** For people. */
  TABLE,
  /** Comma-separated values. */
  CSV,
  /** One JSON array. */
  JSON,
  /** One JSON object a line, as they are found. */
  NDJSON,
  /** A Parquet file. */
  PARQUET;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
