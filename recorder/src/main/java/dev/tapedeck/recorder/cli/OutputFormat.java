// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

/** How lists are printed. */
enum OutputFormat {
  TABLE,
  JSON,
  NDJSON
}
