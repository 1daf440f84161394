// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.util.Locale;

/** The tables that can be exported. */
enum QueryTableName {
  CONNECTIONS,
  EXCHANGES,
  HEADERS,
  MESSAGES,
  EVENTS,
  LOSSES;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
