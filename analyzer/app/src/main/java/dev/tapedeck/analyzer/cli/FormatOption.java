// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import picocli.CommandLine.Option;

/** Whether a person or a program reads what is printed. */
final class FormatOption {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; table by default.")
  private OutputFormat format = OutputFormat.TABLE;

  OutputFormat get() {
    return format;
  }

  boolean isTable() {
    return format == OutputFormat.TABLE;
  }
}
